"""The two doors, by the SDK's own client and by hand: over stdio, and at `/mcp` over HTTP."""

import asyncio
import http.client
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from observing import eventually, metric

from xingtu.ontology import SPARQL_PREFIXES
from xingtu.server.application import Application
from xingtu.server.engine.local import LocalEngine

DATA = Path(__file__).parent.parent / "data" / "small.trig"
COMMAND = [sys.executable, "-m", "xingtu.server.cli"]
MISSIONS = SPARQL_PREFIXES + "SELECT ?m { ?m a xt:Mission }"
CROSS = (
    "SELECT (COUNT(*) AS ?n) { " + "?a%d ?b%d ?c%d . " * 9 % tuple(sorted([*range(9)] * 3)) + "}"
)
ACCEPT = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[str, int]]:
    """Start `xingtu serve`, and give its host and port."""
    command = [*COMMAND, "serve", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | environment
    ) as process:
        try:
            url = urlsplit(re.search(r"http://\S+", process.stdout.readline()).group())
            yield url.hostname, url.port
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    with serving("--timeout", "2", "--mcp-origins", "https://friend.example") as address:
        yield address


def stdio(*options: str) -> Any:
    return stdio_client(
        StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], "mcp", *options])
    )


def url_of(server) -> str:
    return f"http://{server[0]}:{server[1]}"


def message(method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


def call_of(query: str) -> bytes:
    return message("tools/call", name="run_query", arguments={"query": query})


def post(
    server, body: bytes, method: str = "POST", path: str = "/mcp", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(*server, timeout=30)
    connection.request(method, path, body, ACCEPT | headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


async def visit(target: Any, mode: str) -> dict[str, Any]:
    """Do what a client does first, and ask something by each kind of request."""
    async with Client(target, mode=mode) as client:
        tools = (await client.list_tools()).tools
        found = await client.call_tool("find_entity", {"name": "天问三号"})
        result = await client.call_tool("run_query", {"query": MISSIONS})
        refused = await client.call_tool("run_query", {"query": "DROP ALL"})
        resources = (await client.list_resources()).resources
        texts = [(await client.read_resource(str(each.uri))).contents[0].text for each in resources]
        question = await client.read_resource("xingtu://questions/where-sources-disagree")
        prompts = (await client.list_prompts()).prompts
        prompt = await client.get_prompt(prompts[0].name, {"question": "Who?"})
        return {
            "instructions": client.instructions,
            "tools": [tool.model_dump() for tool in tools],
            "found": found.structured_content["entities"][0]["id"],
            "total": result.structured_content["total"],
            "refused": refused.is_error,
            "texts": texts,
            "question": question.contents[0].text,
            "prompt": prompt.messages[0].content.text,
        }


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_both_doors_serve_the_same(server, mode: str) -> None:
    by_http = asyncio.run(visit(url_of(server) + "/mcp", mode))
    by_stdio = asyncio.run(visit(stdio(), mode))
    assert by_http == by_stdio
    assert (by_http["found"], by_http["total"], by_http["refused"]) == ("id:tianwen-3", 22, True)
    assert "evidence" in by_http["instructions"]
    assert "xt:modality" in by_http["texts"][0]
    assert "where-sources-disagree" in by_http["texts"][1]
    assert "SELECT ?about" in by_http["question"]
    assert "Who?" in by_http["prompt"]


def test_tools_say_that_they_only_read(server) -> None:
    tools = asyncio.run(visit(url_of(server) + "/mcp", "auto"))["tools"]
    assert len(tools) == 7
    for tool in tools:
        assert tool["annotations"]["read_only_hint"]
        assert tool["title"]
        assert len(tool["description"]) > 40
        assert "Raises" not in tool["description"]
        assert tool["output_schema"]["type"] == "object"
        for parameter in tool["input_schema"]["properties"].values():
            assert "type" in parameter


# --- stdio ----------------------------------------------------------------------------------------


def test_stdio_speaks_nothing_else_on_its_output_and_ends_with_its_input() -> None:
    first = message(
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "t", "version": "0"},
    )
    lines = [
        first,
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        b"no JSON",
        call_of("ASK {}"),
        b"",
    ]
    with subprocess.Popen(
        [*COMMAND, "mcp", str(DATA)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdin.write(b"\n".join(lines))
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, errors = process.communicate(timeout=30)
    assert answers[0]["result"]["serverInfo"]["name"] == "xingtu"
    assert answers[1]["result"]["structuredContent"]["boolean"] is True
    assert (rest, errors, process.returncode) == (b"", b"", 0)


def test_stdio_serves_a_store_on_disk(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    subprocess.run([*COMMAND, "load", store, str(DATA)], check=True, capture_output=True)

    async def use() -> Any:
        async with Client(stdio("--store", store)) as client:
            return await client.call_tool("run_query", {"query": "ASK { ?s ?p 'CNSA' }"})

    assert asyncio.run(use()).structured_content["boolean"] is True


def test_stdio_that_cannot_start_says_why() -> None:
    done = subprocess.run(
        [*COMMAND, "mcp", "--store", "/dev/null"], input=b"", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"/dev/null" in done.stderr


def test_stdio_keeps_its_deadline_and_quotes_from_the_texts() -> None:
    articles = os.environ.get("XINGTU_ARTICLES")
    options = ("--articles", articles) if articles else ()
    fact = {"subject": "id:tianwen-3-launch", "predicate": "xt:plannedWhen"}

    async def use() -> Any:
        async with Client(stdio("--timeout", "0.5", *options)) as client:
            evidence = await client.call_tool("fetch_evidence", fact)
            return evidence, await client.call_tool("run_query", {"query": CROSS})

    evidence, late = asyncio.run(use())
    passages = [p for c in evidence.structured_content["claims"] for p in c["passages"]]
    assert ["text" in passage for passage in passages] == [bool(articles)] * 2
    assert late.is_error
    assert "longer" in late.content[0].text


# --- HTTP -----------------------------------------------------------------------------------------


def test_a_query_past_its_deadline_teaches_and_others_get_their_answers(server) -> None:
    with socket.create_connection(server) as slow:
        body = call_of(CROSS)
        head = "".join(f"{name}: {value}\r\n" for name, value in ACCEPT.items())
        slow.sendall(
            f"POST /mcp HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        for _ in range(5):
            assert b'"boolean":true' in post(server, call_of("ASK { ?s ?p ?o }"))[1]
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        result = json.loads(answer.read())["result"]
    assert result["isError"]
    hint = result["content"][0]["text"]  # on a quick machine the memory ends before the time
    assert "FILTER" in hint or "fewer combinations" in hint


def test_nothing_is_kept_between_requests(server) -> None:
    initialize = message(
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "t", "version": "0"},
    )
    response, body = post(server, initialize)
    assert response.status == 200
    assert json.loads(body)["result"]["instructions"]
    assert response.headers["Mcp-Session-Id"] is None
    response, _ = post(server, call_of("ASK {}"))  # which no session came before
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_of_other_sites_are_refused(server) -> None:
    own, body = url_of(server), call_of("ASK {}")
    for origin, status in (
        (own, 200), ("https://friend.example", 200), ("https://friend.example:444", 403), ("http://evil.example", 403),
        (f"http://evil.example:{server[1]}", 403), ("null", 403), ("https://friend.example.evil", 403), ("", 403),
    ):  # fmt: skip
        response, content = post(server, body, Origin=origin)
        assert response.status == status, origin
        assert (b"--mcp-origins" in content) == (status == 403)


def test_other_methods_and_paths_are_not_there(server) -> None:
    for method in ("GET", "DELETE", "PUT", "PATCH"):
        response, _ = post(server, b"", method)
        assert (response.status, response.headers["Allow"]) == (405, "POST, OPTIONS")
    assert post(server, b"", "OPTIONS")[0].status == 204
    assert post(server, call_of("ASK {}"), path="/mcp/x")[0].status == 404


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'{"jsonrpc": "2.0"}', b"\xff", b"[" * 50_000, b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}',
    b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":7}',
    b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', b'{"jsonrpc":"2.0","id":{},"method":"ping"}',
    b'{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}',
    b'{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"xingtu://questions/../../etc/passwd"}}',
    b'{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"x"}}',
    b'{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}',
])  # fmt: skip
def test_malformed_messages_are_the_fault_of_the_client(server, body: bytes) -> None:
    for version in ("2025-06-18", "2026-07-28", "1999-01-01", "\xff"):
        response, content = post(server, body, **{"MCP-Protocol-Version": version})
        assert response.status < 500
        assert b"root:" not in content
        if response.status == 200:
            assert "error" in json.loads(content)


def test_oversize_messages_are_refused(server) -> None:
    response, _ = post(server, call_of("ASK {} #" + "x" * 300_000))
    assert response.status == 413


def test_a_call_whose_client_left_is_stopped() -> None:
    with serving("--timeout", "60", str(DATA)) as server:
        post(server, call_of("ASK {}"))  # so that the SDK is there
        for version in ("2025-06-18", "2026-07-28"):
            before = metric(server, "kills_total")
            with socket.create_connection(server) as client:
                client.sendall(request_of(version, CROSS))
                assert eventually(lambda: metric(server, "running") == 1)
            assert eventually(lambda: metric(server, "running") == 0)
            assert metric(server, "kills_total") == before + 1


def request_of(version: str, query: str) -> bytes:
    meta = {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": "run_query", "arguments": {"query": query}, "_meta": meta}
    body = message("tools/call", **params)
    fields = ACCEPT | {
        "Host": "x",
        "MCP-Protocol-Version": version,
        "Mcp-Method": "tools/call",
        "Mcp-Name": "run_query",
        "Content-Length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + body


def test_work_is_charged_as_at_the_other_doors() -> None:
    with serving("--timeout", "0.5", "--rate", "1", str(DATA)) as server:
        statuses = [post(server, call_of(CROSS))[0].status for _ in range(4)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_the_door_can_be_shut(store) -> None:
    for is_open, status in ((True, 200), (False, 404)):
        application = Application(LocalEngine(store), "http://localhost", mcp=is_open)
        client = application.flask().test_client()  # by WSGI, for once
        assert client.post("/mcp", data=call_of("ASK {}"), headers=ACCEPT).status_code == status


def test_nothing_of_a_call_is_logged(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    command = [*COMMAND, "serve", "--port", "0", "--access-log", str(log), str(DATA)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        url = urlsplit(re.search(r"http://\S+", process.stdout.readline()).group())
        server = (url.hostname, url.port)
        for query in ("ASK { ?s ?p 'secret' }", "secret", "SELECT ?secret"):
            post(server, call_of(query))
        post(server, message("secret"), **{"Mcp-Session-Id": "secret", "Host": "secret"})
        for params in (
            b'"secret"',
            b'{"requestId": {"secret": 1}}',
            b'{"progressToken": "secret"}',
        ):
            for method in (b"cancelled", b"progress"):
                post(
                    server,
                    b'{"jsonrpc":"2.0","method":"notifications/%b","params":%b}' % (method, params),
                )
        process.terminate()
        rest, errors = process.communicate(timeout=20)
    assert rest + errors == ""
    assert "secret" not in log.read_text()
    assert log.read_text().count('"path":"/mcp"') == 10


def test_who_does_not_ask_pays_nothing() -> None:
    code = "import sys, xingtu.server.running, xingtu.server.cli; print('mcp' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
