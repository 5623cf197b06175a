"""The endpoint `/sparql`: the SPARQL 1.1 Protocol, also by QUERY, and the service description."""

import asyncio
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Final

from xingtu.server.engine.coding import choose_coding, compress
from xingtu.server.engine.tasks import Answer, Engine, Update
from xingtu.server.errors import MethodNotAllowed, NotFound, RefusedOperation
from xingtu.server.formats import PAGE, prefers_page, rank_formats, serialize_graph
from xingtu.server.gate import UpdateFacts, inject_using, inspect_update
from xingtu.server.http.answers import VARY, options, respond
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.description import PREFIXES, ServiceDescription
from xingtu.server.http.federation import naming
from xingtu.server.http.message import Request, Response
from xingtu.server.http.policy import Authorize, GraphsBy, Offload, Policy
from xingtu.server.http.protocol import (
    DIRECT,
    FORM,
    UpdateOperation,
    read_format,
    read_operation,
)
from xingtu.server.http.queries import Queries
from xingtu.server.http.validators import entity_tag, fingerprint, names_tag
from xingtu.server.operation.access_log import hash_query

METHODS: Final = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
ALLOW: Final = ", ".join(METHODS)

VOID_PATH: Final = "/.well-known/void"  # of the description of the dataset

_ACCEPT_QUERY: Final = f'"{next(iter(DIRECT))}", "{FORM}"'


@dataclass(frozen=True)
class SparqlEndpoint:
    """Answers query and update operations, and describes itself.

    Args:
        engine: Evaluates.
        authorize: Asked before each update.
        description: Of this service.
        cache: Keeps answers; none by default.
        policy: What is allowed.
        graphs_by: For the parameter `as-of`.
        offload: Calls a function that takes a while.
    """

    engine: Engine
    _: KW_ONLY
    authorize: Authorize
    description: ServiceDescription | None = None
    cache: ResultCache[Answer] = field(default_factory=lambda: ResultCache(0))
    policy: Policy = field(default_factory=Policy)
    graphs_by: GraphsBy | None = None
    offload: Offload = asyncio.to_thread

    async def __call__(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            Exception: any of `problems.STATUSES`.
        """
        if request.path.strip("/").count("/"):
            raise NotFound("nothing is below this path")
        if request.method not in METHODS:
            raise MethodNotAllowed(ALLOW)
        if request.method == "OPTIONS":
            return options(ALLOW, _ACCEPT_QUERY)
        operation = read_operation(request)
        if operation is None:
            return await self._describe(request)
        if isinstance(operation, UpdateOperation):
            return await self._update(request, operation)
        return await self._queries.answer(request, operation)

    @cached_property
    def _queries(self) -> Queries:
        return Queries(self.engine, self.cache, self.policy, self.graphs_by, self.offload)

    @cached_property
    def _description(self) -> ServiceDescription:
        return self.description or ServiceDescription(self.engine)

    async def _update(self, request: Request, operation: UpdateOperation) -> Response:
        """Do an update (SPARQL 1.1 Protocol §2.2); its BASE is the URL of the endpoint."""
        if not self.engine.writable:
            raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")
        self.authorize(request)
        endpoint = request.base + request.path
        allowed = {"services": self.policy.services, "loads": self.policy.loads}
        facts: UpdateFacts = await self.offload(
            inspect_update, operation.text, base_iri=endpoint, **allowed
        )
        text = inject_using(operation.text, operation.default_graphs, operation.named_graphs)
        with naming(facts.services):
            await self.engine.run(Update(text, endpoint, self.policy.write_seconds))
        return Response(204, notes={"form": "UPDATE", "query_hash": hash_query(operation.text)})

    async def _describe(self, request: Request) -> Response:
        """Describe the service; a browser is sent to the page for people."""
        accept, name = request.headers.get("accept", ""), read_format(request.query_string)
        if name in (*PAGE.names, PAGE.media_type) or (name is None and prefers_page(accept)):
            return Response(303, [("Location", request.base + self.policy.home), VARY])
        formats = rank_formats(accept, name, "DESCRIBE")
        about = request.base + VOID_PATH
        triples = await self._description.describe(request.base + request.path, about)
        body, content_type = serialize_graph(triples, formats, PREFIXES)
        wanted = choose_coding(request.headers.get("accept-encoding", ""))
        tag = entity_tag(fingerprint(body), formats, wanted)
        headers = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache")]
        if names_tag(request.headers.get("if-none-match", ""), tag):
            return Response(304, [VARY, *headers])
        coding, body_sent = compress(body, wanted)
        return respond(Answer(body_sent, content_type, coding), headers)
