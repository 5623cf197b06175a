"""A worker's side of a connection that was lent to it: HTTP/1.1, one request at a time."""

import os
import select
import socket
from collections.abc import Iterator
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from time import monotonic, time
from typing import Any, Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from xingtu.server.engine.inside import finish, within
from xingtu.server.engine.lease import SENDING, Begun, Ended, Returned, record
from xingtu.server.errors import OutOfMemory, StoreFull
from xingtu.server.http.front import Front, Scope
from xingtu.server.http.head import write_head
from xingtu.server.http.message import Request, Response
from xingtu.server.problems import problem_response

_REST: Final = 500  # milliseconds without a request after which a connection is given back
_READ: Final = 64 * 1024  # bytes; a head may have no more
_CHUNK: Final = 1 << 20
_PATH: Final = b"/sparql?"
_LOGGED: Final = ("x-request-id", "user-agent")
_LONGEST: Final = 200  # characters of these


class Borrower:
    """Serves lent connections.

    Args:
        front: Answers the requests.
        seconds: What one request may take.
        send_seconds: How long a client may take nothing of what we send.
    """

    def __init__(self, front: Front, seconds: float, send_seconds: float) -> None:
        self._front = front
        self._seconds = seconds
        self._send_seconds = send_seconds

    def serve(
        self,
        connection: socket.socket,
        control: socket.socket,
        records: int,
        peer: tuple[str, int] | None,
    ) -> Returned:
        """Serve a connection until there is something to give it back for.

        Args:
            connection: The client's.
            control: The server's; when there is something to read, the server waits.
            records: The pipe for `Begun`, `Sending` and `Ended`.
            peer: The address of the client.
        """
        reader, poll = _Reader(peer), select.poll()
        for source in (connection, control):
            poll.register(source, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in poll.poll(_REST)]
            if not ready or control.fileno() in ready:
                return Returned()
            try:
                data = connection.recv(_READ)
                scope = reader.read(data)
                if scope is None:
                    return Returned(data)
                self._exchange(connection, records, scope)
            except OSError:  # the client is gone
                return Returned(close=True)

    def _exchange(self, connection: socket.socket, records: int, scope: Scope) -> None:
        start = monotonic()
        request = self._front.read_head(scope)
        given = request.headers
        logged = {name: given[name][:_LONGEST] for name in _LOGGED if name in given}
        os.write(records, record(Begun(request.method, request.path, request.client, logged)))
        response = self._answer(request)
        head = write_head(response, [(b"date", _date(int(time())))], keep_alive=True)
        os.write(records, SENDING)
        for piece in _pieces(head, response.body):
            self._send(connection, piece)
        ended = Ended(int(response.status), response.notes, monotonic() - start)
        os.write(records, record(ended))

    def _answer(self, request: Request) -> Response:
        kept = self._front.recall(request)
        if kept is not None:
            return kept
        try:
            with within(self._seconds):
                return finish(self._front.work(request))
        except (OutOfMemory, StoreFull) as error:
            return problem_response(error)

    def _send(self, connection: socket.socket, data: bytes) -> None:
        """Send all.

        Raises:
            OSError: if the client is gone, or takes nothing for too long.
        """
        left = memoryview(data)
        while left:
            try:
                left = left[connection.send(left) :]
            except BlockingIOError:
                poll = select.poll()
                poll.register(connection, select.POLLOUT)
                if not poll.poll(self._send_seconds * 1000):
                    raise


class _Reader:
    """Reads requests for queries, and leaves all others; the methods `on_…` are httptools'."""

    def __init__(self, peer: tuple[str, int] | None) -> None:
        self._peer = peer
        self._parser = HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._begun = self._completed = 0
        self._plain = False

    def read(self, data: bytes) -> dict[str, Any] | None:
        """Give what an ASGI scope tells of a request; None if this is not one whole, plain GET."""
        self._url, self._headers = b"", []
        self._begun = self._completed = 0
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            return None
        if (self._begun, self._completed) != (1, 1) or not self._plain:
            return None
        query = self._url.removeprefix(_PATH)
        scope = {"method": "GET", "path": "/sparql", "query_string": query}
        return {**scope, "headers": self._headers, "client": self._peer}

    def on_message_begin(self) -> None:
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser, url = self._parser, self._url
        query = url.startswith(_PATH) and b"query=" in url and b"#" not in url
        query = query and b"service" not in url.lower()  # that waits, and does not work
        plain = parser.get_method() == b"GET" and parser.get_http_version() == "1.1"
        unexpected = all(name != b"expect" for name, _ in self._headers)
        self._plain = query and plain and unexpected and parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self._plain = False

    def on_message_complete(self) -> None:
        self._completed += 1


def _pieces(head: bytes, body: bytes | Path) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield head + body
        return
    yield head
    with body.open("rb") as stream:
        body.unlink()
        while chunk := stream.read(_CHUNK):
            yield chunk


@lru_cache(1)
def _date(now: int) -> bytes:
    return formatdate(now, usegmt=True).encode()
