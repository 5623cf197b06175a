"""The dataset a query sees, through HTTP: FROM, the protocol's parameters, and the past."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import QueryBoolean

from xingtu.server.application import Application
from xingtu.server.engine.dataset import copy_union, load_store
from xingtu.server.engine.evaluate import Dataset
from xingtu.server.engine.local import LocalEngine
from xingtu.server.errors import InvalidRequest
from xingtu.server.http.message import Request

DATA = Path(__file__).parent / "data"
ID = "https://example.org/id/"
COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s <https://example.org/ontology/acronym> ?o }}"


def ask(engine: LocalEngine, query: str, **parameters: object) -> list[dict[str, str]]:
    names = {"query": query} | {key.replace("_", "-"): value for key, value in parameters.items()}
    endpoint = Application(engine, "http://localhost").endpoints["sparql"]
    request = Request("GET", "/sparql", urlencode(names, doseq=True).encode())
    rows = json.loads(asyncio.run(endpoint(request)).body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


@pytest.fixture(scope="module")
def small() -> LocalEngine:
    return LocalEngine(load_store([DATA / "small.trig"]))


@pytest.fixture
def packaged(packaged_store) -> LocalEngine:
    return LocalEngine(packaged_store)


@pytest.mark.parametrize(
    ("clauses", "parameters"),
    [
        ("", {}),
        (f"FROM <{ID}article-1> FROM <{ID}article-2>", {}),
        ("", {"default_graph_uri": [ID + "article-1", ID + "article-2"]}),
    ],
)
def test_a_merge_holds_a_shared_triple_once(small, clauses: str, parameters: dict) -> None:
    assert ask(small, COUNT.format(clauses), **parameters) == [{"n": "1"}]


def test_from_and_from_named_are_apart(small) -> None:
    query = "SELECT ?g {} {{ GRAPH ?g {{ ?s ?p 'CNSA' }} }}".format(
        f"FROM <{ID}article-1> FROM NAMED <{ID}article-2>"
    )
    assert ask(small, query) == [{"g": ID + "article-2"}]


ARTICLES = "SELECT ?a { ?a a <https://w3id.org/xingtu/ontology#Article> ; <https://w3id.org/xingtu/ontology#textSha256> ?hash }"


def test_the_past_holds_only_what_was_published_by_then(packaged) -> None:
    counts = [
        len(ask(packaged, ARTICLES, as_of=day))
        for day in ("2000-01-01", "2025-06-01", "2026-03-31", "2099-01-01")
    ]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == len(ask(packaged, ARTICLES)) == 4
    assert 0 < counts[1] < 4


def test_the_past_has_no_conclusions_from_what_came_later(packaged) -> None:
    inferred = "SELECT * { GRAPH <https://w3id.org/xingtu/graph/inferred> { ?s ?p ?o } } LIMIT 1"
    assert ask(packaged, inferred, as_of="2025-06-01") == []
    assert len(ask(packaged, inferred, as_of="2099-01-01")) == 1


def test_the_past_is_no_place_for_other_choices(packaged) -> None:
    with pytest.raises(InvalidRequest, match="as-of"):
        ask(packaged, "SELECT * FROM <http://x/g> { ?s ?p ?o }", as_of="2025-06-01")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?g { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?g { graph ?g { ?s ?p ?o } }",
        "SELECT ?s FROM <http://example.org/none> { ?s ?p ?o }",
        "SELECT ?s ?p ?o { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
        "ASK { GRAPH ?g { ?s ?p ?o } ?s ?p ?o }",
    ],
)
def test_a_copy_of_the_union_changes_no_answer(store, query) -> None:
    def answer(dataset: Dataset) -> list[str]:
        results = dataset.solve(query)
        return [str(results)] if isinstance(results, QueryBoolean) else sorted(map(str, results))

    whole, quick = Dataset(store), Dataset(store, copy_union(store))
    assert answer(quick) == answer(whole)
