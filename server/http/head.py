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
_WITHOUT_LENGTH: Final = frozenset({204, 304})


def headers_of(response: Response) -> list[Header]:
    """Give all headers of a response; note its length for the access log."""
    headers = [(_lower(name), value.encode()) for name, value in response.headers]
    length = _note_length(response)
    if length is not None:
        headers.append((b"content-length", length))
    return headers + _common_beside({name for name, _ in headers})


def write_head(response: Response, defaults: list[Header], keep_alive: bool) -> bytes:
    """Write the head of a response.

    Args:
        response: What is answered.
        defaults: Further headers.
        keep_alive: Whether the connection stays open.

    Raises:
        ValueError: if a header field has a line break.
    """
    own = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    if not len(response.headers) == own.count("\n") == own.count("\r"):  # of the data, or a client
        raise ValueError("a header field has a line break")
    common = _common_beside({_lower(name) for name, _ in response.headers})
    length = _note_length(response)
    lines = [
        _status_line(response.status),
        *map(_line, defaults),
        own.encode(),
        b"" if length is None else b"content-length: %s\r\n" % length,
        _COMMON_LINES if common is _COMMON else b"".join(map(_line, common)),
        b"\r\n" if keep_alive else b"connection: close\r\n\r\n",
    ]
    return b"".join(lines)


def _note_length(response: Response) -> bytes | None:
    """Note the length for the access log; give it, if the response says it."""
    body = response.body
    length = len(body) if isinstance(body, bytes) else body.stat().st_size
    response.notes["bytes"] = str(length)  # a file is gone when this is read
    return None if response.status in _WITHOUT_LENGTH else b"%d" % length


def _common_beside(given: set[bytes]) -> list[Header]:
    """Give the common headers, but those a response has itself: it may be stricter, or embedded."""
    if given.isdisjoint(_COMMON_NAMES):
        return _COMMON
    return [item for item in _COMMON if item[0] not in given]


def _line(header: Header) -> bytes:
    return b"%s: %s\r\n" % header


@lru_cache(256)
def _lower(name: str) -> bytes:
    return name.lower().encode()


@lru_cache
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status:d} {HTTPStatus(status).phrase}\r\n".encode()
