"""The engine over a store elsewhere: what it sends, what it refuses, and what writing does."""

import asyncio
import base64
from contextlib import suppress

import pytest

from xingtu.server.engine.remote import RemoteEngine
from xingtu.server.engine.tasks import DropGraph, Query, ReadGraph, Update, WriteGraph
from xingtu.server.errors import (
    InvalidGraphName,
    MalformedData,
    NotFound,
    PreconditionFailed,
    RefusedOperation,
    UnsupportedBody,
)
from xingtu.server.remote.store import DEFAULT, RemoteStore, store_at

BASE = "http://localhost/sparql"
JSON = "application/sparql-results+json"
CSV = ("text/csv",)
UNION = "http://e/union"
EMPTY = b'{"head":{"vars":[]},"results":{"bindings":[]}}'


def query(text: str, *default_graphs: str) -> Query:
    return Query(text, BASE, CSV, default_graphs)


def put(graph: str | None, *documents: bytes, replace: bool = True) -> WriteGraph:
    return WriteGraph(graph, tuple((each, "text/turtle") for each in documents), BASE, replace)


def do(store: RemoteStore, *tasks):
    """Have an engine do tasks one after the other; return the last answer."""

    async def run():
        engine = RemoteEngine(store)
        try:
            return [await engine.run(task) for task in tasks][-1]
        finally:
            await engine.close()

    return asyncio.run(run())


def rows(answer) -> list[str]:
    return answer.body.decode().split("\r\n")[1:-1]


def test_a_query_is_sent_as_the_protocol_has_it(say) -> None:
    server = say(200, EMPTY, JSON)
    store = RemoteStore(query=server.url, timeout_unit=1000, merges=True)
    graphs = ("http://e/1", "http://e/2")
    do(store, Query("SELECT * {}", BASE, CSV, graphs, ("http://e/3",), timeout=1.5))
    (asked,) = server.asked
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "query": [f"BASE <{BASE}> SELECT * {{}}"],
        "default-graph-uri": [*graphs],
        "named-graph-uri": ["http://e/3"],
        "timeout": ["1500"],
    }


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("base <http://e/> ASK {}", "base <http://e/> ASK {}"),
        (" # BASE\n\tBASE<http://e/> ASK {}", " # BASE\n\tBASE<http://e/> ASK {}"),
        ("# BASE\nASK {}", f"BASE <{BASE}> # BASE\nASK {{}}"),
        ("PREFIX base: <x> ASK {}", f"BASE <{BASE}> PREFIX base: <x> ASK {{}}"),
        ("BASEL", f"BASE <{BASE}> BASEL"),
        # Virtuoso would fetch what the pragma names, had it not to come first.
        ('DEFINE get:soft "soft" ASK {}', f'BASE <{BASE}> DEFINE get:soft "soft" ASK {{}}'),
    ],
)
def test_a_query_has_one_base_and_nothing_before_it(say, text, sent) -> None:
    server = say(200, b'{"head":{},"boolean":true}', JSON)
    do(RemoteStore(query=server.url), Query(text, BASE, (JSON,)))
    assert server.asked[0].form["query"] == [sent]


@pytest.mark.parametrize(
    ("union", "graphs", "sent"),
    [
        ("", (), []),
        (DEFAULT, (), []),
        (UNION, (), [UNION]),
        (UNION, ("http://e/1",), ["http://e/1"]),
    ],
)
def test_a_query_without_dataset_sees_the_union(say, union, graphs, sent) -> None:
    server = say(200, EMPTY, JSON)
    do(RemoteStore(query=server.url, union=union), query("SELECT * {}", *graphs))
    assert server.asked[0].form.get("default-graph-uri", []) == sent


def test_graphs_are_seen_beside_a_union_that_is_a_graph_itself(honest) -> None:
    store = honest()
    remote = store.remote(union=UNION)
    do(remote, put("http://e/1", b"<a> <p> 1 ."), put("http://e/2", b"<a> <p> 2 ."))
    graphs = query("SELECT ?g (COUNT(*) AS ?n) { graph ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
    assert rows(do(remote, graphs)) == ["http://e/1,1", "http://e/2,1"]
    asked = len(store.server.asked)
    do(remote, query("PREFIX graph: <g> SELECT * { ?s ?p ?o FILTER(?o != 'graph') } # graph"))
    assert len(store.server.asked) == asked + 1


def test_several_default_graphs_are_refused_where_triples_would_count_twice(honest) -> None:
    store = honest()
    triple = b"<http://e/a> <http://e/b> <http://e/c> ."
    do(store.remote(), put("http://e/1", triple), put("http://e/2", triple))
    both = query("SELECT * {?s ?p ?o}", "http://e/1", "http://e/2")
    with pytest.raises(RefusedOperation, match="several graphs"):
        do(store.remote(), both)
    # What is feared: this store does not merge, though its operator says so.
    assert len(rows(do(store.remote(merges=True), both))) == 2


def test_who_we_are_is_told_as_the_operator_has_it(say) -> None:
    server = say(200, EMPTY, JSON)
    do(RemoteStore(query=server.url, token="secret"), query("SELECT * {}"))
    do(RemoteStore(query=server.url), query("SELECT * {}"))
    headers = [asked.headers.get("authorization") for asked in server.asked]
    assert headers == ["Bearer secret", None]


@pytest.mark.parametrize(
    ("challenge", "scheme"),
    [
        ('Basic realm="x"', "Basic"),
        ('Digest realm="x", nonce="n", qop="auth", algorithm=MD5', "Digest"),
    ],
)
def test_a_password_is_sent_once_asked_for_and_as_asked_for(listen, challenge, scheme) -> None:
    def answer(asked):
        if asked.headers.get("authorization", "").startswith(scheme):
            return 200, EMPTY, JSON
        return 401, b"", "", {"WWW-Authenticate": challenge}

    server = listen(answer)
    store = RemoteStore(query=server.url, user="dba", password="secret")
    do(store, query("SELECT * {}"), query("SELECT * {}"))
    sent = [asked.headers.get("authorization", "").partition(" ") for asked in server.asked]
    assert sent[0] == ("", "", "")
    assert [each[0] for each in sent[-2:]] == [scheme, scheme]
    assert "secret" not in str(sent)
    if scheme == "Basic":
        assert base64.b64decode(sent[-1][2]) == b"dba:secret"
    assert {asked.form["query"][0] for asked in server.asked} == {f"BASE <{BASE}> SELECT * {{}}"}


def test_a_store_does_not_show_its_secrets() -> None:
    store = RemoteStore(query="http://e/", user="dba", password="secret", token="secret")
    assert "dba" in repr(store)
    assert "secret" not in repr(store)


def test_the_version_changes_with_our_writes_and_in_time_with_those_of_others(honest) -> None:
    remote = honest().remote

    async def versions(store: RemoteStore) -> list[str]:
        now = 1000.0
        engine = RemoteEngine(store, clock=lambda: now)
        seen = [engine.version]
        for task in (query("SELECT * {}"), put("http://e/g"), put("relative", b"<a> <b> .")):
            with suppress(InvalidGraphName):  # we might not know what a failed write did
                await engine.run(task)
            seen.append(engine.version)
        now += 5.0
        seen.append(engine.version)
        await engine.close()
        return seen

    shared = asyncio.run(versions(remote(freshness=5.0)))
    alone = asyncio.run(versions(remote(exclusive=True, freshness=5.0)))
    for seen in (shared, alone):
        assert seen[0] == seen[1]
        assert len({*seen[1:4]}) == 3
    assert shared[3] != shared[4]
    assert alone[3] == alone[4]
    assert not {*alone} & {*asyncio.run(versions(remote(exclusive=True)))}  # after a restart


def test_of_two_writes_on_a_condition_the_second_fails(honest) -> None:
    store = honest()

    async def run() -> list:
        engine = RemoteEngine(store.remote())
        known = engine.version
        writes = [put("http://e/g", b"<a> <p> %d ." % n)._replace(if_version=known) for n in (1, 2)]
        drop = DropGraph("http://e/g", if_version=known)
        results = await asyncio.gather(*map(engine.run, [*writes, drop]), return_exceptions=True)
        await engine.close()
        return results

    first, *others = asyncio.run(run())
    assert first.created
    assert [type(each) for each in others] == [PreconditionFailed] * 2
    assert len(store.show("http://e/g")) == 1


# Each way to keep the union, and to write: with a graph store and without one.
KEPT = [
    pytest.param(union, by_protocol, id=f"{union or 'none'}-{'gsp' if by_protocol else 'update'}")
    for union in ("", DEFAULT, UNION)
    for by_protocol in (True, False)
]


@pytest.mark.parametrize(("union", "by_protocol"), KEPT)
def test_graphs_are_written_and_the_union_follows(honest, union, by_protocol) -> None:
    store = honest(native_union=not union)
    remote = store.remote(union=union, graphs=store.graphs_url if by_protocol else "")
    seen = query("SELECT DISTINCT ?o {?s <http://e/p> ?o} ORDER BY ?o")

    assert do(remote, put("http://e/1", b"<a> <http://e/p> 1, 2 .")).created
    assert do(remote, put("http://e/2", b"<a> <http://e/p> 2, 3 .")).created
    assert rows(do(remote, seen)) == ["1", "2", "3"]
    assert not do(remote, put("http://e/1", b"<a> <http://e/p> 4 .")).created
    assert rows(do(remote, seen)) == ["2", "3", "4"]
    assert not do(remote, put("http://e/1", b"<a> <http://e/p> 5 .", replace=False)).created
    assert rows(do(remote, seen)) == ["2", "3", "4", "5"]
    do(remote, DropGraph("http://e/1"))
    assert rows(do(remote, seen)) == ["2", "3"]
    if union:
        assert store.show(None if union == DEFAULT else union) == store.show("http://e/2")
    with pytest.raises(NotFound):
        do(remote, DropGraph("http://e/1"))


@pytest.mark.parametrize(("union", "by_protocol"), KEPT)
def test_documents_become_one_graph_each_with_its_own_blank_nodes(
    honest, union, by_protocol
) -> None:
    store = honest(native_union=not union)
    remote = store.remote(union=union, graphs=store.graphs_url if by_protocol else "")
    document = b'_:b <p> "\\u4E2D \\\\u0041 \\" \\n", "x"@en--ltr, <<( <a> <b> _:b )>> .'
    do(remote, put("http://e/g", document, document))
    answer = do(remote, ReadGraph("http://e/g", ("application/n-triples",)))
    lines = answer.body.decode().splitlines()
    assert len(lines) == 8 - 2
    assert len({line.partition(" ")[0] for line in lines}) == 2
    assert sum('<http://localhost/p> "中 \\\\u0041 \\" \\n" .' in line for line in lines) == 2
    for line in lines:
        if "<<(" in line:
            assert line.count(line.partition(" ")[0]) == 2


def test_a_graph_is_read_and_one_that_is_not_there_is_not_found(honest) -> None:
    remote = honest().remote()
    do(remote, put("http://e/g", b"<a> <p> 1 ."))
    answer = do(remote, ReadGraph("http://e/g", ("text/turtle",)))
    assert answer.body == b"<http://localhost/a> <http://localhost/p> 1 .\n"
    with pytest.raises(NotFound):
        do(remote, ReadGraph("http://e/none", ("text/turtle",)))
    assert do(remote, ReadGraph(None, ("text/turtle",))).body == b""


def test_what_is_written_without_a_graph_has_a_name(honest) -> None:
    store = honest()
    remote = store.remote(union=DEFAULT)
    do(remote, put(None, b"<a> <p> 1 ."))
    assert store.show("https://w3id.org/xingtu/graph/default") == store.show(None) != set()
    assert b"> 1 ." in do(remote, ReadGraph(None, ("text/turtle",))).body


@pytest.mark.parametrize(
    ("document", "media_type", "fault", "says"),
    [
        (b"<a> <b> ", "text/turtle", MalformedData, "^line 1, column"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "application/rdf+xml", MalformedData, "DOCTYPE"),
        (b"<g> { <a> <b> 1 }", "application/trig", MalformedData, "graph"),
        (b"{}", "application/zip", UnsupportedBody, "zip"),
    ],
)
def test_a_bad_document_leaves_the_graph_as_it_was(
    honest, document, media_type, fault, says
) -> None:
    store = honest()
    do(store.remote(), put("http://e/g", b"<a> <p> 1 ."))
    before = store.show("http://e/g")
    bad = WriteGraph("http://e/g", ((document, media_type),), BASE, True)
    with pytest.raises(fault, match=says):
        do(store.remote(graphs=store.graphs_url), bad)
    assert store.show("http://e/g") == before != set()


def test_an_update_goes_to_its_endpoint_and_keeps_a_union_in_the_default_graph(honest) -> None:
    store, other = honest(), honest()
    insert = Update("INSERT DATA { GRAPH <http://e/1> { <a> <p> 1 } <a> <p> 2 }", BASE)
    do(store.remote(update=other.server.url), insert)
    assert (len(store.store), len(other.store)) == (0, 2)

    do(store.remote(union=DEFAULT), insert)
    everything = store.show("http://e/1") | store.show("https://w3id.org/xingtu/graph/default")
    assert store.show(None) == everything
    assert len(everything) == 2


def test_an_update_that_would_leave_the_union_behind_is_refused(honest) -> None:
    store = honest()
    with pytest.raises(RefusedOperation, match="union"):
        do(store.remote(union=UNION), Update("INSERT DATA { <a> <p> 2 }", BASE))
    for task in (put(UNION, b"<a> <p> 1 ."), DropGraph(UNION)):
        with pytest.raises(RefusedOperation, match="union"):
            do(store.remote(union=UNION), task)
    assert len(store.store) == 0


def test_a_graph_has_an_absolute_name(honest) -> None:
    remote = honest().remote()
    for task in (put("g", b""), DropGraph("a b"), ReadGraph("g", ("text/turtle",))):
        with pytest.raises(InvalidGraphName):
            do(remote, task)


def test_the_endpoints_of_known_stores_follow_from_one() -> None:
    fuseki = store_at("https://host:3030/ds/sparql", "fuseki", user="x")
    assert (fuseki.update_url, fuseki.graphs, fuseki.user) == (
        "https://host:3030/ds/update",
        "https://host:3030/ds/data",
        "x",
    )
    other = store_at("https://host/sparql")
    assert (other.update_url, other.graphs) == ("https://host/sparql", "")
    assert store_at("http://h/query", "oxigraph", update="http://w/").update_url == "http://w/"
