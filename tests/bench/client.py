"""Asks a server queries over HTTP, one at a time."""

import http.client
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from shapes import accept_for

GIVE_UP_SECONDS: Final = 60.0


class NoAnswer(Exception):
    """The server did not answer, or not by 200."""


@dataclass(frozen=True)
class Endpoint:
    """Where a server takes queries."""

    port: int
    path: str
    host: str = "127.0.0.1"


def fetch(endpoint: Endpoint, query: str) -> tuple[bytes, str]:
    """Ask one query on a new connection; return the body and its media type.

    Raises:
        NoAnswer: if there is no answer in time, or it is not 200.
    """
    client = Client(endpoint)
    try:
        status, body, media_type = client.ask(query)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    finally:
        client.close()
    if status != 200:
        raise NoAnswer(f"{status}: {body[:200].decode(errors='replace')}")
    return body, media_type


class Client:
    """One connection that is kept alive, and opened again when the server closes it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._path = endpoint.path
        self._connection = http.client.HTTPConnection(
            endpoint.host, endpoint.port, timeout=GIVE_UP_SECONDS
        )

    def ask(self, query: str) -> tuple[int, bytes, str]:
        """Send a query by GET; return the status, the body and its media type."""
        url = f"{self._path}?query={quote(query, safe='')}"
        self._connection.request("GET", url, headers={"Accept": accept_for(query)})
        response = self._connection.getresponse()
        return response.status, response.read(), response.headers.get_content_type()

    def time(self, query: str) -> tuple[float, int]:
        """Send a query; return how long the answer took, and its status: 0 if there was none."""
        begin = time.perf_counter()
        try:
            status, *_ = self.ask(query)
        except (OSError, http.client.HTTPException):
            self.close()
            status = 0
        return time.perf_counter() - begin, status

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()
