"""Answers that are not computed, not sent, or not sent at full length again."""

import gzip
import json
from functools import partial
from urllib.parse import quote

import brotli
import pytest
import zstandard

from xingtu.server.engine.coding import choose_coding
from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.tasks import Answer
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.kept import KeptResponses, name_request
from xingtu.server.http.message import Request, Response
from xingtu.server.http.policy import Policy
from xingtu.server.http.sparql import SparqlEndpoint

NAMES = "/sparql?query=" + quote("SELECT ?name { ?m <https://example.org/ontology/name> ?name }")
LONG = "/sparql?query=" + quote("SELECT * { ?s ?p ?o . ?a ?b ?c }")
INSERT = "INSERT DATA { <http://x/s> <http://x/p> 1 }"
CSV = "text/csv"


class Counting(LocalEngine):
    """Counts the tasks it does."""

    runs = 0

    async def run(self, task):
        self.runs += 1
        return await super().run(task)


@pytest.fixture
def engine(store):
    return Counting(store)


@pytest.fixture
def get(send, engine):
    cache = ResultCache(1 << 20)
    return partial(send, SparqlEndpoint(engine, authorize=lambda _: None, cache=cache), "GET")


def header(response, name):
    return dict(response.headers).get(name)


# Entity tags


def test_a_known_answer_is_not_sent_again(get, engine):
    tag = header(get(NAMES), "ETag")
    assert tag.startswith('"')
    for condition in (tag, f"W/{tag}", f'"x", {tag}'):
        response = get(NAMES, if_none_match=condition)
        assert (response.status, response.body) == (304, b"")
        assert header(response, "ETag") == tag
        assert header(response, "Vary") == "Accept, Accept-Encoding"
        assert header(response, "Cache-Control") == "no-cache"
    assert engine.runs == 1


def test_head_and_query_are_conditional_and_post_is_not(send, engine):
    endpoint = SparqlEndpoint(engine, authorize=lambda _: None)
    body, content_type = "ASK {}", "application/sparql-query"
    tag = header(send(endpoint, "QUERY", "/sparql", body, content_type=content_type), "ETag")
    headers = {"content_type": content_type, "if_none_match": tag}
    assert send(endpoint, "QUERY", "/sparql", body, **headers).status == 304
    assert send(endpoint, "HEAD", "/sparql?query=ASK+{}", if_none_match=tag).status == 304
    response = send(endpoint, "POST", "/sparql", body, **headers)
    assert (response.status, header(response, "ETag")) == (200, None)


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        (NAMES + "&x=1", {"accept": CSV}),
        (NAMES + "&x=1", {"accept_encoding": "gzip"}),
        (NAMES + "&default-graph-uri=http://x/", {}),
        (NAMES + "&named-graph-uri=http://x/", {}),
        (NAMES + "+%23", {}),
        ("/other" + NAMES.removeprefix("/sparql"), {}),
    ],
)
def test_other_representations_have_other_tags(get, target, headers):
    assert header(get(target, **headers), "ETag") != header(get(NAMES), "ETag")


def test_a_tag_holds_until_the_dataset_changes(send):
    endpoint = SparqlEndpoint(
        LocalEngine(writable=True), authorize=lambda _: None, cache=ResultCache(1 << 20)
    )
    ask = "/sparql?query=" + quote("ASK { ?s ?p 1 }")
    before = send(endpoint, "GET", ask)
    send(endpoint, "POST", "/sparql", INSERT, content_type="application/sparql-update")
    after = send(endpoint, "GET", ask, if_none_match=header(before, "ETag"))
    assert [json.loads(response.body)["boolean"] for response in (before, after)] == [False, True]
    assert header(before, "ETag") != header(after, "ETag")


def test_a_wild_tag_does_not_vouch_for_a_query_that_fails(get):
    assert get("/sparql?query=ASK+{", if_none_match="*").status == 400


def test_freshness_is_what_the_policy_says(send, engine):
    endpoint = SparqlEndpoint(engine, authorize=lambda _: None, policy=Policy(max_age=60))
    assert header(send(endpoint, "GET", NAMES), "Cache-Control") == "public, max-age=60"


@pytest.mark.parametrize("expression", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_differs_each_time_is_never_kept(get, engine, expression):
    target = "/sparql?query=" + quote(f"SELECT ({expression} AS ?x) {{}}")
    for _ in range(2):
        response = get(target)
        assert response.status == 200, response.body
        assert header(response, "ETag") is None
        assert header(response, "Cache-Control") == "no-store"
    assert engine.runs == 2


# The cache of results


def test_the_same_question_is_evaluated_once(get, send, engine):
    first, second = get(NAMES), get(NAMES + "&unknown=1&timeout=1000")
    assert first.body == second.body
    assert (first.notes["cache"], second.notes["cache"]) == ("miss", "hit")
    assert engine.runs == 1
    assert get(NAMES, accept=CSV).body != first.body
    assert engine.runs == 2


def test_an_answer_from_another_version_than_was_asked_for_is_not_kept(send, store):
    """A reload may come while a query waits, and the old dataset may come back."""

    class Reloading(Counting):
        version = "old"

        async def run(self, task):
            self.version = "new"
            return await super().run(task)

    engine = Reloading(store)
    endpoint = SparqlEndpoint(engine, authorize=lambda _: None, cache=ResultCache(1 << 20))
    assert send(endpoint, "GET", NAMES).notes["cache"] == "miss"
    engine.version = "old"
    assert send(endpoint, "GET", NAMES).notes["cache"] == "miss"


def test_a_failure_is_not_kept(get, engine):
    for _ in range(2):
        assert get("/sparql?query=" + quote("SELECT (<http://x/f>(1) AS ?y) {}")).status == 400
    assert engine.runs == 2


def test_the_cache_keeps_within_its_size():
    cache = ResultCache(10_000, largest=4_000)
    cache.put("small", Answer(b"x" * 100))
    cache.put("large", Answer(b"x" * 4_001))
    assert cache.get("small") == Answer(b"x" * 100)
    assert cache.get("large") is None
    for number in range(100):
        cache.put(str(number), Answer(b"x" * 1_000))
    assert cache.size <= 10_000
    assert cache.get("small") is None
    assert cache.get("99") is not None
    assert (cache.hits, cache.misses) == (2, 2)


def test_the_cache_counts_what_an_entry_costs_beside_its_body():
    cache = ResultCache(10_000)
    for number in range(1_000):
        cache.put(str(number), Answer(b""))
    assert sum(cache.get(str(number)) is not None for number in range(1_000)) < 100


def test_files_and_a_cache_without_room_keep_nothing(tmp_path):
    cache, none = ResultCache(10_000), ResultCache(0)
    cache.put("a", Answer(tmp_path))
    none.put("a", Answer(b""))
    assert cache.get("a") is None
    assert none.get("a") is None


def test_where_most_is_asked_once_only_what_is_asked_twice_is_kept():
    kept = KeptResponses(ResultCache(1 << 20), hesitates=True)
    response = Response(200, [("ETag", '"t"'), ("Content-Type", "text/csv")], b"x")
    names = [name_request("v", Request("GET", "/sparql", b"query=%d" % n)) for n in range(100)]
    for name in names:
        kept.keep(name, response)
    request = Request("GET", "/sparql", b"query=1")
    assert all(kept.recall(name, request) is None for name in names)
    for name in names:
        kept.keep(name, response)
    assert sum(kept.recall(name, request) is not None for name in names) > 90  # marks may collide
    named = Request("GET", "/sparql", b"query=1", {"if-none-match": '"t"'})
    assert kept.recall(names[1], named).status == 304
    assert kept.recall(name_request("w", request), request) is None


# Content codings

DECODERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}


@pytest.mark.parametrize("coding", DECODERS)
def test_an_answer_is_compressed_as_the_client_takes_it(get, coding):
    plain, packed = get(LONG), get(LONG, accept_encoding=coding)
    assert header(plain, "Content-Encoding") is None
    assert header(packed, "Content-Encoding") == coding
    assert DECODERS[coding](packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert get(LONG, accept_encoding=coding).body == packed.body


def test_a_short_answer_is_not_compressed(get):
    response = get("/sparql?query=ASK+{}", accept_encoding="gzip, br, zstd")
    assert header(response, "Content-Encoding") is None
    assert json.loads(response.body)["boolean"] is True


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=0.9, br;q=0.5", "gzip"),
        ("br;q=0, gzip;q=0, zstd;q=0", None),
        ("*", "zstd"),
        ("zstd;q=0, *", "br"),
        ("*;q=0", None),
        ("gzip;q=nonsense", None),
        ("deflate, compress", None),
    ],
)
def test_coding_is_chosen_by_quality(accept_encoding, coding):
    assert choose_coding(accept_encoding) == coding
