"""The tool that runs a query: through the gate and within the limits of `/sparql`."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, Final
from urllib.parse import urlencode

from flask import current_app
from pydantic import Field
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from xingtu.server.http.answers import take_body
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.mcp.answers import BUDGET, Page, brief, fit
from xingtu.server.mcp.doubts import doubt
from xingtu.server.mcp.terms import write_term
from xingtu.server.pages.asking import Term

SECONDS: Final = 10
_CELL: Final = 400  # characters
_ROWS: Final = 50
_MOST_ROWS: Final = 200
_TSV: Final = "text/tab-separated-values"
_NTRIPLES: Final = "application/n-triples"
# One line for each row or triple, so that they can be counted; ASK has JSON only.
_ACCEPT: Final = f"{_TSV}, {_NTRIPLES}, application/sparql-results+json;q=0.5"


class Result(Page):
    """The answer to a query, or a part of it: `notes` and `next_offset` tell."""

    columns: list[str] = Field(description="The variables; of triples: subject, predicate, object.")
    rows: list[list[str]] = Field(
        description="Terms as in a query; the empty string where a variable is unbound."
    )
    total: int = Field(description="How many rows the query has in all.")
    boolean: bool | None = Field(default=None, description="The answer to ASK.")

    def lines(self) -> Iterator[str]:
        """Give a line for each row, cells between tabs."""
        if self.boolean is not None:
            yield str(self.boolean).lower()
            return
        yield "\t".join(self.columns)
        yield from ("\t".join(row) for row in self.rows)
        if self.next_offset is None:
            yield f"(whole: {self.total} rows)" if not self.offset else "(the last rows)"


async def run_query(
    query: Annotated[
        str,
        Field(min_length=1, description="SPARQL 1.1 or 1.2, with its PREFIX lines. No updates."),
    ],
    limit: Annotated[int, Field(ge=1, le=_MOST_ROWS, description="Rows at most.")] = _ROWS,
    offset: Annotated[int, Field(ge=0, le=1_000_000, description="Rows to pass over.")] = 0,
    as_of: Annotated[
        str,
        Field(max_length=40, description="Ask only what was known on a day: 2025-12-31 or 2025."),
    ] = "",
) -> Result:
    """Run a SELECT, ASK, CONSTRUCT or DESCRIBE query, within 10 seconds.

    An answer that is cut says so, and how to go on. Terms of the ontology that do not exist are
    pointed out. For facts that you report, fetch_evidence tells the sources.
    """
    parameters = {"timeout": SECONDS * 1000, "as-of": as_of}
    chosen = urlencode({name: value for name, value in parameters.items() if value})
    headers = {"accept": _ACCEPT, "content-type": "application/sparql-query"}
    body = query.encode("utf-8", "replace")
    request = Request("POST", "/sparql", chosen.encode(), headers, body, base=_base())
    sparql: Endpoint = current_app.config["SPARQL"]
    response = await sparql(request)
    result = await asyncio.to_thread(_read, response, limit, offset)
    result.notes += await asyncio.to_thread(doubt, query, empty=not result.total)
    return result


def _base() -> str:
    base: str = current_app.config["BASE"]
    return base


def _read(response: Response, limit: int, offset: int) -> Result:
    body = take_body(response.body)
    media_type = dict(response.headers)["Content-Type"].partition(";")[0]
    if media_type == _NTRIPLES:
        triples = parse(body, RdfFormat.N_TRIPLES)
        rows = ([q.subject, q.predicate, q.object] for q in triples)
        return _page(["subject", "predicate", "object"], rows, body.count(b"\n"), limit, offset)
    syntax = QueryResultsFormat.from_media_type(media_type)
    results = parse_query_results(body, format=syntax)
    if isinstance(results, QueryBoolean):
        return Result(columns=[], rows=[], total=1, boolean=bool(results))
    assert isinstance(results, QuerySolutions)
    columns = [variable.value for variable in results.variables]
    return _page(columns, results, body.count(b"\n") - 1, limit, offset)


def _page(
    columns: list[str], rows: Iterable[Iterable[Term | None]], total: int, limit: int, offset: int
) -> Result:
    """Take a page of rows; longer cells are cut, and fewer rows given, if they are much."""
    length = max(20, min(_CELL, BUDGET // max(1, len(columns))))
    page = islice(rows, offset, offset + limit)
    kept = fit([brief(write_term(term), length) for term in row] for row in page)
    result = Result(columns=columns, rows=kept, total=total, offset=offset)
    result.turn(len(kept), offset + len(kept) < total, f"{total:,} rows")
    if result.next_offset is not None:
        result.notes[-1] += (
            " Or narrow the query, or count and group in it. ORDER BY fixes the order."
        )
    return result
