"""The head of a response, as it is sent."""

from functools import lru_cache
from http import HTTPStatus
from typing import Final

from xingtu.server.http.message import Response

Header = tuple[bytes, bytes]

# Open to scripts of any site, never with credentials; our pages closed to other sites'.
COMMON_HEADERS: Final = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "*"),
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-content-type-options", "nosniff"),
)
_COMMON: Final = [(name.encode(), value.encode()) for name, value in COMMON_HEADERS]
_COMMON_NAMES: Final = frozenset(name for name, _ in _COMMON)
_COMMON_LINES: Final = b"".join(b"%s: %s\r\n" % header for header in _COMMON)


def headers_of(response: Response) -> list[Header]:
    """Give all headers of a response; note its length for the access log."""
    own = _own_headers(response)
    return own + _common_beside(own)


def write_head(response: Response, defaults: list[Header], keep_alive: bool) -> bytes:
    """Write the head of a response.

    Args:
        response: What is answered.
        defaults: Further headers.
        keep_alive: Whether the connection stays open.

    Raises:
        ValueError: if a header field has a line break.
    """
    own = _own_headers(response)
    common = _common_beside(own)
    lines = [b"%s: %s\r\n" % header for header in (*defaults, *own)]
    lines += [_COMMON_LINES] if common is _COMMON else [b"%s: %s\r\n" % header for header in common]
    if not keep_alive:
        lines.append(b"connection: close\r\n")
    head = b"".join([_status_line(response.status), *lines, b"\r\n"])
    breaks = len(defaults) + len(own) + len(common) + (not keep_alive) + 2
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks:  # from the data, or a client
        raise ValueError("a header field has a line break")
    return head


def _own_headers(response: Response) -> list[Header]:
    body = response.body
    length = len(body) if isinstance(body, bytes) else body.stat().st_size
    response.notes["bytes"] = str(length)  # a file is gone when this is read
    headers = [(_lower(name), value.encode()) for name, value in response.headers]
    if response.status not in {204, 304}:
        headers.append((b"content-length", b"%d" % length))
    return headers


def _common_beside(own: list[Header]) -> list[Header]:
    """Give the common headers, but those a response has itself: it may be stricter, or embedded."""
    given = {name for name, _ in own}
    if given.isdisjoint(_COMMON_NAMES):
        return _COMMON
    return [item for item in _COMMON if item[0] not in given]


@lru_cache(256)
def _lower(name: str) -> bytes:
    return name.lower().encode()


@lru_cache
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status:d} {HTTPStatus(status).phrase}\r\n".encode()
