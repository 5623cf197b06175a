"""The Graph Store HTTP Protocol at `/gsp`."""

import asyncio
import json
from collections import Counter
from functools import partial

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.tasks import WriteGraph
from xingtu.server.errors import InvalidRequest, NotAuthorized
from xingtu.server.formats import GRAPH_FORMATS, syntax_of
from xingtu.server.http.documents import read_documents
from xingtu.server.http.graph_store import ALLOW, GraphStoreEndpoint
from xingtu.server.http.message import Request

ONE = b"<http://x/s> <http://x/p> 1 ."
TWO = b"<http://x/s> <http://x/p> 2 ."
BLANK = b"_:b <http://x/p> <http://x/o> ."
TURTLE = "text/turtle"
GRAPH = "/gsp?graph=http://x/g"
XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">
<rdf:Description rdf:about="http://x/s"><x:p>天</x:p></rdf:Description></rdf:RDF>"""


@pytest.fixture
def engine():
    return LocalEngine(writable=True)


@pytest.fixture
def gsp(send, engine):
    return partial(send, GraphStoreEndpoint(engine, authorize=lambda _: None))


def header(response, name):
    found = [value for key, value in response.headers if key == name]
    assert len(found) <= 1, found
    return found[0] if found else None


def assert_problem(response, status):
    assert response.status == status, response.body
    assert header(response, "Content-Type") == "application/problem+json"
    return json.loads(response.body)


def triples(response, syntax=RdfFormat.TURTLE):
    assert response.status == 200, response.body
    dataset = Dataset(Quad(*quad.triple) for quad in parse(response.body, syntax))
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


# Naming a graph


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (GRAPH, "http://x/g"),
        ("/gsp?graph=http%3A%2F%2Fx%2F%E5%A4%A9", "http://x/%E5%A4%A9"),
        ("/gsp?graph=urn:x:y&unknown=1", "urn:x:y"),
        ("/gsp/a/b.ttl", "http://localhost/gsp/a/b.ttl"),
        ("/gsp/a b%天", "http://localhost/gsp/a%20b%25%E5%A4%A9"),  # paths come decoded
    ],
)
def test_a_new_graph_is_created_where_it_is_named(gsp, target, location):
    response = gsp("PUT", target, ONE, content_type=TURTLE)
    assert (response.status, header(response, "Location")) == (201, location)
    assert len(triples(gsp("GET", target))) == 1
    assert gsp("PUT", target, TWO, content_type=TURTLE).status == 204


@pytest.mark.parametrize("target", ["/gsp", "/gsp/"])
def test_post_without_a_name_creates_a_graph_that_can_be_fetched(gsp, target):
    response = gsp("POST", target, ONE, content_type=TURTLE)
    location = header(response, "Location")
    assert response.status == 201
    assert location.startswith("http://localhost/gsp/")
    direct = gsp("GET", location.removeprefix("http://localhost"))
    assert triples(direct) == triples(gsp("GET", f"/gsp?graph={location}"))
    assert header(gsp("POST", target, ONE, content_type=TURTLE), "Location") != location


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "target",
    ["/gsp?graph=relative", "/gsp?graph=", "/gsp?graph=http://x/a+b", "/gsp?default&graph=http://x/g",
     "/gsp?graph=http://x/1&graph=http://x/2", "/gsp/direct?graph=http://x/g", "/gsp/direct?default",
     "/gsp?graph=http://x/%FF", "/gsp/\ufffd"],
)  # fmt: skip
def test_a_graph_must_be_named_once_and_absolutely(gsp, method, target):
    assert_problem(gsp(method, target, ONE, content_type=TURTLE), 400)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_post_may_leave_the_graph_unnamed(gsp, method):
    assert_problem(gsp(method, "/gsp", ONE, content_type=TURTLE), 400)


def test_default_graph_is_apart_from_the_named_ones(gsp):
    assert gsp("PUT", GRAPH, ONE, content_type=TURTLE).status == 201
    assert gsp("PUT", "/gsp?default", TWO, content_type=TURTLE).status in {201, 204}
    assert triples(gsp("GET", "/gsp?default")) == triples_of(TWO)
    assert triples(gsp("GET", GRAPH)) == triples_of(ONE)
    named = "/gsp?graph=https://w3id.org/xingtu/graph/default"
    assert triples(gsp("GET", named)) == triples_of(TWO)
    assert gsp("DELETE", "/gsp?default").status == 204
    assert triples(gsp("GET", "/gsp?default")) == set()
    assert triples(gsp("GET", named)) == set()


def triples_of(document):
    return {str(Quad(*quad.triple)) for quad in parse(document, RdfFormat.TURTLE)}


# Writing


def test_put_replaces_and_post_merges(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    assert gsp("POST", GRAPH, TWO, content_type=TURTLE).status == 204
    assert triples(gsp("GET", GRAPH)) == triples_of(ONE + TWO)
    assert gsp("PUT", GRAPH, TWO, content_type=TURTLE).status == 204
    assert triples(gsp("GET", GRAPH)) == triples_of(TWO)


def test_blank_nodes_of_different_requests_stay_apart(gsp):
    for _ in range(2):
        gsp("POST", GRAPH, BLANK, content_type=TURTLE)
    assert len(triples(gsp("GET", GRAPH))) == 2


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("content_type", [None, TURTLE, "application/ld+json"])
def test_an_empty_body_is_an_empty_graph(gsp, method, content_type):
    response = gsp(method, GRAPH, b"", content_type=content_type)
    assert response.status == 201
    assert triples(gsp("GET", GRAPH)) == set()
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    assert gsp(method, GRAPH, b"", content_type=content_type).status == 204
    assert len(triples(gsp("GET", GRAPH))) == (0 if method == "PUT" else 1)


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.names[0])
def test_every_format_is_taken_and_given(gsp, row):
    syntax = syntax_of(row.media_type)
    document = serialize([quad.triple for quad in parse(ONE, RdfFormat.TURTLE)], format=syntax)
    assert gsp("PUT", GRAPH, document, content_type=row.media_type).status == 201
    assert triples(gsp("GET", GRAPH)) == triples_of(ONE)
    for asked in ({"accept": row.media_type}, {"accept": f"{row.media_type}; charset=utf-8"}):
        response = gsp("GET", GRAPH, **asked)
        assert header(response, "Content-Type") == row.media_type
        assert triples(response, syntax) == triples_of(ONE)
    named = gsp("GET", GRAPH + f"&format={row.names[0]}", accept="text/plain")
    assert header(named, "Content-Type") == row.media_type


def test_a_browser_gets_turtle(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    browser = "text/html,application/xhtml+xml,application/xml;q=0.1,*/*;q=0.8"
    assert header(gsp("GET", GRAPH, accept=browser), "Content-Type") == TURTLE


def test_relative_iris_are_of_the_graph(gsp):
    gsp("PUT", GRAPH, b"<#a> <p> <> .", content_type=TURTLE)
    assert triples(gsp("GET", GRAPH)) == triples_of(b"<http://x/g#a> <http://x/p> <http://x/g> .")


def test_a_body_without_type_is_rdf_xml(gsp):
    assert gsp("PUT", GRAPH, XML).status == 201
    assert "天" in gsp("GET", GRAPH).body.decode()


MULTIPART = "\r\n".join(
    [
        "--x", 'Content-Disposition: form-data; name="a"; filename="a.ttl"', "Content-Type: text/turtle; charset=utf-8", "", "{}",
        "--x", 'Content-Disposition: form-data; name="b"; filename="b.nt"', "", "{}",
        "--x", 'Content-Disposition: form-data; name="c"', "Content-Type: application/n-triples", "", "{}",
        "--x--", "",
    ]
)  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_multipart_merges_its_documents(gsp, method):
    parts = (ONE.decode(), BLANK.decode(), BLANK.decode())
    body = MULTIPART.format(*parts)
    response = gsp(method, GRAPH, body, content_type="multipart/form-data; boundary=x")
    assert response.status == 201
    assert len(triples(gsp("GET", GRAPH))) == 3  # blank nodes of different files stay apart


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("--x\r\n", "multipart/form-data", 400),
        (MULTIPART.replace("--x", "--").format("", "", ""), "multipart/form-data", 400),
        ("no parts", "multipart/form-data; boundary=x", 400),
        (MULTIPART.format("", "", "")[:-8], "multipart/form-data; boundary=x", 400),
        ("--x\r\nContent-Type: text/turtle\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x", 400),
        ('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--', "multipart/form-data; boundary=x", 415),
        ('--x\r\nContent-Disposition: form-data; name="a"; filename="a.exe"\r\n\r\nb\r\n--x--', "multipart/form-data; boundary=x", 415),
        ('--x\r\nContent-Disposition: form-data; name="a"; filename="a.ttl"\r\nContent-Type: text/turtle; charset=utf-16\r\n\r\nb\r\n--x--', "multipart/form-data; boundary=x", 415),
        (MULTIPART.format(ONE.decode(), "<a> <b> .", ""), "multipart/form-data; boundary=x", 400),
        ('--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/turtle\r\n\r\n\r\n' * 101 + "--x--", "multipart/form-data; boundary=x", 400),
    ],
)  # fmt: skip
def test_bad_multipart_changes_nothing(gsp, body, content_type, status):
    gsp("PUT", GRAPH, TWO, content_type=TURTLE)
    assert_problem(gsp("POST", GRAPH, body, content_type=content_type), status)
    assert triples(gsp("GET", GRAPH)) == triples_of(TWO)


# What is refused, with the old graph kept


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<http://x/s> <http://x/p> .", TURTLE),
        (b"<http://x/s> <http://x/p> 1 . }", TURTLE),
        (b"{", "application/ld+json"),
        (b'{"@context": "http://127.0.0.1:1/c", "name": "x"}', "application/ld+json"),
        (b"<rdf:RDF", None),
        (ONE, None),
        (b'<http://x/s> <http://x/p> "\xff" .', TURTLE),
        (b'<http://x/s> <http://x/p> "\xed\xa0\x80" .', "application/n-triples"),
        (b"<http://x/g> { <http://x/s> <http://x/p> 1 }", "application/trig"),
        (b"<http://x/s> <http://x/p> <http://x/o> <http://x/g> .", "application/n-quads"),
        (XML.encode("utf-16"), None),
        (XML.encode("utf-16-le"), None),
        (XML.encode("utf-32-be"), "application/rdf+xml"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>' + XML, "application/rdf+xml"),
    ],
)
def test_a_bad_document_is_refused_and_the_old_graph_kept(gsp, method, body, content_type):
    gsp("PUT", GRAPH, TWO, content_type=TURTLE)
    assert_problem(gsp(method, GRAPH, body, content_type=content_type), 400)
    assert triples(gsp("GET", GRAPH)) == triples_of(TWO)
    assert_problem(gsp(method, "/gsp/new", body, content_type=content_type), 400)
    assert_problem(gsp("GET", "/gsp/new"), 404)


def test_a_document_that_does_not_parse_is_located(gsp):
    document = assert_problem(
        gsp("PUT", GRAPH, ONE + b"\n<http://x/s> }", content_type=TURTLE), 400
    )
    assert document["line"] == 2
    assert isinstance(document["column"], int)


BOMB = (
    """<!DOCTYPE rdf:RDF [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "utf-7"],
)
@pytest.mark.parametrize(
    "start", ["", '<?xml version="1.0" encoding="{}"?>\n', "<!-- > -->\n", "<!-->"]
)
@pytest.mark.parametrize(
    "doctype", [BOMB, BOMB.replace("DOCTYPE", "doctype"), "<!DOCTYPE rdf:RDF>"]
)
def test_a_document_type_is_refused_before_it_is_parsed(encoding, start, doctype):
    document = start.format(encoding.removesuffix("-sig")) + doctype + XML.replace("天", "&b;")
    request = Request("PUT", GRAPH, body=document.encode(encoding))
    with pytest.raises(InvalidRequest, match="DOCTYPE|UTF-8"):
        read_documents(request)


def test_a_document_type_in_a_part_is_refused(gsp):
    body = MULTIPART.replace("b.nt", "b.rdf").format("", BOMB + XML, "")
    response = gsp("POST", GRAPH, body, content_type="multipart/form-data; boundary=x")
    assert "DOCTYPE" in assert_problem(response, 400)["detail"]


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "text/html", "application/json", "application/sparql-update",
     "application/octet-stream", "text/turtle; charset=latin-1", "application/rdf+xml;charset=utf-16"],
)  # fmt: skip
def test_other_types_are_refused(gsp, content_type):
    assert_problem(gsp("PUT", GRAPH, ONE, content_type=content_type), 415)
    assert_problem(gsp("GET", GRAPH), 404)


def test_compressed_bodies_are_refused(gsp):
    response = gsp("PUT", GRAPH, b"\x1f\x8b", content_type=TURTLE, content_encoding="gzip")
    assert_problem(response, 415)


def test_a_byte_order_mark_is_no_content(gsp):
    assert gsp("PUT", GRAPH, b"\xef\xbb\xbf" + ONE, content_type=TURTLE).status == 201
    assert triples(gsp("GET", GRAPH)) == triples_of(ONE)


# Reading


def test_head_has_the_headers_of_get(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    get, head = gsp("GET", GRAPH, accept=TURTLE), gsp("HEAD", GRAPH, accept=TURTLE)
    assert (head.status, head.headers) == (200, get.headers)
    assert header(head, "Content-Type") == TURTLE
    assert header(head, "Vary") == "Accept, Accept-Encoding"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_graph_that_is_not_there(gsp, method):
    assert_problem(gsp(method, GRAPH), 404)


def test_a_deleted_graph_is_gone(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    assert gsp("DELETE", GRAPH).status == 204
    assert_problem(gsp("GET", GRAPH), 404)


def test_nothing_acceptable(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    assert "text/turtle" in assert_problem(gsp("GET", GRAPH, accept="image/png"), 406)["detail"]


# Who may, and how


@pytest.mark.parametrize("method", ["PATCH", "QUERY", "TRACE"])
def test_other_methods_are_refused(gsp, method):
    response = gsp(method, GRAPH)
    assert_problem(response, 405)
    assert header(response, "Allow") == ALLOW == "GET, HEAD, PUT, POST, DELETE, OPTIONS"


def test_preflight_is_answered_for_anybody(gsp):
    response = gsp("OPTIONS", "/gsp")
    assert (response.status, header(response, "Allow")) == (204, ALLOW)
    assert "PUT" in header(response, "Access-Control-Allow-Methods")


def test_writes_need_authority_and_reads_do_not(send, engine):
    asked = Counter()

    def refuse(request):
        asked[request.method] += 1
        raise NotAuthorized("this needs the token")

    asyncio.run(engine.run(WriteGraph("http://x/g", ((ONE, TURTLE),), "http://x/", True)))
    gsp = partial(send, GraphStoreEndpoint(engine, authorize=refuse))
    for method in ("PUT", "POST", "DELETE"):
        assert_problem(gsp(method, GRAPH, TWO, content_type=TURTLE), 401)
    assert_problem(gsp("POST", "/gsp", TWO, content_type=TURTLE), 401)
    assert triples(gsp("GET", GRAPH)) == triples_of(ONE)
    assert asked == {"PUT": 1, "POST": 2, "DELETE": 1}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_store_that_is_read_only_refuses_writes_of_anybody(send, store, method):
    def refuse(_request):
        raise NotAuthorized("this needs the token")

    endpoint = GraphStoreEndpoint(LocalEngine(store), authorize=refuse)
    target = "/gsp?graph=https://example.org/id/article-1"
    before = len(store)
    assert_problem(send(endpoint, method, target, ONE, content_type=TURTLE), 403)
    assert len(store) == before


# Conditional requests


def test_a_graph_that_is_known_is_not_sent_again(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    tag = header(gsp("GET", GRAPH), "ETag")
    response = gsp("GET", GRAPH, if_none_match=f'"other", W/{tag}')
    assert (response.status, response.body, header(response, "ETag")) == (304, b"", tag)
    assert gsp("GET", GRAPH, if_none_match="*").status == 304
    assert gsp("GET", GRAPH, if_none_match=tag, accept="application/ld+json").status == 200
    gsp("POST", GRAPH, TWO, content_type=TURTLE)
    assert gsp("GET", GRAPH, if_none_match=tag).status == 200
    gsp("DELETE", GRAPH)
    assert_problem(gsp("GET", GRAPH, if_none_match="*"), 404)


def test_representations_have_tags_of_their_own(gsp):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    asked = [{}, {"accept": "application/trig"}, {"accept_encoding": "gzip"}]
    assert len({header(gsp("GET", GRAPH, **headers), "ETag") for headers in asked}) == 3


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_write_may_insist_on_what_it_has_read(gsp, method):
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    tag = header(gsp("GET", GRAPH, accept="application/trig"), "ETag")
    gsp("PUT", GRAPH, TWO, content_type=TURTLE)
    for stale in (tag, '"other"', f"W/{header(gsp('GET', GRAPH), 'ETag')}"):
        response = gsp(method, GRAPH, ONE, content_type=TURTLE, if_match=stale)
        assert_problem(response, 412)
    assert triples(gsp("GET", GRAPH)) == triples_of(TWO)
    for fresh in (f'"other", {header(gsp("GET", GRAPH), "ETag")}',):
        assert gsp(method, GRAPH, ONE, content_type=TURTLE, if_match=fresh).status == 204


def test_a_write_may_insist_on_a_graph_or_on_none(gsp):
    put = partial(gsp, "PUT", GRAPH, content_type=TURTLE)
    assert_problem(put(ONE, if_match="*"), 412)
    assert put(ONE, if_none_match="*").status == 201
    assert_problem(put(TWO, if_none_match="*"), 412)
    assert put(TWO, if_match="*").status == 204
    assert triples(gsp("GET", GRAPH)) == triples_of(TWO)
    tag = header(gsp("GET", GRAPH), "ETag")
    assert_problem(put(ONE, if_none_match=tag), 412)
    assert_problem(gsp("DELETE", "/gsp/none", if_match="*"), 404)


def test_a_condition_names_the_version_that_it_was_checked_against(send, engine):
    """So that the engine can refuse a write that another one has overtaken."""
    tasks = []

    class Recording(LocalEngine):
        async def run(self, task):
            tasks.append(task)
            return await super().run(task)

    engine = Recording(writable=True)
    gsp = partial(send, GraphStoreEndpoint(engine, authorize=lambda _: None))
    gsp("PUT", GRAPH, ONE, content_type=TURTLE)
    version = engine.version
    gsp("PUT", GRAPH, TWO, content_type=TURTLE, if_match="*")
    written = [task for task in tasks if isinstance(task, WriteGraph)]
    assert [task.if_version for task in written] == [None, version]
