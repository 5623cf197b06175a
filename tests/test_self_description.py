"""What the dataset says of itself is true, and the tools that read it find all of it."""

import hashlib
import json
from collections import Counter, defaultdict
from urllib.parse import quote

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from xingtu.ontology import PREFIXES, XT, load_schema
from xingtu.queries import load_every_question, load_questions
from xingtu.server.application import Application
from xingtu.server.engine.local import LocalEngine
from xingtu.triples import iri
from xingtu.triples.build import RELEASE
from xingtu.triples.description import describe_dataset
from xingtu.triples.description.partitions import VOID, VOID_EXT
from xingtu.triples.description.record import DATASET, DCAT, DCTERMS, SPDX

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DESCRIPTION = [iri.graph(name) for name in ("dataset", "void", "examples")]

# As sparql-editor asks (src/utils.ts), without the labels it adds.
CLASSES = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype WHERE {
  { ?cp void:class ?subjectClass ; void:propertyPartition ?pp .
    ?pp void:property ?prop .
    OPTIONAL {
      { ?pp void:classPartition [ void:class ?objectClass ] }
      UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    } }
  UNION
  { ?linkset void:subjectsTarget [ void:class ?subjectClass ] ; void:linkPredicate ?prop ;
      void:objectsTarget [ void:class ?objectClass ] }
}"""
EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
NAMESPACES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""

# What https://github.com/sib-swiss/sparql-examples asks of an example.
SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
[] sh:targetClass sh:SPARQLExecutable ;
  sh:property [ sh:path [ sh:alternativePath ( sh:select sh:ask sh:construct ) ] ; sh:minCount 1 ; sh:maxCount 1 ] ,
    [ sh:path rdfs:comment ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
    [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path schema:keywords ; sh:pattern "^[^\\\\s].*[^\\\\s]$" ] ."""


@pytest.fixture(scope="module")
def dataset(packaged_store: ox.Store) -> set[tuple]:
    """All triples that are described: not the descriptions."""
    return {
        q.triple
        for q in packaged_store
        if isinstance(q.graph_name, ox.NamedNode) and q.graph_name not in DESCRIPTION
    }


@pytest.fixture(scope="module")
def classes(dataset) -> dict:
    """The classes of every thing."""
    found = defaultdict(set)
    for s, p, o in dataset:
        if p.value == TYPE:
            found[s].add(o.value)
    return found


@pytest.fixture
def ask(send, packaged_store):
    """Ask the endpoint as sparql-editor does, with a parameter of its own."""
    endpoint = Application(LocalEngine(packaged_store), "https://x.example").endpoints["sparql"]

    def ask(query: str) -> list[dict[str, str]]:
        target = f"/sparql?ac=1&query={quote(query)}"
        answer = send(endpoint, "GET", target, accept="application/sparql-results+json")
        rows = json.loads(answer.body)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]

    return ask


def said(store: ox.Store, subject: ox.NamedNode, predicate: str) -> set:
    quads = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, None)
    return {q.object.value for q in quads if not isinstance(q.graph_name, ox.DefaultGraph)}


def the(store: ox.Store, subject: ox.NamedNode, predicate: str) -> str:
    (value,) = said(store, subject, predicate)
    return value


def test_the_dataset_is_counted_rightly(packaged_store, dataset, classes) -> None:
    counts = {
        "triples": len(dataset),
        "distinctSubjects": len({t.subject for t in dataset}),
        "distinctObjects": len({t.object for t in dataset}),
        "properties": len({t.predicate for t in dataset}),
        "classes": len({name for names in classes.values() for name in names}),
        "entities": sum(getattr(s, "value", "").startswith(iri.ID) for s in classes),
    }
    assert counts["triples"] > 40_000
    for name, count in counts.items():
        assert the(packaged_store, DATASET, VOID + name) == str(count), name


def test_classes_and_properties_are_counted_rightly(packaged_store, dataset, classes) -> None:
    parts = {
        "class": (Counter(c for names in classes.values() for c in names), "entities"),
        "property": (Counter(t.predicate.value for t in dataset), "triples"),
    }
    for kind, (counts, name) in parts.items():
        nodes = said(packaged_store, DATASET, f"{VOID}{kind}Partition")
        found = {
            the(packaged_store, node, VOID + kind): int(the(packaged_store, node, VOID + name))
            for node in map(ox.NamedNode, nodes)
        }
        assert len(found) > 150
        assert found == counts


def test_a_schema_aware_tool_finds_what_there_is(ask, dataset, classes, packaged_store) -> None:
    """Each class with each property, and where it leads: no more and no less than in the data."""
    stated = defaultdict(set)
    for quad in packaged_store.quads_for_pattern(None, ox.NamedNode(TYPE), None, None):
        name = getattr(quad.graph_name, "value", "")
        if name.startswith(iri.GRAPH) and name != iri.graph("inferred").value:
            stated[quad.object if isinstance(quad.subject, ox.Triple) else quad.subject].add(
                quad.object.value
            )
    expected = set()
    for s, p, o in dataset:
        if isinstance(o, ox.Literal):
            leads = [("", o.datatype.value)]
        else:
            leads = [(c, "") for c in stated.get(o, ()) if c.startswith(XT)]
        for name in classes.get(s, ()):
            if name.startswith(XT):
                expected |= {(name, p.value, *lead) for lead in leads}
    keys = ("subjectClass", "prop", "objectClass", "objectDatatype")
    found = {tuple(row.get(key, "") for key in keys) for row in ask(CLASSES)}
    assert len(expected) > 2500
    assert {row for row in found if row[2] or row[3]} == expected
    assert (XT + "Launch", XT + "launchVehicle", XT + "LaunchVehicleModel", "") in found


def test_every_question_is_an_example(ask) -> None:
    found = {(row["comment"], row["query"]) for row in ask(EXAMPLES)}
    questions = load_every_question()
    assert len(questions) >= 70
    assert found == {(question.title, question.text) for question in questions}


def test_examples_are_as_sib_writes_them(packaged_store) -> None:
    quads = packaged_store.quads_for_pattern(None, None, None, iri.graph("examples"))
    text = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES)
    examples = rdflib.Graph().parse(data=text, format="nt")
    shapes = rdflib.Graph().parse(data=SHAPE, format="turtle")
    conforms, _, report = pyshacl.validate(examples, shacl_graph=shapes)
    assert conforms, report
    assert len(set(examples.subjects())) == len(load_every_question())


def test_descriptions_do_no_harm_as_shapes(packaged_store) -> None:
    quads = (
        q
        for graph in DESCRIPTION
        for q in packaged_store.quads_for_pattern(None, None, None, graph)
    )
    text = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES)
    shapes = rdflib.Graph().parse(data=text, format="nt")
    assert pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)[0]


def test_a_question_that_asks_others_says_so(tmp_path, monkeypatch) -> None:
    from xingtu.triples.description import examples

    text = "# title: Who?\n# description: That.\n# keywords: x\nSELECT * { service silent <https://query.wikidata.org/sparql> { ?s ?p ?o } }"
    (tmp_path / "who.rq").write_text(text, "utf-8")
    monkeypatch.setattr(examples, "load_every_question", lambda: load_questions(tmp_path))
    triples = {(t.predicate.value, t.object.value) for t in examples.describe_questions()}
    assert (examples.FEDERATES_WITH, "https://query.wikidata.org/sparql") in triples


def test_all_prefixes_are_declared(ask) -> None:
    assert {row["prefix"]: row["namespace"] for row in ask(NAMESPACES)} == PREFIXES


def test_the_record_is_of_this_version_which_is_a_known_release(packaged_store) -> None:
    version = load_schema().version
    assert the(packaged_store, DATASET, DCAT + "version") == version
    current = the(packaged_store, DATASET, DCAT + "hasCurrentVersion")
    assert current in said(packaged_store, DATASET, DCAT + "hasVersion")
    assert the(packaged_store, ox.NamedNode(current), DCAT + "version") == version
    assert the(packaged_store, ox.NamedNode(current), DCTERMS + "issued")


@pytest.mark.parametrize(("file", "node"), [("xingtu.ttl", "turtle"), ("xingtu.rdf", "rdfxml")])
def test_files_have_their_size_and_checksum(packaged_store, file: str, node: str) -> None:
    data, distribution = (RELEASE / file).read_bytes(), iri.part("dataset", node)
    assert the(packaged_store, distribution, DCAT + "byteSize") == str(len(data))
    checksum = ox.NamedNode(the(packaged_store, distribution, SPDX + "checksum"))
    assert the(packaged_store, checksum, SPDX + "checksumValue") == hashlib.sha256(data).hexdigest()


def test_links_to_wikidata_are_counted(packaged_store, dataset) -> None:
    linked = Counter(
        t.predicate.value
        for t in dataset
        if t.subject.value.startswith(iri.ID)
        and getattr(t.object, "value", "").startswith(PREFIXES["wd"])
    )
    sets = packaged_store.quads_for_pattern(
        None, ox.NamedNode(VOID + "linkPredicate"), None, iri.graph("dataset")
    )
    found = {q.object.value: int(the(packaged_store, q.subject, VOID + "triples")) for q in sets}
    assert sum(linked.values()) >= 80
    assert found == linked


def test_description_counts_the_graphs_it_is_given() -> None:
    """A dataset of one triple of each kind, known by heart."""
    thing, mission = iri.thing("a"), ox.NamedNode(XT + "Mission")
    graphs = {
        "entities": {ox.Triple(thing, ox.NamedNode(TYPE), mission)},
        "one": {
            ox.Triple(thing, ox.NamedNode(XT + "precedes"), thing),
            ox.Triple(thing, ox.NamedNode(XT + "when"), ox.Literal("2028")),
        },
    }
    described = describe_dataset(load_schema(), graphs, ["one"], {})
    lines = {str(triple) for triple in described["void"]}
    part, inner = iri.part("void", "Mission-precedes"), iri.part("void", "Mission-precedes-Mission")
    assert f"{part} <{VOID}classPartition> {inner}" in lines
    assert f"{inner} <{VOID}class> {mission}" in lines
    datatype = iri.part("void", "Mission-when-xsd.string")
    assert f"{iri.part('void', 'Mission-when')} <{VOID_EXT}datatypePartition> {datatype}" in lines
    sizes = {t for t in described["dataset"] if t.subject == iri.graph("one")}
    assert {t.object.value for t in sizes} == {"2", iri.thing("one").value}


def test_no_description_is_part_of_the_dataset(packaged_store) -> None:
    parts = said(packaged_store, DATASET, VOID + "subset")
    assert len(parts) >= 7
    assert not parts & {graph.value for graph in DESCRIPTION}
