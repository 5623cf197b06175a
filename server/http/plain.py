"""Reading the plainest of requests: one whole GET with a query, and nothing after it.

Clients send the same header fields with each request, so what they mean is read once.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from xingtu.server.engine.lease import Begun, Borrow, record
from xingtu.server.http.front import Scope, read_headers
from xingtu.server.http.message import Request

_PATH: Final = "/sparql"
_START: Final = b"GET /sparql?"
_END: Final = b" HTTP/1.1\r\n"
_URL: Final = bytes(sorted({*range(0x21, 0x7F)} - {*b"#"}))  # what a URL in a request may have
_SHORT: Final = 2048  # bytes; longer fields are rarely sent again
_LOGGED: Final[tuple[str, ...]] = ("x-request-id", "user-agent")
_UNUSUAL: Final = frozenset({b"expect", b"transfer-encoding"})  # the latter may bring trailers
_LONGEST: Final = 200  # characters of these


class _Head(NamedTuple):
    """The header fields of a request, from whom it is, and the record of its beginning."""

    headers: Mapping[str, str]
    client: str
    begun: bytes


class PlainRequests:
    """Reads the requests of a connection.

    Args:
        order: Tells of the connection.
        find_client: Tells the address of the client, from what an ASGI scope has.
        base: The public URL of the server.

    Attributes:
        begun: The record that the request read last has begun.
    """

    def __init__(self, order: Borrow, find_client: Callable[[Scope], str], base: str) -> None:
        self._order = order
        self._find_client = find_client
        self._base = base
        self._read_short = lru_cache(16)(self._read_fields)
        self.begun = b""

    def read(self, data: bytes) -> Request | None:
        """Read a request for a query; None if this is not one whole, plain GET of HTTP/1.1."""
        line, _, fields = data.partition(_END)
        query = line.removeprefix(_START)
        if len(query) + len(_START) != len(line) or not _is_plain_query(query):
            return None
        head = self._read_short(fields) if len(fields) <= _SHORT else self._read_fields(fields)
        if head is None:
            return None
        self.begun = head.begun
        return Request("GET", _PATH, query, head.headers, b"", head.client, self._base)

    def _read_fields(self, fields: bytes) -> _Head | None:
        message = _Message()
        if not message.is_plain(b"GET / HTTP/1.1\r\n" + fields):
            return None
        headers = read_headers(message.headers)
        client = self._find_client({"client": self._order.peer, "headers": message.headers})
        logged = {name: headers[name][:_LONGEST] for name in _LOGGED if name in headers}
        begun = record(Begun(self._order.number, "GET", _PATH, client, logged))
        return _Head(headers, client, begun)


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
        simple = _UNUSUAL.isdisjoint(name for name, _ in self.headers)
        self._plain = simple and self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self._plain = False

    def on_message_complete(self) -> None:
        self._completed += 1


def _is_plain_query(query: bytes) -> bool:
    """Tell the query string of a query that does not ask other endpoints: that waits."""
    asks = b"query=" in query and b"service" not in query.lower()
    return asks and not query.translate(None, _URL)
