"""The answer to a query as a web page, for people who open the endpoint in a browser."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

import jinja2
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse_query_results,
)

from xingtu.server.formats import GRAPH_FORMATS, PAGE, RESULT_FORMATS, Form, Format, prefers_page
from xingtu.server.http.message import Request, Response
from xingtu.server.http.protocol import QueryOperation

CONTENT_TYPE: Final = "text/html; charset=utf-8"

_SHOWN: Final = 10_000  # rows or lines
_COUNTED: Final = 100_000  # rows; counting more would keep other requests waiting
_LONGEST_LINK: Final = 8_000  # characters of a URL that every client and proxy takes
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"


class Cell(NamedTuple):
    """A term as it is shown; `link` is only ever an http(s) URL."""

    text: str
    link: str = ""
    language: str = ""
    direction: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is the answer to; `endpoint` and `base` are public URLs."""

    operation: QueryOperation
    endpoint: str
    base: str


def carrier_of(form: Form) -> str:
    """Give the media type that a page of an answer is rendered from."""
    graph = form in ("CONSTRUCT", "DESCRIBE")
    return RdfFormat.TURTLE.media_type if graph else QueryResultsFormat.JSON.media_type


def render_page(body: bytes, content_type: str, asked: Asked) -> bytes:
    """Render an answer as an HTML page.

    Args:
        body: The answer; see `carrier_of`.
        content_type: Its Content-Type.
        asked: What it answers.

    Returns:
        The page, in UTF-8. It shows the first 10,000 rows and says how many there are.
    """
    is_graph = content_type.startswith(RdfFormat.TURTLE.media_type)
    shown = _show_graph(body) if is_graph else _show_results(body)
    results = [row for row in RESULT_FORMATS if row.carries_boolean or "boolean" not in shown]
    links = _links(asked, GRAPH_FORMATS if is_graph else results)
    return _render("results", "Answer", asked.base, asked=asked, links=links, limit=_SHOWN, **shown)


def show_problem(problem: Response, request: Request) -> Response:
    """Make a page of a problem document, if a page was asked for; the status stays."""
    if not _asks_for_page(request) or not isinstance(problem.body, bytes):
        return problem
    document = json.loads(problem.body)
    title = f"{document['status']} {document['title']}"
    page = _render("problem", title, request.base, problem=document)
    others = [item for item in problem.headers if item[0] != "Content-Type"]
    return Response(problem.status, [("Content-Type", CONTENT_TYPE), *others], page, problem.notes)


def _show_graph(turtle: bytes) -> dict[str, object]:
    lines = turtle.decode().splitlines(keepends=True)
    return {"turtle": "".join(lines[:_SHOWN]), "count": len(lines)}


def _show_results(body: bytes) -> dict[str, object]:
    results = parse_query_results(body, QueryResultsFormat.JSON)
    if isinstance(results, QueryBoolean):
        return {"boolean": bool(results)}
    variables = [variable.value for variable in results.variables]
    rows = [[*map(_cell, solution)] for solution in islice(results, _SHOWN)]
    count = len(rows) + sum(1 for _ in islice(results, _COUNTED - _SHOWN))
    return {
        "variables": variables,
        "rows": rows,
        "count": count,
        "more": next(iter(results), None) is not None,
    }


def _cell(term: NamedNode | BlankNode | Literal | Triple | None) -> Cell:
    match term:
        case None:
            return Cell("")
        case NamedNode():
            is_web = term.value.startswith(("http://", "https://"))
            return Cell(term.value, term.value if is_web else "")
        case Literal() if term.language:
            direction = str(term.direction) if term.direction else ""
            return Cell(term.value, "", term.language, direction)
        case Literal() if term.datatype.value != _STRING:
            return Cell(term.value, datatype=term.datatype.value)
        case Literal():
            return Cell(term.value)
    return Cell(_spell(term))


def _spell(term: NamedNode | BlankNode | Literal | Triple) -> str:
    return f"<<( {' '.join(map(_spell, term))} )>>" if isinstance(term, Triple) else str(term)


def _links(asked: Asked, rows: Sequence[Format]) -> Iterator[tuple[str, str]]:
    """Give names and URLs of the same answer in other formats, where the URL is not too long."""
    for row in rows:
        parameters = [*_parameters(asked.operation), ("format", row.names[0])]
        url = f"{asked.endpoint}?{urlencode(parameters)}"
        if len(url) <= _LONGEST_LINK:
            yield row.names[0], url


def _parameters(operation: QueryOperation) -> Iterable[tuple[str, str]]:
    yield "query", operation.text
    yield from (("default-graph-uri", graph) for graph in operation.default_graphs)
    yield from (("named-graph-uri", graph) for graph in operation.named_graphs)
    if operation.as_of is not None:
        yield "as-of", operation.as_of.isoformat()


def _asks_for_page(request: Request) -> bool:
    named = re.findall(rb"(?:^|&)(?:format|output)=([^&]*)", request.query_string or request.body)
    if named:
        return named[0].decode("latin-1") in PAGE.names
    return prefers_page(request.headers.get("accept", ""))


def _render(template: str, title: str, base: str, **values: object) -> bytes:
    page = _environment().get_template(f"{template}.html").render(title=title, base=base, **values)
    return page.encode(errors="replace")


@lru_cache(1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
