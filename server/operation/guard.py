"""Connections under guard: what uvicorn leaves open to clients that are slow, endless or many."""

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from xingtu.server.operation.addresses import household_of, is_within
from xingtu.server.operation.values import Network
from xingtu.server.problems import problem_document

HEAD_LIMIT: Final = 64 * 1024  # bytes of request line and header, or of trailers
PIPELINE_LIMIT: Final = 16  # requests sent ahead of the answers to earlier ones


@dataclass
class Guard:
    """What connections may do, and how many there are; give it to `GuardedProtocol` by `partial`.

    Those of `proxies` are not counted by address, as each carries many clients. Times in seconds.
    """

    header_timeout: float = 10.0
    connections: int = 1000
    client_connections: int = 100
    proxies: tuple[Network, ...] = ()
    open: Counter[str] = field(default_factory=Counter)  # by client
    refused: int = 0


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with limits on the time and size of heads, and on numbers."""

    def __init__(self, *args: Any, guard: Guard, **options: Any) -> None:
        super().__init__(*args, **options)
        self._guard = guard
        self._client = ""
        self._deadline: asyncio.TimerHandle | None = None
        self._unused = 0  # bytes received since the last that ended a head or were of a body
        self._fault = HTTPStatus.BAD_REQUEST
        self.url = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and wait for its first head; refuse it if there are too many."""
        super().connection_made(transport)
        guard, peer = self._guard, self.client[0] if self.client else ""
        self._client = "" if is_within(peer, guard.proxies) else household_of(peer)
        guard.open[self._client] += 1
        crowded = self._client and guard.open[self._client] > guard.client_connections
        if crowded or guard.open.total() > guard.connections:
            guard.refused += 1
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection no more."""
        self._guard.open[self._client] -= 1
        if not self._guard.open[self._client]:
            del self._guard.open[self._client]
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless more has come than a head may have."""
        self._unused += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unused > HEAD_LIMIT:
            self._refuse(self._excess(), f"the head is over {HEAD_LIMIT} bytes")
        elif self._unused and self._deadline is None and not self._is_answering():  # of a head
            self._await_head()

    def on_headers_complete(self) -> None:
        """Start the request, unless its head is too large or too many have been sent ahead."""
        if self._unused > HEAD_LIMIT:  # perhaps of many requests that arrived together
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            if size > HEAD_LIMIT:
                self._fault = self._excess()
                raise HttpParserError
        if len(self.pipeline) >= PIPELINE_LIMIT:
            raise HttpParserError
        self._stop_waiting()
        self._unused = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass a piece of a body on."""
        self._unused = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Answer what does not parse by a problem document."""
        self._refuse(self._fault, msg)

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(self._guard.header_timeout, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the head of the request did not arrive in time")

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _excess(self) -> HTTPStatus:
        if len(self.url) > HEAD_LIMIT // 2:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Say why, unless another answer is under way, and close."""
        if not self._is_answering():
            body = problem_document(status, detail).encode()
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\n"
            head += f"content-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
            self.transport.write(head.encode() + b"\r\n" + body)
        self.transport.close()


def give_up_on_silence(listener: socket.socket, seconds: float) -> None:
    """Let the kernel close connections whose peer takes nothing of what we send it.

    Args:
        listener: A listening TCP socket; the connections it accepts inherit this.
        seconds: For how long.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
