"""Reading: the one place where a query meets the store."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cachetools import LRUCache
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from xingtu.server.engine.coding import compress
from xingtu.server.engine.dataset import DEFAULT_GRAPH, choose_graphs
from xingtu.server.engine.faults import engine_errors
from xingtu.server.engine.spool import Spool, refuse_many_triples, refuse_rows, refuse_triples
from xingtu.server.engine.tasks import Answer, Limits, Query, ReadGraph
from xingtu.server.errors import InvalidGraphName, NotFound
from xingtu.server.formats import (
    carries_any_graph,
    choose_graph_format,
    finish_body,
    results_syntax_of,
    syntax_of,
)

Graphs = tuple[NamedNode, ...]
QueryResults = QuerySolutions | QueryBoolean | QueryTriples


class Dataset:
    """A store, and the selections of its graphs that queries have asked for.

    Args:
        store: The quads, the union of the graphs in the default graph.
        union: The default graph alone, if that is at hand.
    """

    def __init__(self, store: Store, union: Store | None = None) -> None:
        self.store = store
        self._union = union
        self._choices: LRUCache[tuple[Graphs, Graphs], Store] = LRUCache(4)

    def solve(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> QueryResults:
        """Evaluate a query.

        Args:
            text: A complete SPARQL query, prefixes included.
            base_iri: The IRI against which relative IRIs of the query are resolved.
            default_graphs: The graphs whose merge is the default graph (`default-graph-uri`);
                they are only ever looked up in the store, never fetched.
            named_graphs: The graphs that GRAPH can reach (`named-graph-uri`).

        Returns:
            Solutions, a boolean or triples, by query form. Solutions and triples are lazy.

        Raises:
            MalformedQuery, UnknownFunction, InvalidGraphName: by the fault of the query.
        """
        with engine_errors(text):
            return self.begin(text, base_iri, default_graphs, named_graphs)

    def begin(
        self,
        text: str,
        base_iri: str | None,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
    ) -> QueryResults:
        """Do as `solve`, but raise what the engine raises."""
        if not default_graphs and not named_graphs:
            if self._union is None or _may_name_graphs(text):
                return self.store.query(text, base_iri=base_iri)
            return self._union.query(text, base_iri=base_iri)
        default, named = _graph_names(default_graphs), _graph_names(named_graphs)
        store, graph = self._choose(default, named)
        return store.query(text, base_iri=base_iri, default_graph=graph, named_graphs=[*named])

    def triples(self, graph: str | None) -> Iterator[Triple]:
        """Give one graph; None for the triples that were written without a graph.

        Raises:
            NotFound: if there is no such graph.
        """
        name = DEFAULT_GRAPH if graph is None else _graph_names([graph])[0]
        if graph is not None and not self.store.contains_named_graph(name):
            raise NotFound(f"there is no graph <{graph}>")
        return (quad.triple for quad in self.store.quads_for_pattern(None, None, None, name))

    def _choose(
        self, default: Graphs, named: Graphs
    ) -> tuple[Store, list[NamedNode | BlankNode | DefaultGraph]]:
        """Give a store, and what in it is the default graph."""
        if len(default) < 2:
            return self.store, [*default]
        if (default, named) not in self._choices:
            self._choices[default, named] = choose_graphs(self.store, default, named)
        return self._choices[default, named], [DefaultGraph()]


def read(dataset: Dataset, task: Query | ReadGraph, limits: Limits, folder: Path) -> Answer:
    """Do a task that only reads.

    Args:
        dataset: What to read.
        task: What to do; its `timeout` is the caller's business.
        limits: Rows and bytes the answer may have.
        folder: Where the file of a large answer is made.

    Returns:
        The answer, whole.

    Raises:
        QueryError, NotFound, NotAcceptable: see `errors.py`.
        OSError: if the disk is full.
    """
    with engine_errors(task.text if isinstance(task, Query) else ""):
        if isinstance(task, ReadGraph):
            return write_answer(dataset.triples(task.graph), task, limits, folder)
        results = dataset.begin(task.text, task.base_iri, task.default_graphs, task.named_graphs)
        return write_answer(results, task, limits, folder)


def write_answer(
    results: QueryResults | Iterator[Triple],
    task: Query | ReadGraph,
    limits: Limits,
    folder: Path,
) -> Answer:
    """Write results into an answer, whole, in the first of the task's formats that carries them.

    Raises:
        ResultTooLarge: if there are more rows, triples or bytes than the limits allow.
        NotAcceptable: if no format carries them.
        OSError: if the disk is full.
    """
    syntax: QueryResultsFormat | RdfFormat | None
    with Spool(folder, limits.answer) as spool:
        if isinstance(results, QuerySolutions | QueryBoolean):
            syntax = results_syntax_of(task.formats[0])
            results.serialize(spool.stream, format=syntax)
            refuse_rows(spool.close(), syntax, limits.rows)
        elif isinstance(results, QueryTriples) and carries_any_graph(task.formats[0]):
            syntax = syntax_of(task.formats[0])
            results.serialize(spool.stream, format=syntax)
            refuse_many_triples(spool.close(), syntax, limits.rows)
        else:
            triples = [*islice(results, limits.rows + 1)]
            refuse_triples(len(triples), limits.rows)
            syntax = choose_graph_format(triples, task.formats)
            serialize(triples, spool.stream, format=syntax)
        body, content_type = finish_body(spool.close(), syntax)
        coding, body = compress(body, task.coding)
        return Answer(body, content_type, coding)


def _may_name_graphs(text: str) -> bool:
    """Tell whether a query may have the words for graphs, also by an escape."""
    capitals = text.upper()
    return "GRAPH" in capitals or "FROM" in capitals or "\\" in text


def _graph_names(iris: Sequence[str]) -> Graphs:
    try:
        return tuple(NamedNode(iri) for iri in iris)
    except ValueError as error:
        raise InvalidGraphName(f"a graph must be named by an absolute IRI: {error}") from error
