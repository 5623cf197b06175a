"""Real clients ask the running server: SPARQLWrapper, rdflib, curl, Comunica and Jena; and a reader of SSSOM.

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

from xingtu.triples.mapping import MAPPINGS
from xingtu.triples.source import FOLDER, load_source

pytestmark = pytest.mark.clients

PREFIX = "PREFIX xt: <https://w3id.org/xingtu/ontology#> "
QUERY = PREFIX + "SELECT ?mission { ?mission a xt:MarsMission }"
MISSION = "https://w3id.org/xingtu/id/tianwen-3"


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


def test_curl(endpoint: str) -> None:
    output = run(
        "curl", "-sf", endpoint, "-H", "Accept: text/csv", "--data-urlencode", f"query={QUERY}"
    )
    assert output.splitlines()[0] == "mission"
    assert MISSION in output


def test_comunica(endpoint: str) -> None:
    package = ("npx", "--yes", "--package", "@comunica/query-sparql@4", "comunica-sparql")
    command = (*package, f"sparql@{endpoint}", QUERY)
    assert MISSION in {row["mission"] for row in json.loads(run(*command))}


def test_jena(endpoint: str) -> None:
    jar = os.environ.get("XINGTU_FUSEKI")
    if jar is None:
        pytest.skip("XINGTU_FUSEKI is not the path of jena-fuseki-server-*.jar")
    client = ("java", "-cp", jar, "arq.rsparql")
    output = run(*client, "--service", endpoint, "--results", "csv", QUERY)
    assert MISSION in output


def test_a_reader_of_sssom_reads_the_mappings() -> None:
    import sssom_pydantic

    source = load_source()
    pack = sssom_pydantic.read(FOLDER / MAPPINGS)
    found = {(m.subject.identifier, m.predicate.identifier, m.object.identifier) for m in pack[0]}
    assert found == {(m.subject, m.predicate, m.item) for m in source.mappings}
    assert all(mapping.confidence and mapping.see_also for mapping in pack[0])
