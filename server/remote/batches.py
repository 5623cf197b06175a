"""A dataset in batches that can be sent one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from xingtu.server.engine.dataset import DEFAULT_GRAPH
from xingtu.server.errors import InvalidGraphName

_WAITING: Final = 500_000  # triples that wait, in all, until their graph has a batch of them


def batch(
    quads: Iterable[Quad], size: int, waiting: int = _WAITING
) -> Iterator[tuple[NamedNode, list[Triple]]]:
    """Sort quads into batches, each of one graph.

    The triples of a graph that have blank nodes come in one batch, the last of the graph, however
    many they are: in two requests, one label means two nodes.

    Args:
        quads: The dataset; what is in no graph is put in `DEFAULT_GRAPH`.
        size: The triples of a batch.
        waiting: The triples that may wait, in all, until their graph has a batch of them.

    Raises:
        InvalidGraphName: if a graph is named by a blank node.
    """
    ready: defaultdict[NamedNode, list[Triple]] = defaultdict(list)
    last: defaultdict[NamedNode, list[Triple]] = defaultdict(list)
    number = 0
    for quad in quads:
        graph, triple = name_graph(quad), quad.triple
        if any(True for _ in blank_nodes(triple)):
            last[graph].append(triple)
            continue
        ready[graph].append(triple)
        number += 1
        if len(ready[graph]) < size and number >= waiting:
            graph = max(ready, key=lambda each: len(ready[each]))
        if len(ready[graph]) >= size or number >= waiting:
            number -= len(ready[graph])
            yield graph, ready.pop(graph)
    yield from ready.items()
    yield from last.items()


def name_graph(quad: Quad) -> NamedNode:
    """Give the name under which the graph of a quad goes into a store.

    Raises:
        InvalidGraphName: if it is a blank node.
    """
    name = quad.graph_name
    if isinstance(name, BlankNode):
        raise InvalidGraphName(f"the graph {name} has no IRI, so it cannot be put into a store")
    return DEFAULT_GRAPH if isinstance(name, DefaultGraph) else name


def blank_nodes(triple: Triple) -> Iterator[BlankNode]:
    """Give the blank nodes of a triple, those in triple terms too."""
    for term in (triple.subject, triple.object):
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from blank_nodes(term)
