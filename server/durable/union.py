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

    Only what differs is written, in one update. That cannot name the blank nodes of what has to
    go, which therefore waits in scratch graphs; a crash leaves those behind at most, for
    `remove_scratch`.
    """
    old = {g: {q.triple for q in store.quads_for_pattern(None, None, None, g)} for g in contents}
    fresh = {graph: contents[graph] - old[graph] for graph in contents}
    gone = {graph: triples for graph in contents if (triples := old[graph] - contents[graph])}
    if not gone:
        add(store, fresh, sum(map(len, fresh.values())))
        return
    scratch = {graph: NamedNode(f"{SCRATCH.value}/{number}") for number, graph in enumerate(gone)}
    try:
        store.extend(
            Quad(triple.subject, triple.predicate, triple.object, scratch[graph])
            for graph in gone
            for triple in gone[graph]
        )
        store.update(_swap(scratch, fresh))
    except BaseException:
        with suppress(OSError, RuntimeError):
            remove_scratch(store)
        raise


def _swap(scratch: Mapping[NamedNode, NamedNode], fresh: Mapping[NamedNode, Set[Triple]]) -> str:
    names = [str(name) for name in scratch.values()]
    data = "\n".join(_data(graph, triples) for graph, triples in fresh.items())
    operations = [
        *(
            f"DELETE {{ GRAPH {graph} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}"
            for graph, name in scratch.items()
        ),
        f"INSERT DATA {{ {data} }}",
        *(remove_orphans(name, ignored=names) for name in names),
        *(f"DROP GRAPH {name}" for name in names),
    ]
    return ";\n".join(operations)


def _data(graph: NamedNode, triples: Set[Triple]) -> str:
    text = "".join(f"{triple} .\n" for triple in triples)
    return f"GRAPH {graph} {{ {text} }}\n{text}"


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
