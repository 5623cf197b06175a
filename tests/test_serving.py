"""The server as a whole, over real connections: what a client can do to it, and to others."""

import gzip
import hashlib
import http.client
import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from observing import eventually, metric

DATA = Path(__file__).parent / "data" / "small.trig"
CROSS = (
    "SELECT (COUNT(*) AS ?n) { " + "?a%d ?b%d ?c%d . " * 9 % tuple(sorted([*range(9)] * 3)) + "}"
)
LARGE = "SELECT * { " + "?a%d ?b%d ?c%d . " * 4 % tuple(sorted([*range(4)] * 3)) + "}"
ASK = "ASK { ?s ?p 'CNSA' }"
TOKEN = "a-token-that-is-long-enough"


@pytest.fixture(scope="module")
def server(serving) -> Iterator[tuple[str, int]]:
    options = ("--timeout", "2", "--body-timeout", "0.5", "--header-timeout", "0.5")
    with serving(*options, "--max-upload", "1", "--memory", "300", str(DATA)) as (host, port, _):
        yield host, port


def fetch(
    server, query: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(*server[:2], timeout=20)
    connection.request(method, "/sparql?query=" + quote(query), headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def assert_well(server) -> None:
    response, body = fetch(server, ASK)
    assert response.status == 200
    assert json.loads(body)["boolean"] is True


def problem(response: http.client.HTTPResponse, body: bytes) -> dict[str, object]:
    assert response.headers["Content-Type"] == "application/problem+json"
    document = json.loads(body)
    assert document["status"] == response.status
    return document


def test_a_query_past_its_deadline_gets_503_and_others_their_answers(server) -> None:
    with socket.create_connection(server) as slow:
        slow.sendall(f"GET /sparql?query={quote(CROSS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        for _ in range(10):
            assert_well(server)
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        document = problem(answer, answer.read())
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "longer" in document["detail"]


def test_a_client_can_ask_for_an_earlier_deadline_but_no_later_one(server) -> None:
    start = time.monotonic()
    response, _ = fetch((*server[:2],), CROSS + " # &timeout")
    assert response.status == 503
    connection = http.client.HTTPConnection(*server, timeout=20)
    connection.request("GET", f"/sparql?timeout=100000&query={quote(CROSS)}")
    assert connection.getresponse().status == 503
    connection.close()
    assert time.monotonic() - start < 10  # twice two seconds, not 100 seconds


def test_head_tells_what_get_would_send(server) -> None:
    got, body = fetch(server, LARGE)
    head, nothing = fetch(server, LARGE, "HEAD")
    assert nothing == b""
    assert int(head.headers["Content-Length"]) == len(body) > 1 << 20
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_a_large_answer_arrives_whole_and_compressed_on_demand(server) -> None:
    import zstandard

    _, plain = fetch(server, LARGE)
    response, packed = fetch(server, LARGE, **{"Accept-Encoding": "zstd"})
    assert response.headers["Content-Encoding"] == "zstd"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert zstandard.ZstdDecompressor().decompress(packed) == plain
    assert len(json.loads(plain)["results"]["bindings"]) == 10_000


def test_an_entity_tag_saves_the_body(server) -> None:
    response, _ = fetch(server, ASK)
    again, body = fetch(server, ASK, **{"If-None-Match": response.headers["ETag"]})
    assert (again.status, body) == (304, b"")


def test_every_answer_is_open_to_scripts_without_credentials(server) -> None:
    for query in (ASK, "ASK {"):
        response, _ = fetch(server, query, Origin="https://yasgui.example")
        assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert response.headers["Access-Control-Allow-Credentials"] is None
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_host_header_is_not_believed(server) -> None:
    connection = http.client.HTTPConnection(*server, timeout=20)
    connection.request("GET", "/sparql", headers={"Host": "evil.example", "Accept": "text/turtle"})
    body = connection.getresponse().read().decode()
    connection.close()
    assert "evil.example" not in body
    assert f"http://{server[0]}:{server[1]}/sparql" in body


def post(server, start: bytes) -> http.client.HTTPResponse:
    with socket.create_connection(server, timeout=20) as client:
        client.sendall(start)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        answer.read()
        return answer


HEAD = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"


def test_slow_bodies_are_given_up_and_stop_nobody(server) -> None:
    clients = [socket.create_connection(server) for _ in range(50)]
    for client in clients:
        client.sendall(HEAD + b"Content-Length: 100\r\n\r\nASK")
    assert_well(server)
    for client in clients:
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == 408
        client.close()


def test_oversize_bodies_are_refused(server) -> None:
    assert post(server, HEAD + b"Content-Length: 9999999\r\n\r\n").status == 413
    chunks = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert post(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks * 20).status == 413


def test_a_slow_head_is_given_up(server) -> None:
    with socket.create_connection(server) as client:
        client.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nHost:")
        client.settimeout(10)
        while client.recv(4096):
            pass
    assert_well(server)


def test_slow_readers_stop_nobody(server) -> None:
    clients = []
    for _ in range(20):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(server)
        client.sendall(f"GET /sparql?query={quote(LARGE)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        clients.append(client)
    assert_well(server)
    for client in clients:
        client.close()


def test_a_query_whose_client_left_is_stopped(serving) -> None:
    with serving("--timeout", "60", str(DATA)) as (host, port, _):
        with socket.create_connection((host, port)) as client:
            client.sendall(f"GET /sparql?query={quote(CROSS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert eventually(lambda: metric((host, port), "long_running") == 1)
        assert eventually(lambda: metric((host, port), "running") == 0)
        assert metric((host, port), "kills_total") == 1


def test_requests_under_way_are_answered_before_the_end(serving) -> None:
    with serving("--timeout", "1", str(DATA)) as (host, port, process):
        with socket.create_connection((host, port)) as client:
            client.sendall(f"GET /sparql?query={quote(CROSS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert eventually(lambda: metric((host, port), "running") == 1)
            process.terminate()
            answer = http.client.HTTPResponse(client)
            answer.begin()
            assert answer.status == 503
        assert process.wait(20) in {0, -signal.SIGTERM}


def test_hangup_loads_the_files_anew(serving, tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<http://x/a> <http://x/b> 1 .")
    with serving(str(file)) as (host, port, process):
        server = (host, port)
        assert b"true" in fetch(server, "ASK { ?s ?p 1 }")[1]
        file.write_text("<http://x/a> <http://x/b> 2 .")
        process.send_signal(signal.SIGHUP)
        assert eventually(lambda: b"true" in fetch(server, "ASK { ?s ?p 2 }")[1])
        assert b"false" in fetch(server, "ASK { ?s ?p 1 }")[1]


def test_writes_are_kept_and_need_the_token(serving, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    update = "INSERT DATA { GRAPH <http://x/g> { <http://x/a> <http://x/b> 1 } }"
    query = "SELECT ?s { ?s ?p 1 }"
    for round_ in range(2):
        with serving("--store", store, XINGTU_TOKEN=TOKEN) as (host, port, process):
            connection = http.client.HTTPConnection(host, port, timeout=20)
            if round_ == 0:
                for token, status in (("wrong-but-long-enough", 401), (TOKEN, 204)):
                    headers = {
                        "Content-Type": "application/sparql-update",
                        "Authorization": f"Bearer {token}",
                    }
                    connection.request("POST", "/sparql", update, headers)
                    response = connection.getresponse()
                    response.read()
                    assert response.status == status
            assert b"http://x/a" in fetch((host, port), query)[1]
            connection.close()
            process.kill()


def fetch_page(
    server, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(*server[:2], timeout=20)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_pages_are_compressed_and_have_one_date(server) -> None:
    _, plain = fetch_page(server, "/")
    response, packed = fetch_page(server, "/", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed) == plain
    assert "Accept-Encoding" in response.headers["Vary"]
    assert len(response.headers.get_all("Date")) == 1
    head, nothing = fetch_page(server, "/", "HEAD")
    assert (int(head.headers["Content-Length"]), nothing) == (len(plain), b"")


def test_a_request_for_the_server_itself_does_no_harm(server) -> None:
    response, _ = fetch_page(server, "*", "OPTIONS")
    assert response.status < 500


def test_the_words_of_a_passage_show_where_the_operator_has_the_texts(serving, tmp_path) -> None:
    text = "嫦娥七号 is to fly."
    (tmp_path / "article.txt").write_text(text, "utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "data.ttl").write_text(
        f"""@prefix xt: <https://w3id.org/xingtu/ontology#> . @prefix id: <https://w3id.org/xingtu/id/> .
        id:a xt:textSha256 "{digest}" . id:c a xt:Claim ; xt:subject id:a ; xt:evidence id:evidence-a .
        id:evidence-a a xt:Evidence ; xt:inArticle id:a ; xt:start 0 ; xt:end {len(text)} ; xt:passageSha256 "{digest}" .""",
        "utf-8",
    )
    for options, shown in ((("--articles", str(tmp_path)), True), ((), False)):
        with serving(*options, str(tmp_path / "data.ttl"), XINGTU_ARTICLES="") as (host, port, _):
            page = fetch_page((host, port), "/page/evidence-a", Accept="text/html")[1].decode()
        assert ("is to fly." in page) is shown


@pytest.mark.parametrize(
    ("parameters", "headers"),
    [("&format=html", {}), ("", {"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})],
)
def test_people_see_what_is_wrong_with_a_query_on_a_page(server, parameters, headers) -> None:
    connection = http.client.HTTPConnection(*server, timeout=20)
    query = quote("SELECT * { ?s <script> }")
    connection.request("GET", f"/sparql?query={query}{parameters}", headers=headers)
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    assert (response.status, response.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert response.headers["Cache-Control"] == "no-store"
    assert "<h1>400 Bad Request</h1>" in page
    assert page.count("Line 1, column") == page.lower().count("column") == 1
    assert "<script>" not in page
    unwanted, _ = fetch(server, "SELECT", Accept="text/csv")
    assert unwanted.headers["Content-Type"] == "application/problem+json"
