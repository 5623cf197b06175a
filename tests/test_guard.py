"""Connections that are slow, endless or many are closed, and the others are served."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from xingtu.server.operation.guard import (
    HEAD_LIMIT,
    PIPELINE_LIMIT,
    Guard,
    GuardedProtocol,
    give_up_on_silence,
)

GET = b"GET /quick HTTP/1.1\r\nhost: x\r\n\r\n"
SOON = 0.1  # seconds that the guard under test waits
PATIENCE = 10  # seconds after which a test has failed


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer /quick at once, /echo when the body is whole, /slow never, /huge with 64 MiB."""
    if scope["path"] == "/slow":
        await asyncio.Event().wait()
    body, more = b"", scope["path"] == "/echo"
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    if scope["path"] == "/huge":
        body = bytes(64 << 20)
    body = body or b"ok"
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


class Client:
    """A connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> bytes:
        """Read one answer without a body, or with a body of two bytes."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            return head + await self.reader.readexactly(2)

    async def rest(self) -> bytes:
        """Read until the server closes the connection."""
        async with asyncio.timeout(PATIENCE):
            found = b""
            try:
                while piece := await self.reader.read(1 << 16):
                    found += piece
            except ConnectionResetError:
                pass
            return found


Connect = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def serving(guard: Guard, silence: float = 60) -> AsyncIterator[Connect]:
    config = uvicorn.Config(application, ws="none", lifespan="off", log_config=None)
    protocol = partial(GuardedProtocol, config, ServerState(), {}, guard=guard)
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    give_up_on_silence(server.sockets[0], silence)
    address = server.sockets[0].getsockname()
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> Client:
        reader, writer = await asyncio.open_connection(*address)
        writers.append(writer)
        return Client(reader, writer)

    try:
        yield connect
    finally:
        for writer in writers:
            writer.close()
        server.close()
        async with asyncio.timeout(PATIENCE):
            while guard.open:
                await asyncio.sleep(0.001)


def guarded(test: Callable[[Connect], Awaitable[None]], guard: Guard | None = None) -> Guard:
    guard = guard or Guard(header_timeout=SOON)

    async def run() -> None:
        async with serving(guard) as connect:
            await test(connect)
            other = await connect()  # whatever happened, others are served
            other.send(GET)
            assert (await other.answer()).startswith(b"HTTP/1.1 200")

    asyncio.run(run())
    return guard


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n", b"GET /quick", b"GET /quick HTTP/1.1\r\nhost: x\r\n", GET[:-1]],
    ids=["nothing", "newline", "request line", "header", "all but the end"],
)
def test_a_head_that_does_not_arrive_ends_the_connection(sent: bytes) -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(sent)
        assert (await client.rest()).startswith(b"HTTP/1.1 408")

    guarded(test)


def test_a_head_that_drips_ends_the_connection() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        reading = asyncio.create_task(client.rest())
        client.send(b"GET /quick HTTP/1.1\r\n")
        while not reading.done():
            client.send(b"x-a: b\r\n")
            await asyncio.sleep(SOON / 4)
        assert reading.result().startswith(b"HTTP/1.1 408")

    guarded(test)


def test_a_second_head_has_the_same_time() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(GET)
        await client.answer()
        client.send(b"\r\n")  # no head begins, and yet the connection is idle no more
        assert (await client.rest()).startswith(b"HTTP/1.1 408")

    guarded(test)


def test_the_time_of_the_head_does_not_run_during_the_answer() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        for piece in (b"POST /echo HTTP/1.1\r\n", b"host: x\r\n", b"content-length: 2\r\n\r\n"):
            client.send(piece)
            await asyncio.sleep(SOON / 10)
        await asyncio.sleep(SOON * 2)
        client.send(b"hi")
        assert (await client.answer()).endswith(b"hi")

    guarded(test)


@pytest.mark.parametrize(
    ("start", "endless", "status"),
    [
        (b"GET /", b"a", b"414"),
        (b"GET /quick HTTP/1.1\r\nx: ", b"a", b"431"),
        (b"GET /quick HTTP/1.1\r\n", b"x: a\r\n", b"431"),
        (b"", b"\r\n", b"431"),
    ],
    ids=["path", "value", "many", "newlines"],
)
def test_an_endless_head_is_refused(start: bytes, endless: bytes, status: bytes) -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(start + endless * (HEAD_LIMIT * 2 // len(endless)))
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 " + status), answer
        assert b"application/problem+json" in answer

    guarded(test, Guard())


def test_a_large_head_is_refused_though_it_arrives_whole() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(GET[:-2] + b"x: " + b"a" * HEAD_LIMIT + b"\r\n\r\n")
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 431")
        assert answer.count(b"HTTP/1.1") == 1

    guarded(test, Guard())


def test_heads_may_be_large_together() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        for _ in range(4):
            client.send(GET[:-2] + b"x: " + b"a" * (HEAD_LIMIT // 3) + b"\r\n\r\n")
            assert (await client.answer()).endswith(b"ok")

    guarded(test, Guard())


@pytest.mark.parametrize("endless", [b"x: a\r\n", b"a"], ids=["trailers", "trailer"])
def test_endless_trailers_end_the_connection(endless: bytes) -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        head = b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        client.send(head + b"2\r\nhi\r\n0\r\nx: ")
        await asyncio.sleep(SOON)
        client.send(endless * (HEAD_LIMIT * 2 // len(endless)))
        assert await client.rest() == b""

    guarded(test, Guard())


@pytest.mark.parametrize("size", [1, 1000, HEAD_LIMIT * 4], ids=str)
def test_a_body_may_be_larger_than_a_head_in_chunks_of_any_size(size: int) -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        chunks = HEAD_LIMIT * 4 // size
        client.send((b"%x\r\n%b\r\n" % (size, b"a" * size)) * chunks + b"0\r\n\r\n")
        assert b"content-length: %d" % (size * chunks) in await client.answer()

    guarded(test, Guard())


def test_garbage_gets_a_problem_document() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(b"garbage\r\n\r\n")
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"application/problem+json" in answer

    guarded(test)


def test_a_few_pipelined_requests_are_answered() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(GET * PIPELINE_LIMIT)
        for _ in range(PIPELINE_LIMIT):
            assert (await client.answer()).endswith(b"ok")

    guarded(test, Guard())


def test_a_flood_of_pipelined_requests_ends_the_connection() -> None:
    async def test(connect: Connect) -> None:
        client = await connect()
        client.send(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" + GET * 1000)
        assert await client.rest() == b""

    guarded(test, Guard())


def test_connections_beyond_those_of_an_address_are_refused() -> None:
    async def test(connect: Connect) -> None:
        clients = [await connect() for _ in range(2)]
        assert (await (await connect()).rest()).startswith(b"HTTP/1.1 503")
        for client in clients:
            client.send(GET)
            assert (await client.answer()).endswith(b"ok")
        clients[0].writer.close()
        await asyncio.sleep(SOON)

    guard = guarded(test, Guard(client_connections=2))
    assert guard.refused == 1
    assert not guard.open


def test_connections_of_a_proxy_are_counted_only_together() -> None:
    async def test(connect: Connect) -> None:
        clients = [await connect() for _ in range(3)]
        for client in clients:
            client.send(GET)
            assert (await client.answer()).endswith(b"ok")
        assert (await (await connect()).rest()).startswith(b"HTTP/1.1 503")
        clients[0].writer.close()
        await asyncio.sleep(SOON)

    proxies = (ip_network("127.0.0.0/8"),)
    guarded(test, Guard(connections=3, client_connections=2, proxies=proxies))


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux can do this")
def test_a_client_that_takes_nothing_loses_its_connection() -> None:
    guard = Guard()

    async def run() -> None:
        async with serving(guard, silence=0.3) as connect:
            client = await connect()
            client.writer.transport.pause_reading()  # type: ignore[attr-defined]
            client.send(b"GET /huge HTTP/1.1\r\nhost: x\r\n\r\n")
            async with asyncio.timeout(PATIENCE):
                while not guard.open:
                    await asyncio.sleep(0.01)
                while guard.open:
                    await asyncio.sleep(0.05)

    asyncio.run(run())
