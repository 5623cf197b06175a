"""Reading the plainest of requests: one whole GET with a query, and nothing after it.

Clients send the same header fields with each request, so what they mean is read once.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from xingtu.server.http.front import Front
from xingtu.server.http.message import Request

_LINE: Final = re.compile(rb"GET /sparql\?([!\"$-~]*query=[!\"$-~]*) HTTP/1\.1\r\n")
_SHORT: Final = 2048  # bytes; longer fields are rarely sent again
_LOGGED: Final = ("x-request-id", "user-agent")
_LONGEST: Final = 200  # characters of these


class Head(NamedTuple):
    """The header fields of a request: all, and those that are logged."""

    headers: Mapping[str, str]
    logged: dict[str, str]
    client: str


class PlainRequests:
    """Reads the requests of a connection.

    Args:
        peer: Its other end.
        front: Tells who the client is.
    """

    def __init__(self, peer: tuple[str, int] | None, front: Front) -> None:
        self._peer = peer
        self._front = front
        self._read_short = lru_cache(16)(self._read_fields)
        self.logged: dict[str, str] = {}

    def read(self, data: bytes) -> Request | None:
        """Read a request for a query; None if this is not one whole, plain GET of HTTP/1.1."""
        line = _LINE.match(data)
        if line is None or b"service" in line[1].lower():  # that waits, and does not work
            return None
        fields = data[line.end() :]
        head = self._read_short(fields) if len(fields) <= _SHORT else self._read_fields(fields)
        if head is None:
            return None
        self.logged = head.logged
        return Request("GET", "/sparql", line[1], head.headers, b"", head.client, self._front.base)

    def _read_fields(self, fields: bytes) -> Head | None:
        message = _Message()
        if not message.is_plain(b"GET / HTTP/1.1\r\n" + fields):
            return None
        scope = {"method": "GET", "path": "/sparql", "query_string": b"", "client": self._peer}
        request = self._front.read_head({**scope, "headers": message.headers})
        given = request.headers
        logged = {name: given[name][:_LONGEST] for name in _LOGGED if name in given}
        return Head(given, logged, request.client)


class _Message:
    """What a message holds; the methods `on_…` are httptools'."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self._parser = HttpRequestParser(self)
        self._begun = self._completed = 0
        self._plain = False

    def is_plain(self, data: bytes) -> bool:
        """Read it; tell whether that was one message without a body, after which more may come."""
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            return False
        return self._plain and (self._begun, self._completed) == (1, 1)

    def on_message_begin(self) -> None:
        self._begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        unexpected = all(name != b"expect" for name, _ in self.headers)
        self._plain = unexpected and self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self._plain = False

    def on_message_complete(self) -> None:
        self._completed += 1
