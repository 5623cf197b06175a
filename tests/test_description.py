"""The service description: all of it true, and all that is true of formats and languages."""

import asyncio
from functools import partial
from urllib.parse import quote

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.tasks import WriteGraph
from xingtu.server.errors import UnknownFunction
from xingtu.server.formats import GRAPH_FORMATS, RESULT_FORMATS, syntax_of
from xingtu.server.http.description import GEO_FUNCTIONS, SD, Abilities, ServiceDescription
from xingtu.server.http.sparql import SparqlEndpoint

ID = "https://example.org/id/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def endpoint_of(engine, **abilities):
    description = ServiceDescription(engine, Abilities(**abilities))
    return SparqlEndpoint(engine, authorize=lambda _: None, description=description)


@pytest.fixture
def get(send, store):
    return partial(send, endpoint_of(LocalEngine(store)), "GET")


def header(response, name):
    return dict(response.headers).get(name)


def described(response, syntax=RdfFormat.TURTLE):
    """Objects by the local name of their sd: predicate."""
    assert response.status == 200, response.body
    found = {}
    for quad in parse(response.body, syntax):
        name = quad.predicate.value.removeprefix(SD)
        found.setdefault(name, set()).add(getattr(quad.object, "value", None))
    return found


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.names[0])
def test_it_comes_in_every_format_of_graphs(get, row):
    for response in (get("/sparql", accept=row.media_type), get(f"/sparql?format={row.names[0]}")):
        assert header(response, "Content-Type") == row.media_type
        facts = described(response, syntax_of(row.media_type))
        assert facts["endpoint"] == {"http://localhost/sparql"}


@pytest.mark.parametrize("accept", [None, "", "*/*", "application/sparql-results+json, */*;q=0.1"])
def test_it_is_turtle_by_default(get, accept):
    assert header(get("/sparql", accept=accept), "Content-Type") == "text/turtle"


def test_it_is_not_given_where_nothing_is_acceptable(get):
    assert get("/sparql", accept="image/png").status == 406
    assert get("/sparql?format=csv").status == 406


def test_it_tells_what_a_read_only_service_does(get):
    facts = described(get("/sparql"))
    assert facts["supportedLanguage"] == {SD + "SPARQL11Query", SD + "SPARQLQuery"}
    versions = {iri.rpartition("#")[2] for iri in facts["supportedVersion"]}
    assert versions == {"version-1.1", "version-1.2"}
    assert len(facts["resultFormat"]) == len(RESULT_FORMATS) + len(GRAPH_FORMATS)
    assert "http://www.w3.org/ns/formats/SPARQL_Results_CSV" in facts["resultFormat"]
    assert "inputFormat" not in facts
    assert SD + "UnionDefaultGraph" in facts["feature"]
    assert SD + "BasicFederatedQuery" not in facts["feature"]
    assert facts["defaultEntailmentRegime"] == {"http://www.w3.org/ns/entailment/Simple"}


def test_it_tells_what_a_writable_service_does(send):
    facts = described(send(endpoint_of(LocalEngine(writable=True)), "GET", "/sparql"))
    assert {SD + "SPARQL11Update", SD + "SPARQLUpdate"} < facts["supportedLanguage"]
    assert facts["inputFormat"] == {syntax_of(row.media_type).iri for row in GRAPH_FORMATS}


def test_it_claims_no_ability_that_is_not_there(send, store):
    abilities = {"union": False, "federated": True, "empty_graphs": False, "versions": ("1.1",)}
    engine = LocalEngine(store)
    facts = described(send(endpoint_of(engine, functions=(), **abilities), "GET", "/sparql"))
    assert facts["feature"] == {SD + "BasicFederatedQuery"}
    assert "extensionFunction" not in facts
    assert len(facts["supportedVersion"]) == 1


def test_it_lists_the_named_graphs_as_they_are_now(send):
    engine = LocalEngine(writable=True)
    endpoint = endpoint_of(engine)
    assert "name" not in described(send(endpoint, "GET", "/sparql"))
    for name in ("http://x/1", "http://x/empty"):
        documents = ((b"", "text/turtle"),)
        asyncio.run(engine.run(WriteGraph(name, documents, name, replace=True)))
    facts = described(send(endpoint, "GET", "/sparql"))
    assert facts["name"] == {"http://x/1", "http://x/empty"}
    assert SD + "EmptyGraphs" in facts["feature"]


def test_named_graphs_of_the_dataset_are_listed(get):
    assert described(get("/sparql"))["name"] == {ID + "article-1", ID + "article-2"}


@pytest.mark.parametrize("name", GEO_FUNCTIONS, ids=lambda iri: iri.rpartition("/")[2])
def test_each_function_it_lists_is_there(store, name):
    """Each takes one, two or three arguments; an unknown one is refused with any number."""

    def known(arguments):
        try:
            store.query(f"SELECT (<{name}>({arguments}) AS ?x) {{}}")
        except (RuntimeError, UnknownFunction):
            return False
        return True

    assert known('"POINT(0 0)"') or known('"POINT(0 0)", "POINT(0 0)"')
    with pytest.raises(RuntimeError):
        store.query("SELECT (<http://x/nope>(1) AS ?x) {}")


def test_it_documents_our_own_parameters(get):
    (comment,) = described(get("/sparql"))["http://www.w3.org/2000/01/rdf-schema#comment"]
    for example in ("format=csv", "output", "timeout=5000", "milliseconds", "as-of=2025-12-31"):
        assert example in comment


def test_a_known_description_is_not_sent_again(get):
    tag = header(get("/sparql"), "ETag")
    response = get("/sparql", if_none_match=tag)
    assert (response.status, response.body) == (304, b"")
    assert get("/sparql", if_none_match=tag, accept="application/n-triples").status == 200
    assert get("/sparql", accept_encoding="gzip").body[:2] == b"\x1f\x8b"
    assert header(get("/sparql"), "Vary") == "Accept, Accept-Encoding"


@pytest.mark.parametrize("target", ["/sparql", "/sparql?unknown=1", "/sparql?format=html"])
def test_a_browser_without_a_query_is_sent_to_the_home_page(get, target):
    response = get(target, accept=BROWSER)
    assert (response.status, header(response, "Location")) == (303, "http://localhost/")


def test_a_browser_may_ask_for_the_description(get):
    response = get("/sparql?format=turtle", accept=BROWSER)
    assert described(response)["endpoint"] == {"http://localhost/sparql"}


def test_nodes_of_one_description_are_the_same_in_the_next(get):
    assert get("/sparql").body == get("/sparql").body


def test_a_url_that_is_no_iri_is_refused(send, store):
    async def describe():
        return await ServiceDescription(LocalEngine(store)).describe(
            "http://a b/sparql", "http://a b/void"
        )

    with pytest.raises(Exception, match="IRI"):
        asyncio.run(describe())


def test_the_endpoint_it_names_answers(get):
    (url,) = described(get("/sparql"))["endpoint"]
    assert NamedNode(url)
    path = url.removeprefix("http://localhost")
    assert get(f"{path}?query={quote('ASK {}')}").status == 200
