"""The endpoint `/gsp`: SPARQL 1.1 Graph Store HTTP Protocol, with conditional requests.

A graph is named indirectly, `/gsp?graph=IRI` or `/gsp?default` (§4.2), or directly: `/gsp/path`
names the graph whose IRI is that URL (§4.1). `format=` overrides Accept.
"""

import json
from typing import Final
from urllib.parse import quote
from uuid import uuid4

from pyoxigraph import NamedNode

from xingtu.server.engine.coding import choose_coding
from xingtu.server.engine.dataset import DEFAULT_GRAPH
from xingtu.server.engine.tasks import DropGraph, Engine, Query, ReadGraph, WriteGraph
from xingtu.server.errors import (
    InvalidGraphName,
    InvalidRequest,
    MethodNotAllowed,
    RefusedOperation,
)
from xingtu.server.formats import rank_formats
from xingtu.server.http.answers import VARY, options, respond, take_body
from xingtu.server.http.documents import read_documents
from xingtu.server.http.message import Request, Response
from xingtu.server.http.parameters import Values, format_of, read_parameters
from xingtu.server.http.policy import Authorize, Policy
from xingtu.server.http.validators import (
    check_match,
    check_none_match,
    entity_tag,
    fingerprint,
    is_conditional,
    names_tag,
)

METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
ALLOW: Final = ", ".join(METHODS)

_PATH: Final = "/:@!$&'()*+,;=~"  # what stands for itself in a path (RFC 3986 §3.3)
_URI: Final = _PATH + "%?#[]"


class GraphStoreEndpoint:
    """Gives, replaces, merges and deletes graphs.

    Args:
        engine: Holds the graphs.
        authorize: Asked before each write.
        policy: What is allowed.
        path: Where the endpoint is; paths below it name graphs directly.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        authorize: Authorize,
        policy: Policy | None = None,
        path: str = "/gsp",
    ) -> None:
        self._engine = engine
        self._authorize = authorize
        self._policy = policy or Policy()
        self._path = path

    async def __call__(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            Exception: any of `problems.STATUSES`.
        """
        if request.method not in METHODS:
            raise MethodNotAllowed(ALLOW)
        if request.method == "OPTIONS":
            return options(ALLOW)
        values = _read_values(request)
        if request.method in ("GET", "HEAD"):
            return await self._get(request, self._find_graph(request, values), values)
        if not self._engine.writable:
            raise RefusedOperation("this graph store is read-only")
        self._authorize(request)
        graph = self._find_graph(request, values)
        if request.method == "DELETE":
            return await self._delete(request, graph)
        return await self._write(request, graph)

    async def _get(self, request: Request, graph: str | None, values: Values) -> Response:
        """Give a graph (§5.2)."""
        accept = request.headers.get("accept", "")
        formats = rank_formats(accept, format_of(values), "CONSTRUCT")
        coding = choose_coding(request.headers.get("accept-encoding", ""))
        resource = self._fingerprint(graph)
        tag = entity_tag(resource, formats, coding)
        headers = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache")]
        if is_conditional(request) and await self._exists(graph):
            check_match(request, resource, exists=True)
            known = request.headers.get("if-none-match", "")
            if known.strip() == "*" or names_tag(known, tag):
                return Response(304, [VARY, *headers])
        answer = await self._engine.run(ReadGraph(graph, formats, coding, self._policy.seconds))
        return respond(answer, headers)

    async def _write(self, request: Request, graph: str | None) -> Response:
        """Replace a graph (PUT, §5.3), or merge into it (POST, §5.5)."""
        task = WriteGraph(
            graph,
            read_documents(request),
            base_iri=graph or request.base + request.path,
            replace=request.method == "PUT",
            timeout=self._policy.write_seconds,
            if_version=await self._check(request, graph),
        )
        answer = await self._engine.run(task)
        if answer.created and graph is not None:
            return Response(201, [("Location", quote(graph, safe=_URI))])
        return Response(204)

    async def _delete(self, request: Request, graph: str | None) -> Response:
        """Delete a graph (§5.4)."""
        version = await self._check(request, graph)
        await self._engine.run(DropGraph(graph, self._policy.write_seconds, version))
        return Response(204)

    async def _check(self, request: Request, graph: str | None) -> str | None:
        """Hold a write to its conditions; give the version they hold for, None if it has none."""
        if not is_conditional(request):
            return None
        version, resource = self._engine.version, self._fingerprint(graph)
        exists = await self._exists(graph)
        if exists or request.method != "DELETE":  # what is not there cannot be deleted: 404
            check_match(request, resource, exists)
            check_none_match(request, resource, exists)
        return version

    async def _exists(self, graph: str | None) -> bool:
        if graph is None:
            return True
        text = f"ASK {{ GRAPH {NamedNode(graph)} {{}} }}"
        formats = rank_formats("", None, "ASK")
        answer = await self._engine.run(Query(text, graph, formats, timeout=self._policy.seconds))
        return bool(json.loads(take_body(answer.body))["boolean"])

    def _find_graph(self, request: Request, values: Values) -> str | None:
        """Find the graph a request names (§4), or name a new one; None is the default graph."""
        direct = request.path.rstrip("/") != self._path
        named, default = values.get("graph", []), "default" in values
        if len(named) + default + direct > 1:
            raise InvalidRequest("name one graph: by `graph`, by `default`, or by the path")
        if default:
            return None
        if direct:
            return _absolute(request.base + _encode(request.path))
        if named:
            return _absolute(named[0])
        if request.method == "POST":
            return _absolute(f"{request.base}{self._path}/{uuid4()}")
        raise InvalidRequest("name a graph: ?graph=IRI or ?default")

    def _fingerprint(self, graph: str | None) -> str:
        return fingerprint(self._engine.version, graph)


def _read_values(request: Request) -> Values:
    values: dict[str, list[str]] = {}
    for name, value in read_parameters(request.query_string):
        values.setdefault(name, []).append(value)
    return values


def _encode(path: str) -> str:
    """Percent-encode a path, so that it is what the URL has."""
    if "\ufffd" in path:
        raise InvalidRequest("the path is not UTF-8 beneath its percent-encoding")
    return quote(path, safe=_PATH)


def _absolute(iri: str) -> str | None:
    try:
        name = NamedNode(iri)
    except ValueError as error:
        raise InvalidGraphName(f"a graph must be named by an absolute IRI: {error}") from error
    return None if name == DEFAULT_GRAPH else name.value
