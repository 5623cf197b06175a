"""The endpoint `/sparql` before the workers: they answer the queries, and here answers are kept.

So what a request costs before and after its evaluation is spent in the workers too, on as many
processors as there are, and ends with them.
"""

from dataclasses import dataclass
from typing import Protocol

from xingtu.server.errors import TimedOut
from xingtu.server.gate import inspect_query
from xingtu.server.http.federation import naming
from xingtu.server.http.kept import KeptResponses, name_request
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.http.protocol import QueryOperation, read_operation


class Responder(Protocol):
    """What has requests answered by an endpoint over its dataset."""

    @property
    def version(self) -> str:
        """A token that changes whenever the dataset does."""

    async def respond(self, request: Request) -> Response:
        """Have a request answered."""


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
            self.kept.keep(name_request(version, request), response)
        return response

    def recall(self, request: Request) -> Response | None:
        """Give the answer to a query that was asked before, since the dataset changed."""
        if not is_query(request):
            return None
        return self.kept.recall(name_request(self.responder.version, request), request)

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
