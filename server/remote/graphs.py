"""SPARQL texts for whole graphs, and for the copy of their union that is kept beside them.

A request with several updates is done as one by a store with transactions (SPARQL 1.1 Update
§2.2). N-Triples are triples in SPARQL's own syntax too, triple terms included.
"""

from pyoxigraph import NamedNode

from xingtu.server.remote.store import DEFAULT

_ANY = "?s ?p ?o"

ALL = f"SELECT ?g {{ GRAPH ?g {{ {_ANY} }} }} GROUP BY ?g"
"""Asks for the names of all graphs; with DISTINCT, Virtuoso takes hundreds of times longer."""


def exists(graph: NamedNode) -> str:
    """Ask whether a graph has triples."""
    return f"ASK {{ GRAPH {graph} {{ {_ANY} }} }}"


def contents(graph: NamedNode) -> str:
    """Ask for the triples of a graph."""
    return f"CONSTRUCT {{ {_ANY} }} WHERE {{ GRAPH {graph} {{ {_ANY} }} }}"


def drop(graph: NamedNode, union: str) -> str:
    """Delete a graph, if it is there.

    Args:
        graph: The graph.
        union: Where the union is kept, see `RemoteStore`; only this graph's own triples leave it.
    """
    gone = f"DROP SILENT GRAPH {graph}"
    return f"{leave_union(graph, union)} ;\n{gone}" if union else gone


def write(graph: NamedNode, triples: bytes, union: str, *, replace: bool) -> str:
    """Add triples to a graph, or put them in place of what it holds.

    Args:
        graph: The graph.
        triples: N-Triples.
        union: As for `drop`; the triples join it.
        replace: Whether the graph is emptied first.
    """
    steps = [f"INSERT DATA {{ GRAPH {graph} {{\n{triples.decode()}}} }}"]
    if replace:
        steps.insert(0, drop(graph, union))
    if union:
        steps.append(join_union(graph, union))
    return " ;\n".join(steps)


def leave_union(graph: NamedNode, union: str) -> str:
    """Take out of the union what is in no other graph; arguments as for `drop`."""
    copy = _ANY if union == DEFAULT else f"GRAPH {NamedNode(union)} {{ {_ANY} }}"
    kept = f"?other != {graph}"
    if union != DEFAULT:
        kept += f" && ?other != {NamedNode(union)}"
    return (
        f"DELETE {{ {copy} }} WHERE {{ GRAPH {graph} {{ {_ANY} }} "
        f"FILTER NOT EXISTS {{ GRAPH ?other {{ {_ANY} }} FILTER({kept}) }} }}"
    )


def join_union(graph: NamedNode, union: str) -> str:
    """Copy a graph into the union; arguments as for `drop`."""
    return f"ADD SILENT {graph} TO {'DEFAULT' if union == DEFAULT else NamedNode(union)}"
