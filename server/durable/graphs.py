"""Writing one graph: what the graph store protocol asks for."""

from typing import Final

from pyoxigraph import NamedNode, Store

from xingtu.server.durable import union
from xingtu.server.durable.documents import read_triples
from xingtu.server.engine.dataset import DEFAULT_GRAPH
from xingtu.server.engine.tasks import Answer, DropGraph, WriteGraph
from xingtu.server.errors import InvalidGraphName, NotFound

_BYTES_PER_TRIPLE: Final = 100


def write_graph(store: Store, task: WriteGraph) -> Answer:
    """Put documents into a graph, all of them or nothing.

    Raises:
        MalformedData, UnsupportedBody: by the fault of a document.
        InvalidGraphName: if the graph is not named by an absolute IRI.
    """
    graph = _graph_name(task.graph)
    triples = read_triples(task.documents, task.base_iri)
    exists = store.contains_named_graph(graph)
    if task.replace and exists:
        union.replace(store, {graph: set(triples)})
    else:
        size = sum(len(document) for document, _ in task.documents) // _BYTES_PER_TRIPLE
        union.add(store, {graph: triples}, size)
        if graph != DEFAULT_GRAPH:  # which is always there
            store.add_graph(graph)  # even if the documents are empty
    return Answer(created=not exists and graph != DEFAULT_GRAPH)


def drop_graph(store: Store, task: DropGraph) -> Answer:
    """Delete a graph.

    Raises:
        NotFound: if there is no such graph.
        InvalidGraphName: if it is not named by an absolute IRI.
    """
    graph = _graph_name(task.graph)
    if graph != DEFAULT_GRAPH and not store.contains_named_graph(graph):
        raise NotFound(f"there is no graph {graph}")
    union.drop(store, graph)
    return Answer()


def _graph_name(graph: str | None) -> NamedNode:
    try:
        return DEFAULT_GRAPH if graph is None else NamedNode(graph)
    except ValueError as error:
        raise InvalidGraphName(f"a graph must be named by an absolute IRI: {error}") from error
