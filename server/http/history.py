"""The dataset as it was known on a day: the graphs of the articles published by then."""

import json
from datetime import date
from typing import Final

from xingtu.server.engine.tasks import Engine, Query
from xingtu.triples import iri

_SUBSETS: Final = f"""
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?graph (MAX(?day) AS ?latest) {{
  <{iri.graph("dataset").value}> void:subset ?graph
  OPTIONAL {{
    ?graph dcterms:source ?article
    GRAPH ?graph {{ ?claim <{iri.term("asOf").value}> ?day }}
  }}
}} GROUP BY ?graph"""


class History:
    """Knows which graphs there were when.

    Args:
        engine: Holds the dataset, with its description.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._version = ""
        self._subsets: dict[str, str] = {}  # graph → day of its latest claim, "" if it has none

    async def graphs_by(self, day: date) -> tuple[str, ...]:
        """Give the graphs as known at the end of a day.

        Args:
            day: The day, in UTC.

        Returns:
            The graphs of the articles that were published by then, and those that rest on no
            article; the inferred graph, which rests on all, only if all are among them. An article
            whose day is not known counts from the earliest that it can be, as its claims do
            (`xt:asOf`). Nothing if the dataset does not describe itself.
        """
        await self._refresh()
        known = [graph for graph, latest in self._subsets.items() if latest <= day.isoformat()]
        if len(known) < len(self._subsets):
            known.remove(iri.graph("inferred").value)
        return tuple(known)

    async def _refresh(self) -> None:
        if self._version and self._version == self._engine.version:
            return
        version = self._engine.version
        task = Query(_SUBSETS, iri.ONTOLOGY.value, ("application/sparql-results+json",))
        answer = await self._engine.run(task)
        assert isinstance(answer.body, bytes)
        rows = json.loads(answer.body)["results"]["bindings"]
        self._subsets = {
            row["graph"]["value"]: row["latest"]["value"][:10] if "latest" in row else ""
            for row in rows
            if "graph" in row
        }
        self._version = version
