"""The tool that runs a query: through the gate and within the limits of `/sparql`."""

import asyncio
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
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
    media_type = dict(response.headers)["Content-Type"].partition(";")[0]
    if media_type == _NTRIPLES:
        page, total = _take(response.body, 0, limit, offset)
        triples = ([q.subject, q.predicate, q.object] for q in parse(page, RdfFormat.N_TRIPLES))
        return _page(["subject", "predicate", "object"], triples, total, offset)
    if media_type == _TSV:
        page, total = _take(response.body, 1, limit, offset)
        solutions = parse_query_results(page, format=QueryResultsFormat.TSV)
        assert isinstance(solutions, QuerySolutions)
        return _page([v.value for v in solutions.variables], solutions, total, offset)
    answer = parse_query_results(take_body(response.body), format=QueryResultsFormat.JSON)
    assert isinstance(answer, QueryBoolean)
    return Result(columns=[], rows=[], total=1, boolean=bool(answer))


def _take(body: bytes | Path, head: int, limit: int, offset: int) -> tuple[bytes, int]:
    """Take a page of a body that has a line for each row, and count all rows; a file is deleted.

    Args:
        body: The body.
        head: How many lines stand before the rows; they are kept.
        limit: Rows of the page at most.
        offset: Rows before it.
    """
    with BytesIO(body) if isinstance(body, bytes) else body.open("rb") as lines:
        kept = [*islice(lines, head)]
        passed = sum(1 for _ in islice(lines, offset))
        page = [*islice(lines, limit)]
        total = passed + len(page) + sum(1 for _ in lines)
    if isinstance(body, Path):
        body.unlink()
    return b"".join(kept + page), total


def _page(
    columns: list[str], rows: Iterable[Iterable[Term | None]], total: int, offset: int
) -> Result:
    """Write rows; longer cells are cut, and fewer rows given, if they are much."""
    length = max(20, min(_CELL, BUDGET // max(1, len(columns))))
    kept = fit([brief(write_term(term), length) for term in row] for row in rows)
    result = Result(columns=columns, rows=kept, total=total, offset=offset)
    result.turn(len(kept), offset + len(kept) < total, f"{total:,} rows")
    if result.next_offset is not None:
        result.notes.append(
            "Narrower, grouped or counted, it may be whole. ORDER BY fixes the order."
        )
    return result
