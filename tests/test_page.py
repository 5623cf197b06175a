"""The answer as a web page: what people see, and what data can not do to it."""

import re
from functools import partial
from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from xingtu.server.engine.local import LocalEngine
from xingtu.server.http import page
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.sparql import SparqlEndpoint

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ATTACK = """</td><script>alert(1)</script><img src=x onerror='alert(1)' a="&amp;">"""


class Reader(HTMLParser):
    """Collects the tags, the cells and, after the header, the links of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.cells, self.attributes = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag == "a" and "main" in self.tags:
            self.links.append(dict(attributes)["href"])
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data.strip()


@pytest.fixture
def browse(send, store):
    endpoint = SparqlEndpoint(LocalEngine(store), authorize=lambda _: None)
    return partial(ask, send, endpoint)


def ask(send, endpoint, query, **parameters):
    target = "/sparql?" + urlencode({"query": query, **parameters})
    response = send(endpoint, "GET", target, accept=BROWSER)
    assert response.status == 200, response.body
    assert dict(response.headers)["Content-Type"] == "text/html; charset=utf-8"
    return response.body.decode()


@pytest.fixture
def browse_values(send):
    """Show terms as the values of a variable."""
    endpoint = SparqlEndpoint(LocalEngine(Store()), authorize=lambda _: None)

    def browse(*terms):
        return ask(send, endpoint, f"SELECT ?x {{ VALUES ?x {{ {' '.join(map(str, terms))} }} }}")

    return browse


def test_solutions_are_a_table_with_headings(browse):
    text = browse(
        "SELECT ?m ?name { ?m <https://example.org/ontology/name> ?name } ORDER BY ?m ?name"
    )
    seen = Reader(text)
    assert seen.cells[:4] == ["m", "name", "https://example.org/id/change-7", "嫦娥七号"]
    assert ("th", "scope", "col") in seen.attributes
    assert ("td", "lang", "zh") in seen.attributes
    assert "https://example.org/id/change-7" in seen.links
    assert "3 rows" in text
    assert text.startswith("<!doctype html>")


def test_our_iris_lead_to_this_server(browse_values):
    ours, other = "https://w3id.org/xingtu/id/tianwen-3", "https://w3id.org/xingtuish/x"
    seen = Reader(browse_values(NamedNode(ours), NamedNode(other)))
    assert seen.cells[1:] == [ours, other]
    assert [urlsplit(link).path for link in seen.links][-2:] == ["/id/tianwen-3", "/xingtuish/x"]
    assert seen.links[-2].startswith("http") and "w3id.org" not in seen.links[-2]


def test_unbound_is_an_empty_cell(browse):
    assert Reader(browse("SELECT ?x ?y { BIND(1 AS ?y) }")).cells == ["x", "y", "", "1"]


@pytest.mark.parametrize(("query", "truth"), [("ASK {}", "true"), ("ASK { ?s ?s ?s }", "false")])
def test_a_boolean_is_said(browse, query, truth):
    assert f"<strong>{truth}</strong>" in browse(query)


def test_a_graph_is_turtle(browse):
    text = browse(
        "CONSTRUCT { ?m <http://x/name> ?n } { ?m <https://example.org/ontology/name> ?n }"
    )
    assert "&lt;http://x/name&gt;" in text
    assert "天问三号" in text
    assert {"table", "strong"}.isdisjoint(Reader(text).tags)


def test_format_html_asks_for_the_page(send, store):
    endpoint = SparqlEndpoint(LocalEngine(store), authorize=lambda _: None)
    response = send(endpoint, "GET", "/sparql?query=ASK+{}&format=html", accept="text/csv")
    assert dict(response.headers)["Content-Type"].startswith("text/html")


def test_the_page_is_cached_and_compressed_as_any_answer(send, store):
    cache = ResultCache(1 << 20)
    endpoint = SparqlEndpoint(LocalEngine(store), authorize=lambda _: None, cache=cache)
    target = "/sparql?query=" + quote("SELECT * { ?s ?p ?o }")
    for found in ("miss", "hit"):
        response = send(endpoint, "GET", target, accept=BROWSER, accept_encoding="gzip")
        assert response.notes["cache"] == found
        assert dict(response.headers)["Content-Encoding"] == "gzip"


# Links to the whole answer


@pytest.mark.parametrize(
    ("query", "names"),
    [("SELECT * {}", {"json", "xml", "csv", "tsv"}), ("ASK {}", {"json", "xml"}),
     ("DESCRIBE <http://x/>", {"turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"})],
)  # fmt: skip
def test_the_page_links_to_the_answer_in_other_formats(browse, query, names):
    parameters = {"default-graph-uri": "http://x/?a=1&b=2", "named-graph-uri": "http://x/n"}
    links = [urlsplit(link) for link in Reader(browse(query, **parameters)).links]
    assert {(link.netloc, link.path) for link in links} == {("localhost", "/sparql")}
    asked = [parse_qs(link.query) for link in links]
    assert {one.pop("format")[0] for one in asked} == names
    assert all(
        one == {"query": [query], **{k: [v] for k, v in parameters.items()}} for one in asked
    )


def test_there_is_no_link_longer_than_clients_take(send, store):
    endpoint = SparqlEndpoint(LocalEngine(store), authorize=lambda _: None)
    query = "SELECT * {} #" + "x" * 9_000
    headers = {"content_type": "application/sparql-query", "accept": BROWSER}
    response = send(endpoint, "POST", "/sparql", query, **headers)
    assert Reader(response.body.decode()).links == []


# Many rows


@pytest.fixture
def crowd(monkeypatch, send):
    monkeypatch.setattr(page, "_SHOWN", 5)
    monkeypatch.setattr(page, "_COUNTED", 10)
    store = Store()
    store.extend(
        Quad(NamedNode(f"http://x/{n}"), NamedNode("http://x/p"), Literal(n)) for n in range(20)
    )
    return partial(ask, send, SparqlEndpoint(LocalEngine(store), authorize=lambda _: None))


@pytest.mark.parametrize(
    ("limit", "caption", "rows"),
    [(1, "1 row", 1), (5, "5 rows", 5), (6, "6 rows; these are the first 5", 5),
     (10, "10 rows; these are the first 5", 5), (11, "More than 10 rows; these are the first 5", 5)],
)  # fmt: skip
def test_only_the_first_rows_are_shown_and_all_are_counted(crowd, limit, caption, rows):
    text = crowd(f"SELECT ?o {{ ?s ?p ?o }} LIMIT {limit}")
    said = re.search("<caption[^>]*>(.*?)</caption>", text, re.DOTALL)[1]
    assert " ".join(said.split()) == caption
    assert len(Reader(text).cells) == rows + 1


def test_only_the_first_lines_of_a_graph_are_shown(crowd):
    text = crowd("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert "20 lines" in text
    assert text.count("&lt;http://x/p&gt;") == 5
    assert "lines" not in crowd("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 5")


def test_an_answer_in_a_file_is_shown_and_the_file_deleted(send, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = Store()
    store.extend(
        Quad(NamedNode("http://x/s"), NamedNode("http://x/p"), Literal(f"{n}-" + "x" * 1000))
        for n in range(2_000)
    )
    endpoint = SparqlEndpoint(LocalEngine(store), authorize=lambda _: None)
    assert "2,000 rows" in ask(send, endpoint, "SELECT ?o { ?s ?p ?o }")
    assert [*tmp_path.iterdir()] == []


# What data can not do


@pytest.mark.parametrize(
    "term",
    [
        Literal(ATTACK),
        Literal(ATTACK, datatype=NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML")),
        Literal(ATTACK, language="en"),
        Literal("x", datatype=NamedNode("http://x/%22onmouseover='alert(1)'")),
    ],
    ids=str,
)
def test_a_literal_is_text(browse_values, term):
    seen = Reader(browse_values(term))
    assert {"script", "img"}.isdisjoint(seen.tags)
    assert not [each for each in seen.attributes if each[1].startswith("on")]
    assert seen.cells == ["x", term.value]


@pytest.mark.parametrize(
    "iri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "JavaScript:x",
        "urn:x",
        "file:///etc/passwd",
        "httpx:y",
    ],
)
def test_only_web_addresses_are_links(browse_values, iri):
    seen = Reader(browse_values(f"<{iri}>"))
    assert seen.cells == ["x", iri]
    assert not [link for link in seen.links if not link.startswith("http://localhost/sparql?")]


def test_web_addresses_are_links_that_vouch_for_nothing(browse_values):
    seen = Reader(browse_values("<http://x/?a=1&b='2'>", "<https://x/>"))
    assert {"http://x/?a=1&b='2'", "https://x/"} < set(seen.links)
    assert ("a", "rel", "nofollow noopener") in seen.attributes


def test_the_query_is_text(browse):
    seen = Reader(browse(f"ASK {{}} # {ATTACK}"))
    assert {"script", "img"}.isdisjoint(seen.tags)


def test_every_kind_of_term_is_shown(browse):
    text = browse("SELECT ?x { VALUES ?x { 1 <<( <http://x/s> <http://x/p> 'o' )>> 'a'@ar--rtl } }")
    seen = Reader(text)
    assert seen.cells == ["x", "1", '<<( <http://x/s> <http://x/p> "o" )>>', "a"]
    assert ("td", "dir", "rtl") in seen.attributes
    assert ("td", "title", "http://www.w3.org/2001/XMLSchema#integer") in seen.attributes


def test_a_graph_that_looks_like_a_page_is_text(browse):
    text = browse(
        f"CONSTRUCT {{ <http://x/> <http://x/p> ?o }} {{ BIND({Literal(ATTACK)} AS ?o) }}"
    )
    assert {"script", "img"}.isdisjoint(Reader(text).tags)


def test_quoting_survives(browse):
    assert "&lt;b&gt;" in browse("SELECT ('<b>' AS ?x) {}")
    assert quote("<b>") in browse("SELECT ('<b>' AS ?x) {}")
