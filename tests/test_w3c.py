"""The W3C's HTTP suites for SPARQL 1.1, run on the endpoints without a server.

The manifests list requests to send in order and what must come back; they stand beside the
repository, or where the environment variable XINGTU_W3C says.
"""

import asyncio
import json
import os
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.tasks import WriteGraph
from xingtu.server.http.description import SD as SD_NAMESPACE
from xingtu.server.http.graph_store import GraphStoreEndpoint
from xingtu.server.http.sparql import SparqlEndpoint

SUITES = Path(os.environ.get("XINGTU_W3C", Path(__file__).parent.parent.parent / "shared" / "w3c"))
FLOORS = {"protocol": 34, "graph-store-protocol": 14, "service-description": 3}

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace(SD_NAMESPACE)
STATUSES = {200: "OK", 201: "Created", 204: "NoContent", 400: "BadRequest", 404: "NotFound"}
FORMATS = {"boolean": "json", "tabular": "json|csv|tab", "RDF": "turtle|rdf|triples|ld"}

pytestmark = pytest.mark.skipif(
    not (SUITES / "sparql11").is_dir(),
    reason=f"THE W3C SUITES ARE NOT AT {SUITES}: conformance is not tested (set XINGTU_W3C)",
)


def load_tests(suite):
    """The tests of a suite, each with the graph of its manifest."""
    for path in sorted((SUITES / "sparql11" / suite).glob("manifest*.ttl")):
        graph = Graph().parse(path, publicID=path.as_uri())
        # One direct graph store test is not among the entries of its manifest: take all there are.
        kinds = (MF.ProtocolTest, MF.GraphStoreProtocolTest, MF.ServiceDescriptionTest)
        for test in sorted(test for kind in kinds for test in graph.subjects(RDF.type, kind)):
            yield pytest.param(graph, test, id=test.fragment)


def test_suites_are_whole():
    assert {name: len([*load_tests(name)]) for name in FLOORS} == FLOORS


def text_of(graph, node, name):
    return str(graph.value(node, name) or "")


def headers_of(graph, message):
    for headers in graph.objects(message, HT.headers):
        for header in Collection(graph, headers):
            yield (
                text_of(graph, header, HT.fieldName).lower(),
                text_of(graph, header, HT.fieldValue),
            )


def body_of(graph, message):
    body = graph.value(message, HT.body)
    return None if body is None else text_of(graph, body, CNT.chars)


class Service:
    """Both endpoints over one store, for one test."""

    def __init__(self, send):
        self.engine = LocalEngine(writable=True)
        self.send = send
        self.endpoints = {
            "sparql": SparqlEndpoint(self.engine, authorize=lambda _: None),
            "gsp": GraphStoreEndpoint(self.engine, authorize=lambda _: None),
        }
        self.variables = {}

    def run(self, graph, test):
        for data in graph.objects(test, UT.graphData):
            self.seed(text_of(graph, data, RDFS.label), text_of(graph, data, UT.graph))
        requests = [*Collection(graph, graph.value(graph.value(test, MF.action), HT.requests))]
        assert requests
        for request in requests:
            response = self.ask(graph, request)
            self.check(graph, graph.value(request, HT.resp), response)

    def seed(self, name, url):
        document = Path(urlsplit(url).path).read_bytes()
        task = WriteGraph(name, ((document, "application/n-triples"),), name, replace=True)
        asyncio.run(self.engine.run(task))

    def ask(self, graph, request):
        encoding = text_of(graph, graph.value(request, HT.body), CNT.characterEncoding)
        body = (body_of(graph, request) or "").encode(encoding or "utf-8")
        target = text_of(graph, request, HT.absolutePath).replace("/sparql/", "/sparql")
        for name, text in self.variables.items():
            target = target.replace(name, quote(text, safe=""))
        headers = {name.replace("-", "_"): text for name, text in headers_of(graph, request)}
        endpoint = self.endpoints[re.split("[/?]", target)[1]]
        return self.send(endpoint, text_of(graph, request, HT.methodName), target, body, **headers)

    def check(self, graph, expected, response):
        wanted = {status.fragment for status in graph.objects(expected, MF.expectedStatus)}
        got = {STATUSES.get(response.status), f"StatusCode{response.status // 100}xx"}
        assert wanted & got, (response, wanted)
        headers = {name.lower(): text for name, text in response.headers}
        kind, truth = (
            graph.value(expected, name) for name in (MF.expectedFormat, MF.expectedBoolean)
        )
        if kind is not None:
            assert re.search(FORMATS[str(kind)], headers["content-type"])
        if truth is not None:
            assert json.loads(response.body)["boolean"] == truth.toPython()
        for name, text in headers_of(graph, expected):
            assert headers[name].partition(";")[0] == text.partition(";")[0]
        for variable in graph.objects(expected, MF.expectedLocation):
            self.variables[str(variable)] = headers["location"]
        if (body := body_of(graph, expected)) is not None:
            assert_same_graph(body, response.body)


def assert_same_graph(*documents):
    graphs = [Graph().parse(data=text, format="turtle", publicID="http://x/") for text in documents]
    assert len(graphs[0]) > 0
    assert isomorphic(*graphs)


@pytest.mark.parametrize(
    ("graph", "test"), [*load_tests("protocol"), *load_tests("graph-store-protocol")]
)
def test_requests_get_the_responses_of_the_manifest(send, graph, test):
    Service(send).run(graph, test)


# The tests of the service description are but names.


@pytest.fixture
def describe(send):
    service = Service(send)

    def describe(media_type):
        response = send(service.endpoints["sparql"], "GET", "/sparql", accept=media_type)
        assert response.status == 200
        return Graph().parse(data=response.body, format=media_type)

    return describe


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/rdf+xml", "application/ld+json"]
)
def test_returns_rdf(describe, media_type):
    assert isomorphic(describe(media_type), describe("application/n-triples"))


def test_has_endpoint_triple(describe):
    graph = describe("text/turtle")
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert [*graph.objects(service, SD.endpoint)] == [URIRef("http://localhost/sparql")]


def test_conforms_to_schema(describe):
    """The domains and ranges of the vocabulary (Service Description §3.2)."""
    graph = describe("text/turtle")
    domains = {SD.defaultGraph: SD.Dataset, SD.namedGraph: SD.Dataset, SD.name: SD.NamedGraph}
    ranges = {
        SD.defaultDataset: SD.Dataset,
        SD.defaultGraph: SD.Graph,
        SD.namedGraph: SD.NamedGraph,
    }
    triples = [triple for triple in graph if triple[1].startswith(SD_NAMESPACE)]
    for subject, predicate, target in triples:
        assert (subject, RDF.type, domains.get(predicate, SD.Service)) in graph
        if predicate in ranges:
            assert (target, RDF.type, ranges[predicate]) in graph
        else:
            assert isinstance(target, URIRef)
    terms = {SD.endpoint, SD.supportedLanguage, SD.resultFormat, SD.feature, SD.defaultDataset}
    assert terms <= {predicate for _, predicate, _ in triples}
