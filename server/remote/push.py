"""Putting a dataset into a store elsewhere, graph by graph, over HTTP."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple, serialize

from xingtu.server.errors import LoadIncomplete
from xingtu.server.remote import graphs
from xingtu.server.remote.batches import batch, blank_nodes, name_graph
from xingtu.server.remote.sender import Sender
from xingtu.server.remote.store import DEFAULT, RemoteStore

_BATCH: Final = 10_000  # triples in a request to a graph store
_UPDATE: Final = 2_000  # in an update; Virtuoso runs out of memory from 5,000 on
_COMPARED: Final = 1_000_000  # triples among which one is looked for that two graphs hold


@dataclass(slots=True)
class Pushed:
    """What became of a dataset.

    `graphs` counts the triples of each graph in the store. `left_out` are those with a triple term
    (RDF 1.2), where the store does not know them. `split` are the blank nodes that several graphs
    share: in the store each graph has its own.
    """

    graphs: dict[NamedNode, int] = field(default_factory=dict)
    left_out: int = 0
    split: int = 0


def push(
    store: RemoteStore,
    quads: Iterable[Quad],
    *,
    advance: Callable[[int], object] = lambda number: None,
    pause: Callable[[float], object] = time.sleep,
) -> Pushed:
    """Put graphs into a store, each in place of the graph of that name; its other graphs stay.

    The union of the graphs is brought up to date, if the store keeps one. After a failure it can
    be begun again. It takes about 100 bytes of memory for each quad, to count them.

    Args:
        store: Where to.
        quads: The dataset; a label of a blank node means the same one throughout.
        advance: Is told how many quads are done since it was last told.
        pause: Waits for so many seconds before another try.

    Raises:
        QueryError, ServerBusy: if the store does not take it; see `reply.py`.
        InvalidGraphName: if a graph is named by a blank node.
        LoadIncomplete: if the store does not show in the end what was sent.
    """
    tally = _Tally(advance)
    with Sender(store, pause) as sender:
        for graph, triples in batch(
            _storable(quads, sender, tally), _BATCH if store.graphs else _UPDATE
        ):
            first = graph not in tally.begun
            if first and store.union:
                sender.update(graphs.leave_union(graph, store.union))
            tally.begun.add(graph)
            body = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
            sender.write(graph, body, replace=first)
            advance(len(triples))
        for graph in tally.begun:
            if store.union:
                sender.update(graphs.join_union(graph, store.union))
            _verify_graph(sender, graph, len(tally.triples[graph]))
        _verify_union(sender, store, tally.sample)
    counts = {graph: len(triples) for graph, triples in tally.triples.items()}
    return Pushed(counts, tally.left_out, len(tally.split))


class _Tally:
    """What has been seen of a dataset: hashes only, so that it can be large."""

    def __init__(self, advance: Callable[[int], object]) -> None:
        self.begun: set[NamedNode] = set()
        self.triples: defaultdict[NamedNode, set[int]] = defaultdict(set)
        self.left_out = 0
        self.split: set[BlankNode] = set()
        self.sample: Triple | None = None
        """A triple that several graphs hold, if one was found; else any."""
        self._advance = advance
        self._homes: dict[BlankNode, NamedNode] = {}
        self._compared: dict[int, NamedNode] = {}
        self._found = False

    def leave_out(self) -> None:
        """Count a triple that is not sent."""
        self.left_out += 1
        self._advance(1)

    def count(self, quad: Quad) -> None:
        """Count a quad that is sent."""
        graph, triple = name_graph(quad), quad.triple
        self.triples[graph].add(hash(triple))
        nodes = [*blank_nodes(triple)]
        self.split.update(node for node in nodes if self._homes.setdefault(node, graph) != graph)
        if not nodes and not self._found and isinstance(triple.object, NamedNode):
            self._compare(triple, graph)

    def _compare(self, triple: Triple, graph: NamedNode) -> None:
        if len(self._compared) < _COMPARED:
            home = self._compared.setdefault(hash(triple), graph)
            self._found = home != graph
        if self._found or self.sample is None:
            self.sample = triple
        if self._found:
            self._compared.clear()


def _storable(quads: Iterable[Quad], sender: Sender, tally: _Tally) -> Iterator[Quad]:
    known: bool | None = None
    for quad in quads:
        if isinstance(quad.object, Triple):
            known = sender.knows_triple_terms() if known is None else known
            if not known:
                tally.leave_out()
                continue
        tally.count(quad)
        yield quad


def _verify_graph(sender: Sender, graph: NamedNode, sent: int) -> None:
    held = sender.count(f"GRAPH {graph} {{ ?s ?p ?o }}")
    if held != sent:
        raise LoadIncomplete(f"of {sent} triples of {graph}, the store has {held}; load it again")


def _verify_union(sender: Sender, store: RemoteStore, sample: Triple | None) -> None:
    """See whether a query's default graph shows a triple of the graphs, and shows it once."""
    if sample is None:
        return
    number = sender.count(str(sample), store.union if store.union != DEFAULT else "")
    if number == 0:
        raise LoadIncomplete(
            "the default graph of the store does not show its named graphs: have the union kept"
        )
    if number > 1:
        raise LoadIncomplete(
            "the default graph of the store has a triple once for each graph that holds it, which "
            "makes counts wrong: have the union kept in a named graph"
        )
