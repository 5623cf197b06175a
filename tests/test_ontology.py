"""The ontology: style with a fault for each rule, header, prefixes, use of every term."""

import re
import tomllib
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
import rdflib

from xingtu.ontology import PREFIXES, XT, load_schema, module_paths
from xingtu.ontology.schema import FOLDER
from xingtu.queries import load_questions
from xingtu.triples.build import RELEASE
from xingtu.triples.iri import graph
from xingtu.triples.verify_shapes import check_style, read_graph

FAULTS = {
    "Every term has a label in English": (' , "主张"@zh', ""),
    "A term has one label a language": (
        'rdfs:label "claim"@en',
        'rdfs:label "claim"@en , "statement"@en',
    ),
    "Every term has exactly one English definition": (
        'skos:definition "A number that',
        'skos:scopeNote "A number that',
    ),
    "A definition is a sentence": ("planned to have.", "planned to have"),
    "Class names are UpperCamelCase": ("xt:RecoveryShip ", "xt:recovery_ship "),
    "Property names are lowerCamelCase": ("xt:plannedSize ", "xt:PlannedSize "),
    "Every class but the nine roots": (
        "xt:Sample a owl:Class ; rdfs:subClassOf xt:PhysicalObject ;",
        "xt:Sample a owl:Class ;",
    ),
    "No two classes, and no two properties, share": (
        'rdfs:label "rover"@en',
        'rdfs:label "lander"@en',
    ),
    "No two terms share a definition": (
        "An event in which an award is given.",
        "An event in which parties conclude an agreement.",
    ),
    "No literal begins or ends with white space": (
        "A payload that measures.",
        "A payload  that measures.",
    ),
    "A property has one domain at most": (
        "rdfs:domain xt:Sample ; rdfs:range xt:Place",
        "rdfs:domain xt:Sample , xt:Payload ; rdfs:range xt:Place",
    ),
    "A property has one range at most": (
        "rdfs:range xt:PowerSource",
        "rdfs:range xt:PowerSource , xt:Payload",
    ),
    "A transitive or chained property is never functional": (
        "xt:partOf a owl:ObjectProperty ,",
        "xt:partOf a owl:ObjectProperty , owl:FunctionalProperty ,",
    ),
    "A symmetric property has the same domain and range": (
        "xt:contradicts a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:domain xt:Claim",
        "xt:contradicts a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:domain xt:Evidence",
    ),
    "Nothing logical is said of a foreign term": (
        "prov:Entity a owl:Class ;",
        "prov:Entity a owl:Class ; rdfs:subClassOf xt:Concept ;",
    ),
    "No term's name joins two things": ("xt:GroundNetwork ", "xt:GroundAndNetwork "),
    "A property has one inverse at most": (
        "owl:inverseOf xt:returnedBy ;",
        "owl:inverseOf xt:returnedBy , xt:carriedBy ;",
    ),
    "A deprecated term names what replaces it": (
        "xt:Replica a owl:Class ;",
        "xt:Replica a owl:Class ; owl:deprecated true ;",
    ),
    "The header says title": (
        "dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;",
        "",
    ),
}


def test_every_style_rule_has_a_fault() -> None:
    style = rdflib.Graph().parse(FOLDER / "style.ttl")
    messages = {str(o) for o in style.objects(None, rdflib.SH.message)}
    assert {m for m in messages if not any(m.startswith(f) for f in FAULTS)} == set()
    assert len(messages) == len(FAULTS) >= 19


@pytest.fixture(scope="module")
def modules() -> dict[str, rdflib.Graph]:
    """Each module's graph by its text."""
    return {path.read_text("utf-8"): read_graph([path]) for path in module_paths()}


def join(graphs: Iterable[rdflib.Graph]) -> rdflib.Graph:
    whole = rdflib.Graph()
    for part in graphs:
        whole += part
    return whole


def test_the_style_guide_finds_every_fault(modules: dict[str, rdflib.Graph]) -> None:
    """All faults at once: a run of the guide takes seconds."""
    text = "".join(modules)
    for old, new in FAULTS.values():
        assert old in text
        text = text.replace(old, new)
    messages = [problem.message for problem in check_style(rdflib.Graph().parse(data=text))]
    assert [rule for rule in FAULTS if not any(m.startswith(rule) for m in messages)] == []


def test_the_ontology_keeps_its_style(modules: dict[str, rdflib.Graph]) -> None:
    assert list(check_style(join(modules.values()))) == []


def test_versions_agree() -> None:
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text("utf-8"))["project"]
    version = load_schema().version
    assert project["version"] == version
    assert f"## {version} " in (FOLDER.parent / "CHANGELOG.md").read_text("utf-8")
    assert f"version: {version}" in (FOLDER.parent / "CITATION.cff").read_text("utf-8")
    for path in module_paths():
        assert f"/{version}>" in path.read_text("utf-8"), path.name


def test_the_catalogue_lists_every_module() -> None:
    catalogue = (FOLDER / "catalog-v001.xml").read_text("utf-8")
    assert set(re.findall(r'uri="([^"]+)"', catalogue)) == {path.name for path in module_paths()}


def test_modules_use_the_declared_prefixes() -> None:
    for path in module_paths():
        for prefix, namespace in re.findall(r"@prefix (\w+): <([^>]+)>", path.read_text("utf-8")):
            assert PREFIXES.get(prefix, namespace) == namespace, (path.name, prefix)


@pytest.fixture(scope="module")
def used_by_data() -> set[str]:
    """Local names of the classes with an individual, properties stated or claimed, individuals named."""
    store = ox.Store()
    store.bulk_load(path=str(RELEASE / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    used: set[str] = set()
    for quad in store:
        if quad.graph_name == graph("ontology") and not str(quad.subject.value).startswith(XT):
            continue
        if quad.graph_name == graph("ontology") and quad.predicate.value.endswith("#type"):
            used.add(quad.object.value)  # a controlled individual uses its class
        if quad.graph_name != graph("ontology"):
            used.update(
                n.value for n in (quad.predicate, quad.object) if isinstance(n, ox.NamedNode)
            )
    return {iri.removeprefix(XT) for iri in used}


def test_every_term_is_used_by_an_individual(used_by_data: set[str]) -> None:
    schema = load_schema()
    supers = {a for name in used_by_data & schema.ancestors.keys() for a in schema.ancestors[name]}
    unused = (
        schema.ancestors.keys() | schema.properties.keys() | schema.individuals.keys()
    ) - used_by_data
    assert unused - supers == set()


def test_every_class_and_property_is_used_by_a_question() -> None:
    schema = load_schema()
    text = "".join(question.text for question in load_questions())
    used = set(re.findall(r"xt:(\w+)", text))
    assert (schema.ancestors.keys() | schema.properties.keys()) - used == set()
