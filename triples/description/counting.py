"""The dataset, counted by the queries in this folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from xingtu.triples import iri

FOLDER = Path(__file__).parent
Row = dict[str, ox.NamedNode | ox.Literal]


class Counts:
    """Answers the queries over named graphs and their union.

    Args:
        graphs: the triples of each, by the last part of its IRI.
    """

    def __init__(self, graphs: Mapping[str, set[ox.Triple]]) -> None:
        self.sizes = {name: len(triples) for name, triples in graphs.items()}
        self._store = ox.Store()
        for name, triples in graphs.items():
            for graph in (iri.graph(name), ox.DefaultGraph()):
                quads = (ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
                self._store.bulk_extend(quads)

    def solve(self, name: str) -> list[Row]:
        """Answer the query of a name; a row is without the variables that are unbound."""
        rows = self._store.query((FOLDER / f"{name}.rq").read_text("utf-8"))
        assert isinstance(rows, ox.QuerySolutions)
        names = [variable.value for variable in rows.variables]
        return [{name: row[name] for name in names if row[name] is not None} for row in rows]
