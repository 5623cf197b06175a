"""Real clients ask the running server: SPARQLWrapper, rdflib, owlready2, curl, Comunica, Jena and
reconciler; and a reader of SSSOM reads the mappings.

Comunica is run by npx; Jena's rsparql is in the jar of Fuseki, which XINGTU_FUSEKI names.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from xingtu.queries import load_every_question
from xingtu.triples.mapping import MAPPINGS
from xingtu.triples.source import FOLDER, load_source

pytestmark = pytest.mark.clients

PREFIX = "PREFIX xt: <https://w3id.org/xingtu/ontology#> "
QUERY = PREFIX + "SELECT ?mission { ?mission a xt:MarsMission }"
MISSION = "https://w3id.org/xingtu/id/tianwen-3"
DATASET = "https://w3id.org/xingtu/graph/dataset"
EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query }"""
ENDPOINT = f"SELECT ?endpoint {{ <{DATASET}> <http://rdfs.org/ns/void#sparqlEndpoint> ?endpoint }}"
COMUNICA = ("npx", "--yes", "--package", "@comunica/query-sparql@4", "comunica-sparql")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield re.search(r"http://\S+", server.stdout.readline()).group() + "sparql"
        finally:
            server.terminate()


def run(*command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not here")
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["JSON", "XML", "CSV", "TSV"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.filterwarnings("ignore")
def test_sparqlwrapper(endpoint: str, name: str, method: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint)
    client.setMethod(method)
    client.setQuery(QUERY)
    client.setReturnFormat(getattr(wrapper, name))
    assert MISSION in client.query().response.read().decode()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["TURTLE", "RDFXML", "JSONLD", "N3"])
def test_sparqlwrapper_gets_graphs(endpoint: str, name: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint)
    client.setQuery(f"CONSTRUCT {{ <{MISSION}> ?p ?o }} {{ <{MISSION}> ?p ?o }}")
    client.setReturnFormat(getattr(wrapper, name))
    assert MISSION in client.query().response.read().decode()


def test_rdflib(endpoint: str) -> None:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = rdflib.Graph(SPARQLStore(endpoint))
    assert rdflib.URIRef(MISSION) in {row.mission for row in graph.query(QUERY)}
    assert len(list(graph.triples((rdflib.URIRef(MISSION), None, None)))) > 10


@pytest.mark.filterwarnings("ignore")
def test_sparqlwrapper_finds_every_question(endpoint: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(endpoint, returnFormat=wrapper.JSON)
    client.setQuery(EXAMPLES)
    rows = client.queryAndConvert()["results"]["bindings"]
    assert {row["comment"]["value"] for row in rows} == {q.title for q in load_every_question()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("ontology", "https://w3id.org/xingtu/ontology"),
        ("ontology/Mission", "https://w3id.org/xingtu/ontology#Mission"),
        ("id/tianwen-3", MISSION),
        ("graph/examples", "https://w3id.org/xingtu/graph/examples#members-of-the-ilrs"),
        (".well-known/void", DATASET),
        ("release/xingtu.ttl", MISSION),
    ],
)
def test_rdflib_follows_a_name(endpoint: str, path: str, subject: str) -> None:
    import rdflib

    graph = rdflib.Graph().parse(endpoint.removesuffix("sparql") + path)
    assert (rdflib.URIRef(subject), None, None) in graph


@pytest.mark.filterwarnings("ignore")
def test_rdflib_reads_the_service_description(endpoint: str) -> None:
    import rdflib

    graph = rdflib.Graph().parse(endpoint)
    service = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert set(graph.objects(None, service.endpoint)) == {rdflib.URIRef(endpoint)}
    assert rdflib.URIRef(DATASET) in set(graph.objects(None, service.name))
    (about,) = graph.objects(None, rdflib.RDFS.seeAlso)
    assert str(about) == endpoint.removesuffix("sparql") + ".well-known/void"


@pytest.mark.parametrize("path", ["ontology", "release/xingtu.rdf"])
def test_owlready2_loads_from_the_server(endpoint: str, path: str) -> None:
    from owlready2 import World

    world = World()
    world.get_ontology(endpoint.removesuffix("sparql") + path).load()
    mission = world["https://w3id.org/xingtu/ontology#Mission"]
    assert mission.label.en == ["mission"]
    if path.startswith("release"):
        assert world[MISSION] in mission.instances()


def test_curl(endpoint: str) -> None:
    output = run(
        "curl", "-sf", endpoint, "-H", "Accept: text/csv", "--data-urlencode", f"query={QUERY}"
    )
    assert output.splitlines()[0] == "mission"
    assert MISSION in output


@pytest.mark.parametrize("kind", ["sparql@", ""])
def test_comunica(endpoint: str, kind: str) -> None:
    """Told that it is an endpoint, and finding that out by the service description."""
    rows = json.loads(run(*COMUNICA, kind + endpoint, QUERY))
    assert MISSION in {row["mission"] for row in rows}


def test_comunica_finds_the_endpoint_by_the_well_known_address(endpoint: str) -> None:
    void = endpoint.removesuffix("sparql") + ".well-known/void"
    assert json.loads(run(*COMUNICA, void, ENDPOINT)) == [{"endpoint": endpoint}]


def test_comunica_joins_the_endpoint_with_a_document(endpoint: str) -> None:
    document = endpoint.removesuffix("sparql") + "data/tianwen-3"
    query = PREFIX + "SELECT ?date { ?m a xt:MarsMission ; xt:plannedLaunchDate ?date }"
    rows = json.loads(run(*COMUNICA, endpoint, document, query))
    assert {row["date"] for row in rows} == {'"2028"'}


def jena(*arguments: str) -> str:
    jar = os.environ.get("XINGTU_FUSEKI")
    if jar is None:
        pytest.skip("XINGTU_FUSEKI is not the path of jena-fuseki-server-*.jar")
    return run("java", "-cp", jar, *arguments)


def test_jena(endpoint: str) -> None:
    output = jena("arq.rsparql", "--service", endpoint, "--results", "csv", QUERY)
    assert MISSION in output


def test_jena_finds_every_question(endpoint: str) -> None:
    output = jena("arq.rsparql", "--service", endpoint, "--results", "json", EXAMPLES)
    rows = json.loads(output)["results"]["bindings"]
    assert {row["query"]["value"] for row in rows} == {q.text for q in load_every_question()}


def test_jena_queries_the_description(endpoint: str) -> None:
    void = endpoint.removesuffix("sparql") + ".well-known/void"
    assert endpoint in jena("arq.sparql", "--data", void, "--results", "csv", ENDPOINT)


def test_a_reader_of_sssom_reads_the_mappings() -> None:
    import sssom_pydantic

    source = load_source()
    pack = sssom_pydantic.read(FOLDER / MAPPINGS)
    found = {(m.subject.identifier, m.predicate.identifier, m.object.identifier) for m in pack[0]}
    assert found == {(m.subject, m.predicate, m.item) for m in source.mappings}
    assert all(mapping.confidence and mapping.see_also for mapping in pack[0])


@pytest.mark.filterwarnings("ignore")
def test_reconciler(endpoint: str) -> None:
    """Its columns are those of the candidates; it cannot read an answer without any (NumPy 2)."""
    client, pandas = pytest.importorskip("reconciler"), pytest.importorskip("pandas")
    service = endpoint.removesuffix("sparql") + "reconcile"
    names = [
        "Tianwen-3",
        "天问三号",
        "CZ-10A",
        "中国航天科技集团",
        "Q193701",
        "Beijing",
        "Chang'e 6",
    ]
    names += [f"Shenzhou-{number}" for number in range(12, 22)]  # more than its batches of ten
    found = client.reconcile(pandas.Series(names), reconciliation_endpoint=service)
    matched = dict(zip(found["input_value"], found["id"].where(found["match"]), strict=True))
    slugs = ["tianwen-3", "tianwen-3", "long-march-10a", "casc", "spacex"]
    assert [matched[name] for name in names[:5]] == slugs
    assert matched["Shenzhou-19"] == "shenzhou-19"
    assert pandas.isna(matched["Beijing"])  # the city, or its government


@pytest.mark.filterwarnings("ignore")
def test_reconciler_with_a_type_and_properties(endpoint: str) -> None:
    client, pandas = pytest.importorskip("reconciler"), pytest.importorskip("pandas")
    table = pandas.DataFrame({"name": ["Tianwen-3", "Tianwen-2"], "target": ["Mars", "火星"]})
    found = client.reconcile(
        table["name"],
        type_id="Mission",
        property_mapping={"targets": table["target"]},
        reconciliation_endpoint=endpoint.removesuffix("sparql") + "reconcile/zh",
    )
    assert list(found["name"]) == ["天问三号", "天问二号"]
    assert list(found["match"]) == [True, False]
