"""The quads in the braces of an update, each written out."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import uuid4

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Triple

from xingtu.server.durable.tokens import rename_variables

_STAND_IN: Final = f"urn:uuid:{uuid4()}:"  # begins the IRIs that stand for variables

Term = NamedNode | BlankNode | Literal | Triple


class Pattern(NamedTuple):
    """A quad, in SPARQL; `graph` is "" for none."""

    graph: str
    triple: str


def expand(group: str, prologue: str, base_iri: str | None) -> list[Pattern]:
    """Write out the quads of a group of data or of a template.

    pyoxigraph does it, a variable being an IRI to it, so that every syntax it knows is understood;
    and a blank node without a label gets one, by which both graph and union can have it.
    """
    data = rename_variables(group, lambda name: f"<{_STAND_IN}{name}>")
    store = Store()
    store.update(f"{prologue} INSERT DATA {data}", base_iri=base_iri)
    return [
        Pattern(
            "" if isinstance(quad.graph_name, DefaultGraph) else _write(quad.graph_name),
            f"{_write(quad.subject)} {_write(quad.predicate)} {_write(quad.object)} .",
        )
        for quad in store
    ]


def in_graphs(patterns: Iterable[Pattern], default: str) -> str:
    """Write quads, those without a graph in the graph `default`."""
    quads = sorted(Pattern(graph or default, triple) for graph, triple in patterns)
    graphs = groupby(quads, attrgetter("graph"))
    return " ".join(f"GRAPH {graph} {{ {in_none(group)} }}" for graph, group in graphs)


def in_none(patterns: Iterable[Pattern]) -> str:
    """Write the triples of quads."""
    return "\n".join(pattern.triple for pattern in patterns)


def _write(term: Term) -> str:
    if isinstance(term, NamedNode) and term.value.startswith(_STAND_IN):
        return "?" + term.value.removeprefix(_STAND_IN)
    if isinstance(term, Triple):
        return f"<<( {_write(term.subject)} {_write(term.predicate)} {_write(term.object)} )>>"
    return str(term)
