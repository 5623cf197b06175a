"""HTTP requests and responses as plain data, so that endpoints can be tested without a server."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Request:
    """A request whose body has arrived.

    `query_string` is the raw one, without "?"; names in `headers` are lower-case; `client` is the
    address of the peer; `base` the public URL of the server, without a slash at the end.
    """

    method: str
    path: str
    query_string: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = ""
    base: str = "http://localhost"


@dataclass(slots=True)
class Response:
    """A response; `body` may be a file, which is deleted once it has been opened for sending.

    `notes` are for the access log: form, format, hash of the query, whether the cache had it.
    """

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | Path = b""
    notes: dict[str, str] = field(default_factory=dict)


Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
