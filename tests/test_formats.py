"""Every format of both tables, by every way of asking for it, and the choice among them."""

import json
from functools import partial
from urllib.parse import urlencode
from xml.dom import minidom

import pytest
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from xingtu.server.engine.local import LocalEngine
from xingtu.server.errors import NotAcceptable
from xingtu.server.formats import (
    GRAPH_FORMATS,
    RESULT_FORMATS,
    choose_graph_format,
    finish_body,
    prefers_page,
    rank_formats,
    serialize_graph,
    syntax_of,
)
from xingtu.server.http.sparql import SparqlEndpoint

PREFIXES = """PREFIX ex: <https://example.org/ontology/> PREFIX : <https://example.org/id/>
"""
SELECT = PREFIXES + "SELECT ?mission ?year { ?mission ex:launchYear ?year } ORDER BY ?year"
ASK = PREFIXES + "ASK { :change-7 ex:launchYear 2026 }"
CONSTRUCT = PREFIXES + "CONSTRUCT { ?mission ex:name ?name } { ?mission ex:name ?name }"
CONSTRUCT_CLAIM = PREFIXES + "CONSTRUCT { :claim-1 ?p ?o } { :claim-1 ?p ?o }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SUBJECT, PREDICATE, OBJECT = (NamedNode(f"http://x/{name}") for name in "spo")
PLAIN = Triple(SUBJECT, PREDICATE, Literal("o"))
CLAIM = Triple(SUBJECT, PREDICATE, Triple(SUBJECT, PREDICATE, OBJECT))
DIRECTED = Triple(SUBJECT, PREDICATE, Literal("a", language="ar", direction=BaseDirection.RTL))


def ways_of_asking(rows):
    """Pairs of a row and a request (parameters, headers) that must select it."""
    for row in rows:
        for name in (*row.names, row.media_type):
            yield pytest.param(row, {"format": name}, {}, id=f"format={name}")
        yield pytest.param(row, {"output": row.names[0]}, {}, id=f"output={row.names[0]}")
        for media_type in (row.media_type, *row.aliases):
            yield pytest.param(row, {}, {"accept": media_type}, id=f"Accept:{media_type}")


FOR_SOLUTIONS = list(ways_of_asking(RESULT_FORMATS))
FOR_BOOLEANS = list(ways_of_asking(row for row in RESULT_FORMATS if row.carries_boolean))
FOR_GRAPHS = list(ways_of_asking(GRAPH_FORMATS))
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}


def test_matrix_has_not_shrunk():
    assert len(FOR_SOLUTIONS) >= 20
    assert len(FOR_BOOLEANS) >= 11
    assert len(FOR_GRAPHS) >= 35


@pytest.fixture
def ask(send, store):
    endpoint = SparqlEndpoint(LocalEngine(store), authorize=lambda _: None)

    def ask(query, parameters=(), headers=()):
        target = "/sparql?" + urlencode({"query": query, **dict(parameters)})
        return send(endpoint, "GET", target, **dict(headers))

    return ask


def serialize_results(results, media_type):
    syntax = QueryResultsFormat.from_media_type(media_type)
    return finish_body(results.serialize(format=syntax), syntax)


def content_type(response):
    return dict(response.headers)["Content-Type"]


def results_syntax(row):
    return QueryResultsFormat.from_media_type(row.media_type)


@pytest.mark.parametrize(("row", "parameters", "headers"), FOR_SOLUTIONS)
def test_solutions_are_written_in_the_format_asked_for(ask, row, parameters, headers):
    answer = ask(SELECT, parameters, headers)
    assert answer.status == 200
    assert content_type(answer) == CONTENT_TYPES.get(row.names[0], row.media_type)
    assert dict(answer.headers)["Vary"] == "Accept, Accept-Encoding"
    if row.names == ("csv",):  # plain values, which no parser can take back
        assert answer.body == (
            b"mission,year\r\n"
            b"https://example.org/id/change-7,2026\r\nhttps://example.org/id/tianwen-3,2028\r\n"
        )
    else:
        solutions = list(parse_query_results(answer.body, results_syntax(row)))
        assert [s["year"].value for s in solutions] == ["2026", "2028"]
        assert solutions[0]["mission"].value == "https://example.org/id/change-7"
        assert solutions[0]["year"].datatype.value.endswith("#integer")


@pytest.mark.parametrize(("row", "parameters", "headers"), FOR_BOOLEANS)
def test_booleans_are_written_in_the_format_asked_for(ask, row, parameters, headers):
    answer = ask(ASK, parameters, headers)
    assert content_type(answer) == row.media_type
    assert bool(parse_query_results(answer.body, results_syntax(row))) is True


@pytest.mark.parametrize(("row", "parameters", "headers"), FOR_GRAPHS)
def test_graphs_are_written_in_the_format_asked_for(ask, store, row, parameters, headers):
    for query in (CONSTRUCT, "DESCRIBE <https://example.org/id/cnsa>"):
        answer = ask(query, parameters, headers)
        assert answer.status == 200
        assert content_type(answer) == row.media_type
        triples = {quad.triple for quad in parse(answer.body, syntax_of(row.media_type))}
        assert triples == set(store.query(query))
        assert triples


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.names[0])
def test_triple_terms_survive_or_are_refused(ask, row):
    answer = ask(CONSTRUCT_CLAIM, {"format": row.names[0]})
    if row.names[0] == "jsonld":
        assert answer.status == 406
        assert "text/turtle" in json.loads(answer.body)["detail"]
    else:
        objects = [quad.object for quad in parse(answer.body, syntax_of(row.media_type))]
        assert sum(isinstance(term, Triple) for term in objects) == 1
        assert content_type(answer) == row.media_type + "; version=1.2"


@pytest.mark.parametrize(
    ("query", "accept", "chosen"),
    [
        (CONSTRUCT_CLAIM, "application/ld+json, application/n-triples;q=0.2", "application/n-triples"),
        (CONSTRUCT, "application/ld+json, application/n-triples;q=0.2", "application/ld+json"),
        ("CONSTRUCT { <s> <p/> 1 } {}", "application/rdf+xml, text/*;q=0.2", "text/turtle"),
        ("CONSTRUCT { <s> <p/> 1 } {}", "application/rdf+xml, text/html;q=0.2", "text/html"),
        ("CONSTRUCT { <s> <p> 1 } {}", "application/rdf+xml, text/html;q=0.2", "application/rdf+xml"),
        ("ASK {}", "text/csv, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
    ],
)  # fmt: skip
def test_what_a_format_cannot_carry_comes_in_the_next_best(ask, query, accept, chosen):
    answer = ask(query, headers={"accept": accept})
    assert content_type(answer).partition(";")[0] == chosen


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_boolean_is_not_written_as_a_table(ask, name):
    answer = ask(ASK, {"format": name})
    assert answer.status == 406
    assert "format=json" in json.loads(answer.body)["detail"]


def test_format_overrides_accept(ask):
    answer = ask(SELECT, {"format": "tsv"}, {"accept": "text/csv"})
    assert content_type(answer).startswith("text/tab-separated-values")


# The choice

rank_results = partial(rank_formats, name=None, form="SELECT", page=True)
rank_graphs = partial(rank_formats, name=None, form="CONSTRUCT", page=True)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "sparql-results+json"),
        (" ", "sparql-results+json"),
        ("*/*", "sparql-results+json"),
        ("application/*", "sparql-results+json"),
        ("text/*", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", "sparql-results+xml"),
        ("application/sparql-results+json;q=0, */*", "sparql-results+xml"),
        ("application/*;q=0, */*", "csv"),
        ("*/*;q=0.1, text/csv", "csv"),
        ("text/csv;q=0, text/*", "tab-separated-values"),
        ("text/csv; charset=utf-8", "csv"),
        ("application/sparql-results+json; version=1.2", "sparql-results+json"),
        ("text/csv; charset=utf-8; q=0.1, text/csv;q=0.9, text/tab-separated-values;q=0.5", "csv"),
        (BROWSER, "html"),
        ("text/html;q=0.5, text/csv;q=0.4", "html"),
        # Aliases
        ("application/xml;q=0.3, application/json;q=0.4", "sparql-results+json"),
        ("application/sparql-results+xml, application/json", "sparql-results+xml"),
        ("application/json, text/javascript, */*; q=0.01", "sparql-results+json"),
        ("application/xml, */*;q=0.1", "sparql-results+xml"),
        ("application/sparql-results+json;q=0, application/json", None),
        # Nonsense
        ("text/csv;q=2, application/sparql-results+xml;q=0.1", "sparql-results+xml"),
        ("image/png;q=, ,;;", None),
    ],
)
def test_accept_selects(header, chosen):
    if chosen is None:
        with pytest.raises(NotAcceptable):
            rank_results(header)
    else:
        assert rank_results(header)[0].partition("/")[2] == chosen


@pytest.mark.parametrize(
    ("header", "ranked"),
    [
        ("", ["text/turtle"]),
        ("application/ld+json, application/rdf+xml;q=0.9, text/turtle;q=0.1",
         ["application/ld+json", "application/rdf+xml", "text/turtle"]),
        ("application/ld+json", ["application/ld+json"]),
        ("application/json;q=1, application/sparql-results+json", ["application/ld+json"]),
        ("application/n-quads, */*;q=0.1", ["application/n-quads"]),
    ],
)  # fmt: skip
def test_ranking_ends_with_a_format_that_carries_everything(header, ranked):
    assert list(rank_graphs(header)) == ranked


@pytest.mark.parametrize(
    "header", ["image/png", "text/csv;q=0", "text/html;q=0", "text/turtle", "csv"]
)
def test_nothing_acceptable_is_refused(header):
    with pytest.raises(NotAcceptable, match="format=json"):
        rank_results(header)


@pytest.mark.parametrize("name", ["yaml", "", "turtle", "application/json", "JSON", "text/csv;q=1"])
def test_unknown_format_name_is_refused(name):
    with pytest.raises(NotAcceptable):
        rank_formats("*/*", name, "SELECT")


def test_a_plus_that_was_not_encoded_is_understood():
    ranked = rank_formats("", "application/sparql-results json", "SELECT")
    assert ranked == ("application/sparql-results+json",)


@pytest.mark.parametrize(
    ("header", "is_browser"),
    [(BROWSER, True), ("text/html", True), ("*/*", False), ("", False), ("text/turtle", False),
     ("text/turtle, text/html;q=0.9", False), ("text/html, text/turtle", False), ("image/png", False)],
)  # fmt: skip
def test_browsers_are_told_from_rdf_clients(header, is_browser):
    assert prefers_page(header) is is_browser


def test_a_page_is_only_where_there_is_one():
    with pytest.raises(NotAcceptable):
        rank_formats("text/html", None, "CONSTRUCT")
    assert rank_formats(BROWSER, None, "CONSTRUCT") == ("application/rdf+xml", "text/turtle")


# What XML cannot hold


@pytest.mark.parametrize(
    "predicate",
    ["http://x/p/", "http://x/p#", "http://x/1", "urn:1:2", "http://x/a(b)", "http://x/%20",
     RDF + "li", RDF + "Description", RDF + "about", "http://www.w3.org/2000/xmlns/a"],
)  # fmt: skip
@pytest.mark.parametrize("nested", [False, True])
def test_a_predicate_that_makes_no_element_is_not_written_as_rdf_xml(predicate, nested):
    triple = Triple(SUBJECT, NamedNode(predicate), OBJECT)
    graph = [Triple(SUBJECT, PREDICATE, triple) if nested else triple]
    with pytest.raises(NotAcceptable, match="turtle"):
        serialize_graph(graph, ["application/rdf+xml"])
    assert choose_graph_format(graph, ["application/rdf+xml", "text/turtle"]) == RdfFormat.TURTLE


@pytest.mark.parametrize(
    "predicate",
    [
        "http://x/p",
        "http://x/1a",
        "http://x/中",
        "urn:a:b",
        RDF + "type",
        RDF + "_1",
        RDF + "value",
    ],
)
@pytest.mark.parametrize(
    "term",
    [
        OBJECT,
        Literal("<&>\"'\t\n天😀"),
        Literal("a\r\nb\r"),
        Literal("x", language="en"),
        BlankNode("b1"),
    ],
)
def test_rdf_xml_is_well_formed_and_read_back_the_same(predicate, term):
    triple = Triple(SUBJECT, NamedNode(predicate), term)
    body, kind = serialize_graph([triple], ["application/rdf+xml"])
    assert kind == "application/rdf+xml"
    minidom.parseString(body)
    (quad,) = parse(body, RdfFormat.RDF_XML)
    assert (quad.predicate, type(quad.object)) == (triple.predicate, type(term))
    if not isinstance(term, BlankNode):
        assert quad.object == term


@pytest.mark.parametrize("text", ["a\x01", "\x0b", "\x1f", "\ufffe", "\uffff", "\x00"])
def test_characters_that_xml_does_not_allow_are_not_written_as_xml(text):
    graph = [Triple(SUBJECT, PREDICATE, Literal(text))]
    with pytest.raises(NotAcceptable):
        serialize_graph(graph, ["application/rdf+xml"])
    results = Store().query(f"SELECT ?x {{ VALUES ?x {{ {Literal(text)} }} }}")
    with pytest.raises(NotAcceptable, match="format=json"):
        serialize_results(results, "application/sparql-results+xml")


def test_a_blank_node_label_that_is_no_xml_name_is_not_written_as_rdf_xml():
    with pytest.raises(NotAcceptable):
        serialize_graph([Triple(BlankNode("7a"), PREDICATE, OBJECT)], ["application/rdf+xml"])


def test_a_carriage_return_survives_xml_results():
    results = Store().query('SELECT ("a\\r\\nb" AS ?x) {}')
    body, _ = serialize_results(results, "application/sparql-results+xml")
    text = minidom.parseString(body).getElementsByTagName("literal")[0].firstChild.data
    assert text == "a\r\nb"


# What is announced as RDF 1.2

TURTLE_FAMILY = ["text/turtle", "application/n-triples", "application/trig", "application/n-quads"]


@pytest.mark.parametrize("media_type", [*TURTLE_FAMILY, "application/rdf+xml"])
@pytest.mark.parametrize(
    ("triple", "suffix"), [(PLAIN, ""), (DIRECTED, "; version=1.2-basic"), (CLAIM, "; version=1.2")]
)
def test_graphs_announce_the_version_they_need(media_type, triple, suffix):
    assert serialize_graph([triple], [media_type])[1] == media_type + suffix
    assert serialize_graph([PLAIN, triple, PLAIN], [media_type])[1] == media_type + suffix


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize(
    ("value", "suffix"),
    [
        ('"o"', ""),
        ('"a"@ar--rtl', "; version=1.2-basic"),
        ("<<( <s:> <p:> <o:> )>>", "; version=1.2"),
    ],
)
def test_results_announce_the_version_they_need(ask, name, value, suffix):
    answer = ask(f"SELECT ?type {{ VALUES ?type {{ {value} }} }}", {"format": name})
    assert content_type(answer) == f"application/sparql-results+{name}{suffix}"


PRETENCE = """<<( --ltr "@en--rtl <triple> its:dir= {"type":"triple"} rdf:version="1.2" <a rdf:version="1.2" "x"@ar--rtl"""


@pytest.mark.parametrize("media_type", [row.media_type for row in GRAPH_FORMATS])
def test_literals_that_look_like_rdf_1_2_announce_nothing_in_graphs(media_type):
    graph = [
        Triple(SUBJECT, PREDICATE, Literal(PRETENCE)),
        Triple(SUBJECT, PREDICATE, NamedNode("http://x/@ar--rtl")),
    ]
    assert serialize_graph(graph, [media_type])[1] == media_type


@pytest.mark.parametrize("row", RESULT_FORMATS, ids=lambda row: row.names[0])
def test_literals_that_look_like_rdf_1_2_announce_nothing_in_results(row):
    results = Store().query(f"SELECT ?triple {{ VALUES ?triple {{ {Literal(PRETENCE)} }} }}")
    assert "version" not in serialize_results(results, row.media_type)[1]


def test_a_body_in_a_file_is_finished_in_place(tmp_path):
    graph = [CLAIM, Triple(SUBJECT, PREDICATE, Literal("a\rb"))]
    path = tmp_path / "body"
    path.write_bytes(serialize(graph, format=RdfFormat.RDF_XML))
    body, kind = finish_body(path, RdfFormat.RDF_XML)
    assert (body, kind) == (path, "application/rdf+xml; version=1.2")
    assert {quad.triple for quad in parse(path=path, format=RdfFormat.RDF_XML)} == set(graph)
    assert b"a&#13;b" in path.read_bytes()
