"""Stored queries: `queries/*.rq`, asked about given terms.

A stored query is whole SPARQL: where a page gives it terms it reads `VALUES ?thing { UNDEF }`, and
so, asked as it stands, it answers for everything. The terms that a page puts there are written by
pyoxigraph, which has checked them; no text of a user ever becomes query text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from cachetools import LRUCache, cached
from flask import current_app, g
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from xingtu.server.engine.tasks import Answer, Query, Task

FOLDER: Final = Path(__file__).parent / "queries"
_FURTHER: Final = "# further patterns"
JSON: Final = "application/sparql-results+json"

Term = NamedNode | BlankNode | Literal | Triple
Row = dict[str, Term]
"""A solution: variable → term, without the unbound ones."""
Values = NamedNode | Literal | tuple[NamedNode | Literal, ...]
Terms = Mapping[str, Iterable[Values]]


@dataclass(frozen=True)
class Asked:
    """A stored query with its terms in place, for the link to the query behind a page."""

    name: str
    text: str

    @property
    def title(self) -> str:
        """What it asks, from its first line."""
        return self.text.partition("\n")[0].removeprefix("# title: ")


def ask(
    name: str,
    terms: Terms | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
    where: str = "",
) -> list[Row]:
    """Ask a stored query.

    Args:
        name: The stem of its file.
        terms: What to put into it; see `fill`.
        limit: How many rows at most.
        offset: How many rows to pass over.
        where: Graph patterns to put in place of the comment `# further patterns`.

    Returns:
        The solutions, in the order of the query.

    Raises:
        QueryError, ServerBusy: as the engine does.
    """
    text = fill(name, terms or {}).replace(_FURTHER, where)
    if limit is not None:
        text += f"\nLIMIT {limit:d} OFFSET {offset:d}"
    asked().append(Asked(name, text))
    return solve(text)


def ask_once(name: str) -> list[Row]:
    """Ask a stored query about everything, once for each version of the dataset."""
    asked().append(Asked(name, read_query(name)))
    return _answers(current_app.config["ENGINE"].version, name)


@cached(LRUCache(32), lock=Lock())
def _answers(_version: str, name: str) -> list[Row]:
    return solve(read_query(name))


def solve(text: str) -> list[Row]:
    """Evaluate a SELECT query; raises what the engine raises."""
    body = body_of(run(text, (JSON,)))
    solutions = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [
        {name: term for name, term in zip(names, row, strict=True) if term is not None}
        for row in solutions
    ]


def run(text: str, formats: tuple[str, ...]) -> Answer:
    """Evaluate a query of any form; `formats` are media types, best first."""
    return perform(
        Query(text=text, base_iri=current_app.config["BASE"] + "/sparql", formats=formats)
    )


def perform(task: Task) -> Answer:
    """Have the engine do a task."""
    answer: Answer = current_app.config["RUN"](task)
    return answer


def fill(name: str, terms: Terms) -> str:
    """Put terms into a stored query.

    Args:
        name: The stem of its file.
        terms: For each `VALUES ?name { UNDEF }` of the query the terms to put there; for a
            `VALUES (?a ?b) { (UNDEF UNDEF) }`, under the name `a b`, tuples of them.
    """
    text = read_query(name)
    for variables, values in terms.items():
        names = variables.split()
        head, blank = f"?{variables}", "UNDEF"
        if len(names) > 1:
            head = f"({' '.join(f'?{name}' for name in names)})"
            blank = f"({' '.join('UNDEF' for _ in names)})"
        slot = f"VALUES {head} {{ {blank} }}"
        if slot not in text:
            raise LookupError(f"{name}.rq has no {slot}")
        text = text.replace(slot, f"VALUES {head} {{ {' '.join(map(_write, values))} }}")
    return text


@cache
def read_query(name: str) -> str:
    """Read a stored query."""
    return (FOLDER / f"{name}.rq").read_text("utf-8")


def asked() -> list[Asked]:
    """List the stored queries that this request has asked so far."""
    queries: list[Asked] = g.setdefault("asked", [])
    return queries


def nodes_of(rows: Iterable[Row], *names: str) -> list[NamedNode]:
    """Give the IRIs that some variables have, or all variables, each once."""
    terms = (term for row in rows for name, term in row.items() if not names or name in names)
    return [term for term in dict.fromkeys(terms) if isinstance(term, NamedNode)]


def body_of(answer: Answer) -> bytes:
    """Give the bytes of an answer; if they are in a file, it is deleted."""
    if isinstance(answer.body, bytes):
        return answer.body
    try:
        return answer.body.read_bytes()
    finally:
        answer.body.unlink(missing_ok=True)


def _write(values: Values) -> str:
    return f"({' '.join(map(str, values))})" if isinstance(values, tuple) else str(values)
