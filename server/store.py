"""The packaged dataset as a store, and the one place where a query meets it.

The dataset of a query (SPARQL 1.1 Query §13.2, Protocol §2.1.4) is the one the request names, else
the one its FROM clauses name, else every named graph, with their union as default graph. We keep
that union as triples of the default graph, since pyoxigraph 0.5, asked to make it, is deaf to FROM
and yields a triple once for each graph that holds it (oxigraph#1919): two articles that state one
fact would double every count.
"""

import re
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)

QueryResults = QuerySolutions | QueryBoolean | QueryTriples

MAX_QUERY_LENGTH: Final = 64 * 1024  # in characters; bounds the two searches below as well

# pyoxigraph's parser and evaluator recurse: nested groups overflow the stack of a thread (and end
# the process) from about 600 on, chains of operators from about 5,000. We count everywhere, in
# strings and IRIs too, so that nothing can be hidden from the count.
_LIMITS: Final = {"{([": 500, "+!|&^*": 2_000, "-/": 8_000}

_GAP: Final = r"(?:\s|\#[^\r\n]*)*+"  # white space and comments
# Deliberately wider than the grammar: it looks into strings and comments too, so no trick of
# quoting can hide a clause from it. A keyword needs no space before it ("?s ?p 1SERVICE<x>{}").
_SERVICE: Final = re.compile(
    rf"""(?: (?<![A-Za-z_?$:-]) | (?<=true) | (?<=false) ) SERVICE {_GAP} (?:SILENT {_GAP})?
    (?:<[^>]*> | (?:[^\s{{}}<>"\#\\]++|\\.)++) {_GAP} \{{""",  # the endpoint, then the group
    re.IGNORECASE | re.VERBOSE,
)
_POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class MissingDataset(Exception):
    """The packaged dataset has not been built."""


class QueryError(Exception):
    """A query that is not answered, by the fault of the query."""


class MalformedQuery(QueryError):
    """A query that does not parse; `line` and `column` count from 1, None when unknown."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(place + detail)
        self.line = line
        self.column = column


class UnknownFunction(QueryError):
    """A query that calls an extension function the store does not have."""


class InvalidGraphName(QueryError):
    """A graph of the protocol's dataset whose name is not an absolute IRI."""


class QueryTooLong(QueryError):
    """A query of more than `MAX_QUERY_LENGTH` characters."""


class QueryTooComplex(QueryError):
    """A query of so many groups or operators that it could overflow the stack."""


class RefusedOperation(QueryError):
    """A well-formed request for something this endpoint does not do."""


def open_store() -> Store:
    """Load the packaged dataset, `triples/release/dataset.nq`, into a store in memory.

    Returns:
        The store, its quads in the named graphs of the file.

    Raises:
        MissingDataset: if the file is not there.
    """
    dataset = files("xingtu.triples") / "release" / "dataset.nq"
    if not dataset.is_file():
        raise MissingDataset(f"no dataset at {dataset}; run `xingtu build` to make it")
    with as_file(dataset) as path:
        return load_store(path, RdfFormat.N_QUADS)


def load_store(path: Path, format_: RdfFormat) -> Store:
    """Load a dataset into a store in memory, the union of its graphs into the default graph.

    Raises:
        SyntaxError: if the file is not of that format.
    """
    store = Store()
    store.bulk_load(path=path, format=format_)
    store.bulk_extend({Quad(quad.subject, quad.predicate, quad.object) for quad in store})
    return store


def evaluate(
    store: Store,
    query: str,
    *,
    base_iri: str | None = None,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> QueryResults:
    """Evaluate a query over the store.

    Args:
        store: The quads to query; graphs are only ever looked up in it, never fetched.
        query: A complete SPARQL query, prefixes included.
        base_iri: The IRI against which relative IRIs of the query are resolved.
        default_graphs: The graphs whose merge is the default graph (`default-graph-uri`).
        named_graphs: The graphs that GRAPH can reach (`named-graph-uri`).

    Returns:
        Solutions, a boolean or triples, by query form. Solutions and triples are lazy.

    Raises:
        QueryError: by its subclasses, if the query is malformed, too long or too complex, names
            a graph by anything but an absolute IRI, calls an unknown function or has a SERVICE
            clause.
    """
    refuse_size(query)
    refuse_service(query)
    chosen = bool(default_graphs or named_graphs)
    try:
        return store.query(
            query,
            base_iri=base_iri,
            default_graph=[*_graph_names(default_graphs)] if chosen else None,
            named_graphs=[*_graph_names(named_graphs)] if chosen else None,
        )
    except SyntaxError as error:
        raise _malformed(str(error)) from error
    except RuntimeError as error:
        raise UnknownFunction(str(error)) from error


def refuse_size(query: str) -> None:
    """Refuse a query that is too long, or could crash the engine by its nesting or its chains.

    Raises:
        QueryTooLong: if the text has more than `MAX_QUERY_LENGTH` characters.
        QueryTooComplex: if it has more brackets or operators than `_LIMITS` allows.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise QueryTooLong(f"the query has {len(query)} characters, of {MAX_QUERY_LENGTH} allowed")
    for marks, limit in _LIMITS.items():
        count = sum(map(query.count, marks))
        if count > limit:
            kinds = " ".join(marks)
            raise QueryTooComplex(f"the query has {count} of {kinds}, of {limit} allowed")


def refuse_service(query: str) -> None:
    """Refuse federation: pyoxigraph would send HTTP requests from inside our network.

    Args:
        query: The text of a query, well-formed or not.

    Raises:
        RefusedOperation: if the text may contain a SERVICE clause (SPARQL 1.1 Federated Query).
    """
    if _SERVICE.search(query):
        raise RefusedOperation(
            "SERVICE is not available here: this endpoint sends no request to other endpoints. "
            "If the word stands in a string, a comment or a variable, reword it"
        )


def _graph_names(iris: Sequence[str]) -> list[NamedNode]:
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise InvalidGraphName(f"a graph must be named by an absolute IRI: {error}") from error


def _malformed(message: str) -> MalformedQuery:
    """Shorten the parser's message, which spells out whole character classes."""
    position = _POSITION.fullmatch(message)
    line, column, expected = position.groups() if position else (None, None, message)
    items = " ".join(expected.split()).split(", ")
    detail = ", ".join(item for item in items if not item.startswith("["))
    if line is None or column is None:
        return MalformedQuery(detail)
    return MalformedQuery(detail, int(line), int(column))
