"""The endpoint `/sparql`: the query operation of the SPARQL 1.1 Protocol, read-only."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, current_app, redirect, request, url_for
from pyoxigraph import BlankNode, NamedNode, Triple
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Response as AnyResponse

from xingtu.server.formats import (
    GRAPH_FORMATS,
    RESULT_FORMATS,
    prefers_html,
    serialize_graph,
    serialize_results,
)
from xingtu.server.store import RefusedOperation, evaluate

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

blueprint = Blueprint("sparql", __name__)


class InvalidRequest(Exception):
    """A request that breaks the rules of the protocol."""


class UnsupportedBody(Exception):
    """A body whose media type or charset is not one the protocol allows."""


@dataclass(frozen=True)
class QueryOperation:
    """The parameters of one query operation (SPARQL 1.1 Protocol §2.1)."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None


@blueprint.get("/sparql")
def query_by_get() -> AnyResponse:
    """Answer the query in the URL; without one, describe the service or show the home page."""
    _require_utf8(request.query_string)
    if request.args.keys() - {"format"}:
        return _answer(read_operation(request.args))
    if prefers_html(request.accept_mimetypes) and "format" not in request.args:
        return redirect(url_for("home"), 303)
    triples = describe_service(request.base_url)
    body, media_type = serialize_graph(
        triples, request.accept_mimetypes, request.args.get("format")
    )
    return Response(body, content_type=media_type)


@blueprint.post("/sparql")
def query_by_post() -> AnyResponse:
    """Answer the query in the body: a form or the text itself (§2.1.2, §2.1.3)."""
    _require_utf8(request.query_string)
    if request.mimetype not in {FORM, DIRECT, UPDATE}:
        raise UnsupportedBody(f"the body must be {FORM} or {DIRECT}")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedBody("the body must be encoded in UTF-8")
    if request.mimetype == FORM:
        _require_utf8(request.get_data())
        in_body: MultiDict[str, str] = request.form
    else:
        in_body = MultiDict({"query" if request.mimetype == DIRECT else "update": _direct_text()})
    for key in ("default-graph-uri", "named-graph-uri", "format"):
        if key in request.args and key in in_body:
            raise InvalidRequest(f"`{key}` stands in the URL and in the body")
    return _answer(read_operation(CombinedMultiDict([request.args, in_body])))


@blueprint.after_request
def vary_by_accept(response: Response) -> Response:
    """Tell caches that the same URL has several representations."""
    response.vary.add("Accept")
    return response


def read_operation(parameters: MultiDict[str, str]) -> QueryOperation:
    """Read a query operation from the parameters of the URL and body together, percent-decoded.

    Returns:
        The operation; unknown parameters are ignored.

    Raises:
        InvalidRequest: if there is not exactly one `query`.
        RefusedOperation: if it is an update.
    """
    queries = parameters.getlist("query")
    if "update" in parameters and not queries:
        raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")
    if len(queries) != 1 or "update" in parameters:
        raise InvalidRequest("the request must have exactly one `query`, and no `update`")
    default_graphs = tuple(parameters.getlist("default-graph-uri"))
    named_graphs = tuple(parameters.getlist("named-graph-uri"))
    return QueryOperation(queries[0], default_graphs, named_graphs, parameters.get("format"))


def describe_service(endpoint: str) -> list[Triple]:
    """Describe the endpoint (SPARQL 1.1 Service Description §3).

    Args:
        endpoint: The URL at which the description was asked for.

    Returns:
        The triples of the description.

    Raises:
        InvalidRequest: if the URL, made from the client's Host header, is not an IRI.
    """

    def sd(name: str) -> NamedNode:
        return NamedNode(f"http://www.w3.org/ns/sparql-service-description#{name}")

    rdf_type = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    service, dataset, default_graph = BlankNode(), BlankNode(), BlankNode()
    syntaxes = [row.syntax.iri for row in (*RESULT_FORMATS, *GRAPH_FORMATS)]
    return [
        Triple(service, rdf_type, sd("Service")),
        Triple(service, sd("endpoint"), _endpoint_iri(endpoint)),
        Triple(service, sd("supportedLanguage"), sd("SPARQL11Query")),
        Triple(service, sd("feature"), sd("UnionDefaultGraph")),
        *(Triple(service, sd("resultFormat"), NamedNode(iri)) for iri in syntaxes),
        Triple(service, sd("defaultDataset"), dataset),
        Triple(dataset, rdf_type, sd("Dataset")),
        Triple(dataset, sd("defaultGraph"), default_graph),
        Triple(default_graph, rdf_type, sd("Graph")),
    ]


def _answer(operation: QueryOperation) -> Response:
    """Evaluate and serialise in full, so that a failure can still change the status."""
    results = evaluate(
        current_app.config["STORE"],
        operation.query,
        base_iri=_endpoint_iri(request.base_url).value,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
    )
    body, media_type = serialize_results(results, request.accept_mimetypes, operation.format)
    return Response(body, content_type=media_type)


def _endpoint_iri(url: str) -> NamedNode:
    try:
        return NamedNode(url)
    except ValueError as error:
        raise InvalidRequest(f"the Host header does not make an IRI: {error}") from error


def _direct_text() -> str:
    try:
        return request.get_data().decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the body is not UTF-8: {error}") from error


def _require_utf8(encoded: bytes) -> None:
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the request is not UTF-8: {error}") from error
