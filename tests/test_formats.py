"""Every format of both tables, by every way of asking for it, and the choice among them."""

from functools import partial

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Store, Triple, parse, parse_query_results
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from xingtu.server.formats import GRAPH_FORMATS, RESULT_FORMATS, NotAcceptable, choose_format
from xingtu.server.store import evaluate

PREFIXES = """PREFIX ex: <https://example.org/ontology/> PREFIX : <https://example.org/id/>
"""
SELECT = PREFIXES + "SELECT ?mission ?year { ?mission ex:launchYear ?year } ORDER BY ?year"
ASK = PREFIXES + "ASK { :change-7 ex:launchYear 2026 }"
CONSTRUCT = PREFIXES + "CONSTRUCT { ?mission ex:name ?name } { ?mission ex:name ?name }"
CONSTRUCT_CLAIM = PREFIXES + "CONSTRUCT { :claim-1 ?p ?o } { :claim-1 ?p ?o }"


def ways_of_asking(rows):
    """Pairs of a row and a request (parameters, headers) that must select it."""
    for row in rows:
        for name in (*row.names, row.media_type):
            yield pytest.param(row, {"format": name}, {}, id=f"format={name}")
        for media_type in (row.media_type, *row.aliases):
            yield pytest.param(row, {}, {"Accept": media_type}, id=f"Accept:{media_type}")


FOR_SOLUTIONS = list(ways_of_asking(RESULT_FORMATS))
FOR_BOOLEANS = list(ways_of_asking(row for row in RESULT_FORMATS if row.carries_boolean))
FOR_GRAPHS = list(ways_of_asking(GRAPH_FORMATS))


def test_matrix_has_not_shrunk():
    assert len(FOR_SOLUTIONS) >= 16
    assert len(FOR_BOOLEANS) >= 9
    assert len(FOR_GRAPHS) >= 29


def ask(client: FlaskClient, query: str, parameters=None, headers=None):
    return client.get(
        "/sparql", query_string={"query": query, **(parameters or {})}, headers=headers
    )


@pytest.mark.parametrize(("row", "parameters", "headers"), FOR_SOLUTIONS)
def test_solutions_are_written_in_the_format_asked_for(client, row, parameters, headers):
    answer = ask(client, SELECT, parameters, headers)
    assert answer.status_code == 200
    assert answer.content_type == row.syntax.media_type
    if row.names == ("csv",):  # plain values, which no parser can take back
        assert answer.data == (
            b"mission,year\r\n"
            b"https://example.org/id/change-7,2026\r\nhttps://example.org/id/tianwen-3,2028\r\n"
        )
    else:
        solutions = list(parse_query_results(answer.data, row.syntax))
        assert [s["year"].value for s in solutions] == ["2026", "2028"]
        assert solutions[0]["mission"].value == "https://example.org/id/change-7"
        assert solutions[0]["year"].datatype.value.endswith("#integer")


@pytest.mark.parametrize(("row", "parameters", "headers"), FOR_BOOLEANS)
def test_booleans_are_written_in_the_format_asked_for(client, row, parameters, headers):
    answer = ask(client, ASK, parameters, headers)
    assert answer.content_type == row.syntax.media_type
    assert bool(parse_query_results(answer.data, row.syntax)) is True


@pytest.mark.parametrize(("row", "parameters", "headers"), FOR_GRAPHS)
def test_graphs_are_written_in_the_format_asked_for(client, store, row, parameters, headers):
    answer = ask(client, CONSTRUCT, parameters, headers)
    assert answer.status_code == 200
    assert answer.content_type == row.syntax.media_type
    triples = {quad.triple for quad in parse(answer.data, row.syntax)}
    assert triples == set(evaluate(store, CONSTRUCT))
    assert len(triples) == 3


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.names[0])
def test_triple_terms_survive_or_are_refused(client, row):
    answer = ask(client, CONSTRUCT_CLAIM, {"format": row.names[0]})
    if row.carries_triple_terms:
        objects = [quad.object for quad in parse(answer.data, row.syntax)]
        assert sum(isinstance(term, Triple) for term in objects) == 1
    else:
        assert answer.status_code == 406
        assert "text/turtle" in answer.json["detail"]


def test_only_json_ld_cannot_carry_triple_terms():
    assert [row.names[0] for row in GRAPH_FORMATS if not row.carries_triple_terms] == ["jsonld"]


def test_graph_with_triple_terms_falls_back_to_what_else_is_accepted(client):
    accept = {"Accept": "application/ld+json, application/n-triples;q=0.2"}
    assert ask(client, CONSTRUCT_CLAIM, headers=accept).content_type == "application/n-triples"
    assert ask(client, CONSTRUCT, headers=accept).content_type == "application/ld+json"


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_boolean_is_not_written_as_a_table(client, name):
    answer = ask(client, ASK, {"format": name})
    assert answer.status_code == 406
    assert "format=json" in answer.json["detail"]


def test_format_overrides_accept(client):
    answer = ask(client, SELECT, {"format": "tsv"}, {"Accept": "text/csv"})
    assert answer.mimetype == "text/tab-separated-values"


choose_results = partial(choose_format, RESULT_FORMATS)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/*", "csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", "xml"),
        ("application/sparql-results+json;q=0, */*", "xml"),
        ("*/*;q=0.1, text/csv", "csv"),
        ("text/csv; charset=utf-8", "csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("application/xml;q=0.3, application/json;q=0.4", "json"),
    ],
)
def test_accept_selects(header, chosen):
    row = choose_results(parse_accept_header(header, MIMEAccept))
    assert row.names[0] == chosen


@pytest.mark.parametrize("header", ["image/png", "text/csv;q=0", "text/html", "text/turtle"])
def test_nothing_acceptable_is_refused(header):
    with pytest.raises(NotAcceptable, match="format=json"):
        choose_results(parse_accept_header(header, MIMEAccept))


def test_unknown_format_name_is_refused():
    with pytest.raises(NotAcceptable):
        choose_results(MIMEAccept([("*/*", 1)]), "yaml")


def test_evaluation_gives_the_forms_the_tables_are_for(store: Store):
    assert [type(evaluate(store, text)).__name__ for text in (SELECT, ASK, CONSTRUCT)] == [
        "QuerySolutions",
        "QueryBoolean",
        "QueryTriples",
    ]
