"""The invariant of every store that is written: its default graph is the union of the others.

Queries have that union as default graph. Made anew after each write it would cost seconds for a
million triples, so each write keeps it, in its own transaction. A triple leaves the union when the
last graph that has it loses it: an orphan.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from typing import Final, cast
from uuid import uuid4

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from xingtu.server.engine.dataset import DEFAULT_GRAPH

# Graphs that exist while a write is done, never in a snapshot. The names that updates use cannot
# be guessed, since a client's triples in such a graph would be lost.
_SCRATCH: Final = "https://w3id.org/xingtu/scratch/"
SCRATCH: Final = NamedNode(f"{_SCRATCH}{uuid4()}")

_BULK: Final = 5_000  # triples from which on files are quicker than a transaction


def unite(triples: Iterable[Triple], graph: NamedNode) -> Iterator[Quad]:
    """Give each triple twice, as a quad of the graph and of the union."""
    for triple in triples:
        yield Quad(triple.subject, triple.predicate, triple.object, graph)
        yield Quad(triple.subject, triple.predicate, triple.object)


def add_to_union(graph: str) -> str:
    """Write the operation that adds a graph, a name in SPARQL, to the union."""
    return f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"


def remove_orphans(graph: str, condition: str = "", ignored: Iterable[str] = ()) -> str:
    """Write the operation that removes a graph's triples from the union, but for those of others.

    Args:
        graph: The graph, a name in SPARQL, which is about to be emptied.
        condition: A FILTER without which nothing is to be removed.
        ignored: More graphs that do not count as others.
    """
    names = ", ".join([graph, *ignored])
    others = f"GRAPH ?g {{ ?s ?p ?o }} FILTER (?g NOT IN ({names}))"
    return (
        f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} {condition} "
        f"FILTER NOT EXISTS {{ {others} }} }}"
    )


def add(store: Store, contents: Mapping[NamedNode, Iterable[Triple]], size: int) -> None:
    """Add triples to graphs: all, or none if taking one of them raises; about `size` triples."""
    quads = (quad for graph, triples in contents.items() for quad in unite(triples, graph))
    if size < _BULK:
        store.extend(quads)
    else:
        store.bulk_extend(quads)


def replace(store: Store, contents: Mapping[NamedNode, Set[Triple]]) -> None:
    """Give graphs a new content, all of them or none.

    Of a graph that changes little only the difference is written. As no update can name the blank
    nodes of what has to go, that waits in a scratch graph; a crash leaves it behind at most, for
    `remove_scratch`.
    """
    gone: dict[NamedNode, Set[Triple]] = {}
    fresh: dict[NamedNode, Set[Triple]] = {}
    emptied: set[NamedNode] = set()
    for graph, new in contents.items():
        old = {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
        if 2 * len(old & new) < len(old):
            emptied.add(graph)
        elif old - new:
            gone[graph] = old - new
        fresh[graph] = new if graph in emptied else new - old
    if not gone and not emptied:
        add(store, fresh, sum(map(len, fresh.values())))
        return
    scratch = {graph: NamedNode(f"{SCRATCH.value}/{number}") for number, graph in enumerate(gone)}
    try:
        store.extend(
            Quad(triple.subject, triple.predicate, triple.object, scratch[graph])
            for graph, triples in gone.items()
            for triple in triples
        )
        store.update(";\n".join(_replacement(scratch, emptied, fresh)))
    except BaseException:
        with suppress(OSError, RuntimeError):
            remove_scratch(store)
        raise


def _replacement(
    scratch: Mapping[NamedNode, NamedNode],
    emptied: Set[NamedNode],
    fresh: Mapping[NamedNode, Set[Triple]],
) -> Iterator[str]:
    names = [str(name) for name in scratch.values()]
    for graph in emptied:
        yield remove_orphans(str(graph), ignored=names)
        yield f"CLEAR GRAPH {graph}"
    for graph, name in scratch.items():
        yield f"DELETE {{ GRAPH {graph} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}"
    for graph, triples in fresh.items():
        data = "".join(f"{triple} .\n" for triple in triples)
        yield f"INSERT DATA {{ GRAPH {graph} {{ {data} }} {data} }}"
    for name in scratch.values():
        yield remove_orphans(str(name), ignored=names)
        yield f"DROP GRAPH {name}"


def drop(store: Store, graph: NamedNode) -> None:
    """Delete a graph if it is there."""
    store.update(f"{remove_orphans(str(graph))}; DROP SILENT GRAPH {graph}")


def remove_scratch(store: Store) -> None:
    """Delete the scratch graphs that a write left behind when it was killed."""
    for graph in [*store.named_graphs()]:
        if isinstance(graph, NamedNode) and graph.value.startswith(_SCRATCH):
            drop(store, graph)


def count_quads(store: Store) -> int:
    """Count the quads, the union not among them."""
    query = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    solution = next(cast(QuerySolutions, store.query(query)))
    return int(cast(Literal, solution["n"]).value)


def list_quads(store: Store) -> Iterator[Quad]:
    """Give all quads graph by graph, those of `DEFAULT_GRAPH` first and without a graph."""
    for quad in store.quads_for_pattern(None, None, None, DEFAULT_GRAPH):
        yield Quad(quad.subject, quad.predicate, quad.object)
    for graph in store.named_graphs():
        if graph != DEFAULT_GRAPH and not graph.value.startswith(_SCRATCH):
            yield from store.quads_for_pattern(None, None, None, graph)
