"""A SPARQL 1.1 store that is reached over HTTP, and how to send it requests."""

import ssl
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urljoin

import httpx2

UNION: Final = "https://w3id.org/xingtu/graph/union"

DEFAULT: Final = "default"
"""The value of `RemoteStore.union` for a union in the store's own default graph."""


@dataclass(frozen=True, kw_only=True)
class RemoteStore:
    """Where a store is, how to log in, and where it differs from others.

    `query`, `update` and `graphs` are the URLs of its SPARQL query and update operations and of
    its Graph Store Protocol; "" for the last if it has none, "" for `update` if that is `query`.

    `union` is where the union of its graphs is kept as a copy: `DEFAULT`, or the IRI of a named
    graph, which queries then get as default graph; "" if nothing is copied, because its default
    graph is the union already, or is not to be. `merges` says that of several default graphs it
    counts a triple once, as SPARQL has it (SPARQL 1.1 Query §13.1), however many hold it.

    `timeout_unit` is the number of units of its parameter `timeout` in a second, 0 if it has none.
    `exclusive` promises that nobody else changes it. Else an answer is kept, or a copy of it said
    to be current, for `freshness` seconds at most.
    """

    query: str
    update: str = ""
    graphs: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    union: str = ""
    merges: bool = False
    timeout_unit: float = 0
    exclusive: bool = False
    freshness: float = 60.0

    @property
    def update_url(self) -> str:
        """The URL of the update operation."""
        return self.update or self.query

    def client_options(self) -> dict[str, Any]:
        """Give the arguments of an httpx2 client for this store.

        Redirects are not followed: they could lead, with our credentials, to another host.
        """
        headers = {"user-agent": "xingtu"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        auth = OnChallenge(self.user, self.password) if self.user else None
        return {"headers": headers, "auth": auth, "follow_redirects": False, "verify": _trust()}


# What we have found the stores to need; endpoints are relative to that of queries.
KINDS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "sparql": {},
        "oxigraph": {"update": "update", "graphs": "store", "union": DEFAULT},
        "fuseki": {
            "update": "update",
            "graphs": "data",
            "union": DEFAULT,
            "merges": True,
            "timeout_unit": 1,
        },
        # Its default graph is every graph, system graphs too, a triple once for each.
        "virtuoso": {
            "update": "sparql-auth",
            "graphs": "sparql-graph-crud-auth",
            "union": UNION,
            "timeout_unit": 1000,
        },
    }
)


def store_at(url: str, kind: str = "sparql", **differing: Any) -> RemoteStore:
    """Describe a store of a known kind.

    Args:
        url: Its query endpoint.
        kind: A key of `KINDS`; `sparql` is any store whose default graph is the union.
        differing: Fields of `RemoteStore` that differ from what is usual for the kind.
    """
    usual = dict(KINDS[kind])
    for name in ("update", "graphs"):
        if name in usual:
            usual[name] = urljoin(url, usual[name])
    return RemoteStore(query=url, **(usual | differing))


@cache
def _trust() -> ssl.SSLContext:
    """Load the certificates that we trust, once: it takes a while."""
    return httpx2.create_ssl_context()


class OnChallenge(httpx2.Auth):
    """Log in once asked to, as asked to: Digest (RFC 7616), else Basic (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx2.BasicAuth(user, password)
        self._digest = httpx2.DigestAuth(user, password)
        self._chosen: httpx2.Auth | None = None

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request, again with credentials if it is challenged."""
        if self._chosen is None:
            response = yield request
            if response.status_code != 401:
                return
            asked = response.headers.get("www-authenticate", "")
            self._chosen = self._digest if asked.lower().startswith("digest") else self._basic
        yield from self._chosen.auth_flow(request)
