"""The endpoint `/sparql` before the workers: they answer the queries, and here answers are kept.

So what a request costs before and after its evaluation is spent in the workers too, on as many
processors as there are, and ends with them.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Protocol

from xingtu.server.errors import TimedOut
from xingtu.server.gate import inspect_query
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.federation import naming
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.http.protocol import QueryOperation, read_operation
from xingtu.server.http.validators import names_tag

_LONGEST: Final = 8192  # bytes of a query; longer ones are rarely repeated


class Responder(Protocol):
    """What has requests answered by an endpoint over its dataset."""

    @property
    def version(self) -> str:
        """A token that changes whenever the dataset does."""

    async def respond(self, request: Request) -> Response:
        """Have a request answered."""


class KeptResponses:
    """Responses to queries that were asked before.

    Args:
        cache: Keeps them.
    """

    def __init__(self, cache: ResultCache[Response]) -> None:
        self._cache = cache

    def recall(self, version: str, request: Request) -> Response | None:
        """Give the response to a query that was asked before, at this version of the dataset."""
        if not (is_query(request) and _is_short(request)):
            return None
        kept = self._cache.get(_key(version, request))
        if kept is None:
            return None
        if condition := request.headers.get("if-none-match"):
            tag = dict(kept.headers).get("ETag", "").strip('"')
            if tag and names_tag(condition, tag):
                headers = [item for item in kept.headers if not item[0].startswith("Content-")]
                return Response(304, headers, notes={**kept.notes, "cache": "client"})
        return Response(200, kept.headers, kept.body, {**kept.notes, "cache": "hit"})

    def keep(self, version: str, request: Request, response: Response) -> None:
        """Keep the response to a query, if it stays the same as long as the dataset does."""
        if _is_stable(response) and _is_short(request):
            self._cache.put(_key(version, request), response)


@dataclass(frozen=True, slots=True)
class Relay:
    """Has query operations answered, and keeps the answers.

    Args:
        responder: Answers.
        here: The endpoint for all else: updates, the description of the service.
        kept: What was answered.
        services: The endpoints that SERVICE may ask.
    """

    responder: Responder
    here: Endpoint
    kept: KeptResponses
    services: tuple[str, ...] = ()

    async def __call__(self, request: Request) -> Response:
        """Answer one request; see `SparqlEndpoint`."""
        if not is_query(request):
            return await self.here(request)
        version = self.responder.version
        try:
            response = await self.responder.respond(request)
        except TimedOut:  # its process is gone, and cannot say whom it waited for
            with naming(self._services_of(request)):
                raise
        if self.responder.version == version:
            self.kept.keep(version, request, response)
        return response

    def recall(self, request: Request) -> Response | None:
        """Give the answer to a query that was asked before, since the dataset changed."""
        return self.kept.recall(self.responder.version, request)

    def _services_of(self, request: Request) -> tuple[str, ...]:
        operation = read_operation(request)
        assert isinstance(operation, QueryOperation)
        endpoint = request.base + request.path
        facts = inspect_query(operation.text, base_iri=endpoint, services=self.services)
        return facts.services


def is_query(request: Request) -> bool:
    """Tell what is a query operation, if it is well-formed; an update never is one."""
    match request.method:
        case "GET" | "HEAD":
            return b"query=" in request.query_string
        case "POST":
            kind = request.headers.get("content-type", "")
            if kind.startswith("application/sparql-query"):
                return True
            form = kind.startswith("application/x-www-form-urlencoded")
            return form and b"query=" in request.body and b"update" not in request.body
        case method:
            return method == "QUERY"


def _is_short(request: Request) -> bool:
    return len(request.query_string) + len(request.body) <= _LONGEST


def _is_stable(response: Response) -> bool:
    return response.status == 200 and ("Cache-Control", "no-store") not in response.headers


def _key(version: str, request: Request) -> Hashable:
    """Name all that an answer depends on."""
    get = request.headers.get
    return (
        version,
        "GET" if request.method == "HEAD" else request.method,
        request.path,
        request.query_string,
        request.body,
        get("content-type"),
        get("content-encoding"),
        get("accept"),
        get("accept-encoding"),
    )
