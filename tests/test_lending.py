"""Connections of busy clients, which a worker serves: nobody notices but by the speed."""

import http.client
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from observing import eventually, metric

from xingtu.server.operation.settings import PROCESSORS

DATA = str(Path(__file__).parent / "data" / "small.trig")
CROSS = (
    "SELECT (COUNT(*) AS ?n) { " + "?a%d ?b%d ?c%d . " * 9 % tuple(sorted([*range(9)] * 3)) + "}"
)
LARGE = "SELECT * { " + "?a%d ?b%d ?c%d . " * 5 % tuple(sorted([*range(5)] * 3)) + "}"
BUSY = 6  # queries after which a connection has been lent
LONG_AGO = 30  # and after which a long one is forgiven


class Client:
    """A connection that is kept."""

    def __init__(self, host: str, port: int) -> None:
        self.place = (host, port)
        self.socket = socket.create_connection(self.place, 20)
        self.connection = http.client.HTTPConnection(host, port)
        self.connection.sock = self.socket
        self.connection.auto_open = 0  # a connection that was closed is a failure

    def ask(self, query: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        self.connection.request(method, "/sparql?query=" + quote(query), headers=headers)
        return self.answer()

    def answer(self) -> http.client.HTTPResponse:
        response = self.connection.getresponse()
        response.text = response.read()
        return response

    def be_busy(self, queries: int = BUSY) -> None:
        self.ask_often(queries)
        assert eventually(lambda: metric(self.place, "lent") == 1)
        assert self.ask("ASK {}").status == 200

    def ask_often(self, queries: int = BUSY) -> None:
        for number in range(queries):
            assert self.ask(f"ASK {{ ?s ?p ?o }} # {number}").status == 200

    def begin(self, query: str) -> None:
        self.connection.request("GET", "/sparql?query=" + quote(query))

    def close(self) -> None:
        self.socket.close()


def children_of(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    return [int(child) for child in text.split()]


def zygote_of(process: int) -> int:
    """Find what the workers of a server come from."""
    (zygote,) = children_of(process)
    return zygote


def workers_of(process: int) -> list[int]:
    """Find the workers of a server."""
    return children_of(zygote_of(process))


def worker_of(process: int) -> int:
    """Find the worker of a server that works most."""

    def worked(worker: int) -> int:
        fields = Path(f"/proc/{worker}/stat").read_text("ascii").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    return max(workers_of(process), key=worked)


@pytest.fixture
def server(serving, tmp_path: Path) -> Iterator[tuple[str, int, int, Path]]:
    log = tmp_path / "access.log"
    options = ("--timeout", "1.5", "--memory", "300", "--access-log", str(log), DATA)
    with serving(*options) as (host, port, process):
        yield host, port, process.pid, log


@pytest.fixture
def client(server) -> Iterator[Client]:
    client = Client(*server[:2])
    client.be_busy()
    yield client
    client.close()


def lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text("ascii").splitlines()]


def test_a_lent_connection_answers_as_any_other(server, client) -> None:
    fresh = Client(*server[:2])
    for query, accept in (
        ("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3", "text/csv"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 0", "application/n-triples"),
        ("SELECT * { ?s ?p", "*/*"),
        ("ASK { SERVICE <http://127.0.0.1/> {} }", "*/*"),
        ("ASK {}", "image/png"),
        ("ASK {}", "text/html"),
        ("SELECT (RAND() AS ?x) {}", "text/csv"),
    ):
        one, other = client.ask(query, Accept=accept), fresh.ask(query, Accept=accept)
        assert one.status == other.status
        headers = [(name.lower(), value) for name, value in other.getheaders()]
        assert {n for n, _ in headers} == {name.lower() for name, _ in one.getheaders()}
        for name, value in headers:
            if name not in ("date", "content-length"):
                assert one.headers[name] == value
        assert "RAND" in query or one.text == other.text
    assert metric(server[:2], "lent") >= 1
    fresh.close()


def test_an_entity_tag_is_known_on_both_kinds_of_connection(server, client) -> None:
    fresh = Client(*server[:2])
    tag = fresh.ask("ASK { ?a ?b 7 }").headers["ETag"]
    for query in ("ASK { ?a ?b 7 }", "ASK { ?a ?b 7 }"):
        response = client.ask(query, **{"If-None-Match": tag})
        assert (response.status, response.text) == (304, b"")
    assert client.ask("ASK { ?a ?b 7 }").headers["ETag"] == tag
    assert client.ask("ASK { ?a ?b 7 }", **{"If-None-Match": tag}).status == 304
    fresh.close()


def test_other_requests_are_answered_on_the_same_connection(client) -> None:
    client.connection.request("GET", "/health")
    assert client.answer().status == 200
    client.be_busy()
    assert client.ask("ASK {}", "HEAD").text == b""
    client.be_busy()
    body = "query=ASK+%7B%7D"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    client.connection.request("POST", "/sparql", body, kind)
    assert json.loads(client.answer().text)["boolean"] is True
    client.be_busy()
    client.connection.request("GET", "/sparql?query=ASK%7B%7D", headers={"Connection": "close"})
    assert client.answer().headers["Connection"] == "close"


def test_requests_in_one_piece_or_in_several_are_answered_in_turn(client) -> None:
    def request(number: int) -> bytes:
        return (
            b"GET /sparql?query=SELECT+%%28%d+AS+%%3Fx%%29%%7B%%7D&format=csv HTTP/1.1\r\nHost: x\r\n\r\n"
            % number
        )

    client.socket.sendall(b"".join(map(request, range(3))) + request(3)[:30])
    time.sleep(0.05)
    client.socket.sendall(request(3)[30:])
    seen = b""
    while seen.count(b"HTTP/1.1 200") < 4 or not seen.endswith(b"\r\n3\r\n"):
        seen += client.socket.recv(65536)
    assert re.findall(rb"\r\nx\r\n(\d)", seen) == [b"0", b"1", b"2", b"3"]


def test_a_bad_request_is_refused(client) -> None:
    client.socket.sendall(b"GET /sparql?query=ASK HTTP/9.9\r\nbad\x00header\r\n\r\n")
    assert client.socket.recv(65536).startswith(b"HTTP/1.1 400")


def test_a_query_past_its_deadline_gets_503_and_the_connection_stays(server, client) -> None:
    response = client.ask(CROSS)
    assert response.status == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "longer" in json.loads(response.text)["detail"]
    assert client.ask("ASK {}").status == 200
    client.connection.request("GET", f"/sparql?timeout=100&query={quote(CROSS)}")
    assert client.answer().status == 503
    client.be_busy(LONG_AGO)
    assert client.ask("ASK {}").status == 200
    assert metric(server[:2], "timeouts_total") == 2


def test_a_killed_worker_costs_its_query_only(server, client) -> None:
    client.begin(CROSS)
    assert eventually(lambda: metric(server[:2], "long_running") == 1)
    os.kill(worker_of(server[2]), signal.SIGKILL)
    assert client.answer().status == 503
    client.be_busy(LONG_AGO)
    assert client.ask("ASK {}").status == 200


def test_connections_that_share_a_worker_lose_nothing_by_a_long_query(serving) -> None:
    with serving("--timeout", "1.5", "--workers", "1", DATA) as (host, port, _):
        clients = [Client(host, port) for _ in range(2 * PROCESSORS + 1)]
        for client in clients:
            client.ask_often()
        assert eventually(lambda: metric((host, port), "lent") == len(clients))
        for client in clients:  # all of them are served by as many workers as there are processors
            assert client.ask("ASK { ?s ?p 'shared' }").status == 200
        clients[0].begin(CROSS)
        for number in range(50):
            for client in clients[1:]:
                assert client.ask(f"ASK {{ ?s ?p {number} }}").status == 200
        assert clients[0].answer().status == 503
        assert clients[0].ask("ASK {}").status == 200
        for client in clients:
            client.close()


def test_workers_killed_while_nothing_is_asked_cost_no_connection(serving) -> None:
    with serving("--workers", "1", DATA) as (host, port, process):
        clients = [Client(host, port) for _ in range(PROCESSORS + 1)]
        for turn in range(3):
            for client in clients:
                client.ask_often()
            assert eventually(lambda: metric((host, port), "lent") == len(clients))
            for worker in workers_of(process.pid):
                os.kill(worker, signal.SIGKILL)
            for client in clients:
                assert client.ask(f"ASK {{ ?s ?p 'turn {turn}' }}").status == 200
        for client in clients:
            client.close()


def test_a_query_ends_even_if_the_process_that_workers_come_from_has_died(server, client) -> None:
    client.begin(CROSS)
    assert eventually(lambda: metric(server[:2], "long_running") == 1)
    os.kill(zygote_of(server[2]), signal.SIGKILL)
    assert client.answer().status == 503
    assert client.ask("ASK { ?s ?p 'again' }").status == 200


def test_no_deadline_for_a_head_runs_while_a_connection_is_lent(serving) -> None:
    with serving("--header-timeout", "1", DATA) as (host, port, _):
        client = Client(host, port)
        for _ in range(2 * BUSY):  # answered at once, from the cache
            assert client.ask("ASK {}").status == 200
        assert eventually(lambda: metric((host, port), "lent") == 1)
        for _ in range(15):
            assert client.ask("ASK {}").status == 200
            time.sleep(0.1)
        client.close()


def test_a_client_that_reads_slowly_delays_nobody(serving) -> None:
    with serving("--workers", "1", DATA) as (host, port, _):
        slow, *others = clients = [Client(host, port) for _ in range(PROCESSORS + 1)]
        for client in clients:
            client.ask_often()
        assert eventually(lambda: metric((host, port), "lent") == len(clients))
        slow.begin(LARGE + " LIMIT 4000")  # some megabytes, more than a socket holds
        for number in range(20):
            for client in others:
                assert client.ask(f"ASK {{ ?s ?p {number} }}").status == 200
        assert len(json.loads(slow.answer().text)["results"]["bindings"]) == 4000
        assert slow.ask("ASK {}").status == 200
        for client in clients:
            client.close()


def test_a_client_that_leaves_takes_its_query_along(server, client) -> None:
    client.begin(CROSS)
    assert eventually(lambda: metric(server[:2], "long_running") == 1)
    client.close()
    assert eventually(lambda: metric(server[:2], "kills_total") == 1)
    assert eventually(lambda: metric(server[:2], "long_running") == 0)
    assert eventually(lambda: metric(server[:2], "connections") == 1)  # the one that asks


def test_a_client_that_rests_gets_its_connection_back(server, client) -> None:
    assert eventually(lambda: metric(server[:2], "lent") == 0)
    assert client.ask("ASK {}").status == 200


def test_a_large_answer_arrives_whole(client) -> None:
    response = client.ask(LARGE + " LIMIT 6000")
    assert len(response.text) > 4 << 20
    assert len(json.loads(response.text)["results"]["bindings"]) == 6000
    assert client.ask("ASK {}").status == 200


def test_every_request_is_logged(server, client) -> None:
    before = len([line for line in lines(server[3]) if line["path"] == "/sparql"])
    client.ask("ASK { 1 ?p ?o }", **{"X-Request-Id": "of-the-proxy", "User-Agent": "me"})
    client.ask(CROSS)
    client.ask("ASK { ?s ?p 1 }")
    assert eventually(lambda: metric(server[:2], "lent") == 0)
    logged = [line for line in lines(server[3]) if line["path"] == "/sparql"]
    assert len(logged) >= before + 3
    assert [line["status"] for line in logged[-3:]] == [200, 503, 200]
    first = logged[-3]
    assert (first["id"], first["user_agent"], first["form"]) == ("of-the-proxy", "me", "ASK")
    assert first["bytes"] > 0 and first["query_hash"] and first["cache"] == "miss"
    assert logged[-2]["outcome"] == "TimedOut"


def test_the_server_ends_when_lent_connections_are_answered(serving) -> None:
    with serving("--timeout", "2", DATA) as (host, port, process):
        idle, busy = Client(host, port), Client(host, port)
        idle.be_busy()
        for number in range(BUSY):
            busy.ask(f"ASK {{ ?s ?p {number} }}")
        busy.begin(CROSS)
        assert eventually(lambda: metric((host, port), "long_running") == 1)
        process.send_signal(signal.SIGTERM)
        assert busy.answer().status == 503
        assert idle.socket.recv(10) == b""
        assert process.wait(20) is not None
        idle.close()
        busy.close()


def test_a_dataset_that_was_loaded_anew_is_seen(serving, tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<http://x/s> <http://x/p> 1 .")
    with serving(str(file)) as (host, port, process):
        client = Client(host, port)
        client.be_busy()
        file.write_text("<http://x/s> <http://x/p> 2 .")
        process.send_signal(signal.SIGHUP)

        def sees_the_new_one() -> bool:
            return json.loads(client.ask("ASK { ?s ?p 2 }").text)["boolean"]

        assert eventually(sees_the_new_one)
        client.close()


@pytest.mark.parametrize("options", [("--lent", "0"), ("--rate", "1000")])
def test_nothing_is_lent_where_that_is_not_wanted(serving, options) -> None:
    with serving(*options, DATA) as (host, port, _):
        client = Client(host, port)
        for number in range(2 * BUSY):
            assert client.ask(f"ASK {{ ?s ?p {number} }}").status == 200
        assert metric((host, port), "lent") == 0
        client.close()
