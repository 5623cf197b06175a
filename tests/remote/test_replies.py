"""What becomes of a store's reply: a whole answer in the client's format, or the right error."""

import asyncio
import gzip
import logging
import threading
from pathlib import Path

import pytest

from xingtu.server.engine.remote import RemoteEngine
from xingtu.server.engine.tasks import Limits, Query
from xingtu.server.errors import (
    MalformedQuery,
    RefusedOperation,
    ResultTooLarge,
    ServerBusy,
    ServiceFailed,
    TimedOut,
    UnknownFunction,
)
from xingtu.server.remote import link, rewriting
from xingtu.server.remote.store import RemoteStore

JSON = "application/sparql-results+json"
NT = "application/n-triples"
SELECT = Query("SELECT ?a {}", "http://localhost/sparql", (JSON,))
CONSTRUCT = Query("CONSTRUCT {} {}", "http://localhost/sparql", ("text/turtle",))

ROW = b'{"a":{"type":"uri","value":"http://e/x"}}'
MANY = b",".join([ROW] * 120_000)  # more than a spool keeps in memory
WHOLE = b'{"head":{"vars":["a"]},"results":{"bindings":[' + ROW + b"," + ROW + b"]}}"
TRIPLES = b'<http://e/a> <http://e/b> "x" .\n<http://e/a> <http://e/b> "y" .\n'
RDF_XML = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>"""


def ask(store: RemoteStore, *tasks, **options):
    """Have an engine do tasks one after the other; return the last answer."""

    async def run():
        engine = RemoteEngine(store, **options)
        try:
            return [await engine.run(task) for task in tasks][-1]
        finally:
            await engine.close()

    return asyncio.run(run())


def solutions(*names: str, value: bytes) -> bytes:
    return b'{"head":{"vars":["%s"]},"results":{"bindings":[%s]}}' % (names[0].encode(), value)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (WHOLE[:-1], JSON),
        (WHOLE[:-20], JSON),
        (WHOLE[:60] + b"The SPARQL operation has been cancelled", JSON),  # Oxigraph at a timeout
        (WHOLE + b"{}", JSON),
        (WHOLE.replace(b"http://e/x", b"no IRI"), JSON),
        (WHOLE.replace(b"http://e/x", b"\xff"), JSON),
        (b"", JSON),
        (b"<html>Welcome</html>", "text/html"),
        (WHOLE, "text/html"),
        (WHOLE, ""),
        (b"a\r\nhttp://e/x\r\n", "text/csv"),  # where it ends, nobody can tell
        (b"?a\n<http://e/x>\n", "text/tab-separated-values"),
        (TRIPLES, NT),
    ],
)
def test_a_broken_or_foreign_answer_to_select_is_never_passed_on(say, body, kind) -> None:
    with pytest.raises(ServiceFailed):
        ask(RemoteStore(query=say(200, body, kind).url), SELECT)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (TRIPLES[:-2], NT),
        (TRIPLES[:-20], NT),
        (TRIPLES + b"The SPARQL operation", NT),
        (RDF_XML, "application/rdf+xml"),  # which can have entity bombs
        (TRIPLES, "text/html"),
        (WHOLE, JSON),
    ],
)
def test_a_broken_or_foreign_answer_to_construct_is_never_passed_on(say, body, kind) -> None:
    with pytest.raises(ServiceFailed):
        ask(RemoteStore(query=say(200, body, kind).url), CONSTRUCT)


def test_a_graph_whose_end_nobody_can_tell_is_not_passed_on(say) -> None:
    with pytest.raises(ServiceFailed, match="where its answer ends"):
        ask(RemoteStore(query=say(200, TRIPLES, NT, length=None).url), CONSTRUCT)


@pytest.mark.parametrize(("body", "kind"), [(WHOLE, JSON), (TRIPLES, NT)])
def test_a_connection_that_breaks_off_is_no_answer(say, body, kind) -> None:
    server = say(200, body, kind, length=len(body) + 1)
    with pytest.raises(ServiceFailed, match="broke off"):
        ask(RemoteStore(query=server.url), SELECT if kind == JSON else CONSTRUCT)


PARTIAL = {"X-SQL-State": "S1TAT", "X-Exec-Milliseconds": "2015"}
ERRORS = {
    "anytime answer of Virtuoso": ((200, WHOLE, JSON, PARTIAL), TimedOut, "whole answer"),
    "anytime answer of Virtuoso 7.2.8": ((206, WHOLE, JSON, {}), TimedOut, "whole answer"),
    "other warning of Virtuoso": ((200, WHOLE, JSON, {"X-SQL-State": "01V01"}), ServiceFailed, "status 200"),
    "timeout of Fuseki": ((503, b"Query timed out", JSON, {}), TimedOut, "too long"),
    "timeout of a proxy": ((504, b"", JSON, {}), TimedOut, "too long"),
    "timeout of QLever": ((429, b'{"exception": "Operation timed out."}', JSON, {}), TimedOut, "too long"),
    "busy": ((503, b"", JSON, {"Retry-After": "7"}), ServerBusy, "busy"),
    "too many requests": ((429, b"slow down", JSON, {}), ServerBusy, "busy"),
    "server error": ((500, b"java.lang.Oops\n\tat a.b.C", JSON, {}), ServiceFailed, "with status 500$"),
    "bad gateway": ((502, b"<html>", JSON, {}), ServiceFailed, "with status 502$"),
    "no such path": ((404, b"", JSON, {}), ServiceFailed, "with status 404$"),
    "wrong password": ((401, b"", JSON, {}), ServiceFailed, "with status 401$"),
    "forbidden": ((403, b"", JSON, {}), RefusedOperation, "does not let"),
    "unknown function": ((500, b"The custom function <f> is not", JSON, {}), UnknownFunction, "a function"),
    "error of execution": ((400, b"Virtuoso 22005 Error SR341: no", JSON, {}), ServiceFailed, "400$"),
    "syntax, without a place": ((400, b"Virtuoso 37000 Error SP030: x", JSON, {}), MalformedQuery, "^Virt"),
    "syntax, without a word": ((400, b"", JSON, {}), MalformedQuery, "cannot read"),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "fault", "says"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_called_by_its_name(say, reply, fault, says) -> None:
    server = say(*reply)
    with pytest.raises(fault, match=says) as caught:
        ask(RemoteStore(query=server.url), SELECT)
    assert "at a.b" not in str(caught.value)
    assert getattr(caught.value, "retry_after", None) in {None, 7 if reply[-1] else 1}


@pytest.mark.parametrize(
    ("message", "place", "detail"),
    [
        (b'Parse error: Encountered " "}" at line 2, column 9.', (2, 9), "Parse error"),  # Jena
        (b"error at 2:10: expected one of LATERAL, SERVICE", (2, 10), "^line 2, column 10: expec"),
        (b"error at 1:41: expected", (1, 10), "expected$"),  # our BASE stands before it
        (b"error at 1:3: expected", (1, 1), "expected$"),
    ],
)
def test_a_syntax_error_keeps_its_place_in_the_clients_text(say, message, place, detail) -> None:
    with pytest.raises(MalformedQuery, match=detail) as caught:
        ask(RemoteStore(query=say(400, message).url), SELECT)
    assert (caught.value.line, caught.value.column) == place


def test_a_message_cannot_forge_lines_of_our_log(say, caplog) -> None:
    server = say(500, b"a\nWARNING forged\x1b[31m" + b"x" * 5000)
    with caplog.at_level(logging.WARNING), pytest.raises(ServiceFailed):
        ask(RemoteStore(query=server.url), SELECT)
    (record,) = [each for each in caplog.records if each.name.startswith("xingtu")]
    message = record.getMessage()
    assert message.isprintable()
    assert len(message) < 400


def test_a_redirect_is_not_followed(say) -> None:
    other = say(200, WHOLE, JSON)
    for status in (301, 302, 307, 308):
        server = say(status, headers={"Location": other.url})
        with pytest.raises(ServiceFailed, match=f"with status {status}"):
            ask(RemoteStore(query=server.url, token="secret"), SELECT)
    assert other.asked == []


def test_a_store_that_is_not_there() -> None:
    with pytest.raises(ServiceFailed, match="cannot be reached"):
        ask(RemoteStore(query="http://127.0.0.1:1/sparql"), SELECT)


def test_a_slow_store_and_a_client_that_leaves_give_their_connection_back(listen, say) -> None:
    forever = threading.Event()
    store = RemoteStore(query=say(200, WHOLE, JSON, wait=forever).url)

    async def run() -> None:
        engine = RemoteEngine(store, connections=1)
        with pytest.raises(TimedOut, match=r"0\.05 seconds"):
            await engine.run(SELECT._replace(timeout=0.05))
        leaving = asyncio.create_task(engine.run(SELECT))
        await asyncio.sleep(0.05)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        forever.set()
        assert b"http://e/x" in (await engine.run(SELECT)).body
        await engine.close()

    try:
        asyncio.run(run())
    finally:
        forever.set()


def test_more_queries_than_connections_are_told_that_the_store_is_busy(say, monkeypatch) -> None:
    monkeypatch.setattr(link, "_PATIENCE", 0.05)
    forever = threading.Event()
    store = RemoteStore(query=say(200, WHOLE, JSON, wait=forever).url)

    async def run() -> None:
        engine = RemoteEngine(store, connections=1)
        first = asyncio.create_task(engine.run(SELECT))
        await asyncio.sleep(0.02)
        with pytest.raises(ServerBusy):
            await engine.run(SELECT)
        forever.set()
        assert b"http://e/x" in (await first).body
        await engine.close()

    try:
        asyncio.run(run())
    finally:
        forever.set()


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(rows=1), "2 rows, of 1"),
        (Limits(answer=50), "answer is larger"),
        (Limits(), None),
    ],
)
def test_rows_and_bytes_have_a_limit(say, limits, says) -> None:
    store = RemoteStore(query=say(200, WHOLE, JSON).url)
    if says is None:
        assert ask(store, SELECT, limits=limits).body.count(b"http://e/x") == 2
        return
    with pytest.raises(ResultTooLarge, match=says):
        ask(store, SELECT, limits=limits)


def test_a_small_answer_that_unpacks_to_a_large_one_is_stopped(say) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    server = say(200, bomb, JSON, {"Content-Encoding": "gzip"})
    with pytest.raises(ResultTooLarge):
        ask(RemoteStore(query=server.url), SELECT, limits=Limits(answer=1 << 20))


def test_an_answer_that_virtuoso_cut_is_not_passed_on(say) -> None:
    cut = RemoteStore(query=say(200, WHOLE, JSON, {"X-SPARQL-MaxRows": "2"}).url)
    with pytest.raises(ResultTooLarge):
        ask(cut, SELECT)
    whole = RemoteStore(query=say(200, WHOLE, JSON, {"X-SPARQL-MaxRows": "3"}).url)
    assert ask(whole, SELECT).body.count(b"http://e/x") == 2


@pytest.mark.parametrize(
    ("format_", "start"),
    [
        (JSON, b'{"head":{"vars":["a"]}'),
        ("application/sparql-results+xml", b'<?xml version="1.0"?><sparql'),
        ("text/csv", b"a\r\nhttp://e/x\r\n"),
        ("text/tab-separated-values", b"?a\n<http://e/x>\n"),
    ],
)
def test_solutions_come_in_the_clients_format(say, format_, start) -> None:
    server = say(200, WHOLE.replace(b",", b" ,\n "), JSON + "; charset=utf-8")
    answer = ask(RemoteStore(query=server.url), SELECT._replace(formats=(format_,)))
    assert answer.body.startswith(start)
    assert answer.content_type.startswith(format_)
    assert server.asked[0].headers["accept"] == JSON


def test_a_graph_comes_in_the_clients_format(say) -> None:
    server = say(200, TRIPLES, NT)
    answer = ask(RemoteStore(query=server.url), CONSTRUCT)
    assert answer.body == b'<http://e/a> <http://e/b> "x" , "y" .\n'
    assert answer.content_type == "text/turtle"
    assert server.asked[0].headers["accept"].startswith(NT)


def test_a_large_answer_comes_as_a_file(say) -> None:
    server = say(200, solutions("a", value=MANY), JSON)
    body = ask(RemoteStore(query=server.url), SELECT).body
    assert isinstance(body, Path)
    assert body.read_bytes().count(ROW) == MANY.count(ROW)
    body.unlink()


def test_what_nobody_waits_for_any_more_leaves_no_file(say, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    begun, go_on = threading.Event(), threading.Event()
    convert = rewriting._convert

    def slowly(*args, **kwargs):
        begun.set()
        go_on.wait()
        return convert(*args, **kwargs)

    monkeypatch.setattr(rewriting, "_convert", slowly)
    server = say(200, solutions("a", value=MANY), JSON)

    async def run() -> None:
        engine = RemoteEngine(RemoteStore(query=server.url))
        leaving = asyncio.create_task(engine.run(SELECT))
        await asyncio.to_thread(begun.wait)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        go_on.set()
        await asyncio.get_running_loop().shutdown_default_executor()
        await engine.close()

    asyncio.run(run())
    assert list(tmp_path.iterdir()) == []


def test_the_dialect_of_virtuoso_is_understood(say) -> None:
    node = b'{"a": { "type": "bnode", "value": "nodeID://b1" }}'
    body = ask(RemoteStore(query=say(200, solutions("a", value=node), JSON).url), SELECT).body
    assert b'"value":"b1"' in body
    text = b'{"a": { "type": "literal", "value": "nodeID://b1" }}'
    body = ask(RemoteStore(query=say(200, solutions("a", value=text), JSON).url), SELECT).body
    assert b'"value":"nodeID://b1"' in body
    yes = b'{"__ASK_RETVAL": {"type": "typed-literal", "datatype": "http://e/i", "value": "1"}}'
    for value, truth in ((yes, b'"boolean":true'), (b"", b'"boolean":false')):
        server = say(200, solutions("__ASK_RETVAL", value=value), JSON)
        assert truth in ask(RemoteStore(query=server.url), SELECT).body
