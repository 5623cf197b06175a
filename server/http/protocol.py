"""Reading SPARQL Protocol operations (SPARQL 1.1 Protocol §2; the parameter `version` of 1.2).

Beyond the protocol a query may have `format` (or `output`), `timeout` and `as-of`, and an update
`timeout`; unknown parameters are ignored.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from xingtu.server.errors import InvalidRequest, UnsupportedBody
from xingtu.server.http.message import Request
from xingtu.server.http.parameters import (
    Values,
    decode_body,
    format_of,
    read_content_type,
    read_day,
    read_parameters,
    read_timeout,
    read_version,
    require_plain,
)

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = {"application/sparql-query": "query", "application/sparql-update": "update"}

_GRAPHS: Final = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
_FORMAT: Final = ("format", "output")
_FORMATS: Final = frozenset(_FORMAT)
_KNOWN: Final = frozenset(
    (*_GRAPHS, *_GRAPHS["query"], *_GRAPHS["update"], *_FORMAT, "timeout", "as-of", "version")
)


class QueryOperation(NamedTuple):
    """A query operation (§2.1).

    `format` overrides Accept; `timeout` is in seconds, as the client wishes it; `as_of` asks for
    what was known on that day; `version` is what the client announces.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    timeout: float | None = None
    as_of: date | None = None
    version: str | None = None


class UpdateOperation(NamedTuple):
    """An update operation (§2.2); its graphs are those of `using-(named-)graph-uri`."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None
    version: str | None = None


def read_operation(request: Request) -> QueryOperation | UpdateOperation | None:
    """Read the operation of a GET, HEAD, POST or QUERY request.

    QUERY (RFC 10008) is POST that promises not to change anything.

    Returns:
        The operation, None if there is none and so the service description is asked for.

    Raises:
        InvalidRequest: if there is not exactly one query or update, if it is not UTF-8, or if a
            parameter is wrong.
        UnsupportedBody: if the body is of another media type, charset or content coding.
    """
    if request.method in ("GET", "HEAD"):
        return _read_url(request.query_string)
    operation = _read_body(request)
    if request.method == "QUERY" and isinstance(operation, UpdateOperation):
        raise InvalidRequest("QUERY is a safe method: send an update by POST")
    return operation


def read_format(query_string: bytes) -> str | None:
    """Read the parameter that overrides Accept, where there is no operation."""
    return format_of(_group(read_parameters(query_string)))


def _read_url(query_string: bytes) -> QueryOperation | None:
    values = _group(read_parameters(query_string))
    if "update" in values:
        raise InvalidRequest("send an update in the body of a POST")
    if values.keys() <= _FORMATS:
        return None
    return _query(values)


def _read_body(request: Request) -> QueryOperation | UpdateOperation:
    media_type, parameters = read_content_type(request.headers.get("content-type", ""))
    if media_type not in (FORM, *DIRECT):
        raise UnsupportedBody(f"the body must be {', '.join(DIRECT)} or {FORM}")
    require_plain(request)
    url = _group(read_parameters(request.query_string))
    if media_type == FORM:
        body = _group(read_parameters(request.body))
    else:
        body = {DIRECT[media_type]: [decode_body(request)]}
        if "version" in parameters:
            body["version"] = [parameters["version"]]
    for name in url.keys() & body.keys():
        raise InvalidRequest(f"`{name}` stands in the URL and in the body")
    if "update" in url:
        raise InvalidRequest("send an update in the body")
    values = url | body
    return _update(values) if "update" in values else _query(values)


def _query(values: Values) -> QueryOperation:
    text = _read_text(values, "query")
    if len(values) == 1:
        return QueryOperation(text)
    default_graphs, named_graphs = _read_graphs(values, "query")
    return QueryOperation(
        text,
        default_graphs,
        named_graphs,
        format_of(values),
        read_timeout(values),
        read_day(values),
        read_version(values),
    )


def _update(values: Values) -> UpdateOperation:
    default_graphs, named_graphs = _read_graphs(values, "update")
    if "as-of" in values:
        raise InvalidRequest("`as-of` is not for an update")
    text = _read_text(values, "update")
    return UpdateOperation(
        text, default_graphs, named_graphs, read_timeout(values), read_version(values)
    )


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in _KNOWN:
            values.setdefault(name, []).append(value)
    return values


def _read_text(values: Values, kind: str) -> str:
    texts = values.get(kind, ())
    if len(texts) != 1 or values.keys() >= {*_GRAPHS}:
        raise InvalidRequest("the request must have exactly one `query` or exactly one `update`")
    if kind == "query" and not texts[0].strip():
        raise InvalidRequest("the query is empty")
    return texts[0]


def _read_graphs(values: Values, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for other, names in _GRAPHS.items():
        if other != kind and not values.keys().isdisjoint(names):
            article = "an" if kind == "update" else "a"
            raise InvalidRequest(f"`{names[0]}` and `{names[1]}` are not for {article} {kind}")
    default, named = _GRAPHS[kind]
    return tuple(values.get(default, ())), tuple(values.get(named, ()))
