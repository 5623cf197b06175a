"""The dataset as it was known on a day: the graphs of the articles published by then."""

import json
from datetime import date
from typing import Final

from xingtu.server.engine.tasks import Engine, Query
from xingtu.triples import iri

_SUBSETS: Final = f"""
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?graph ?article ?latest {{
  <{iri.graph("dataset").value}> void:subset ?graph
  OPTIONAL {{
    ?graph dcterms:source ?article
    OPTIONAL {{ ?article <{iri.term("latest").value}> ?latest }}
  }}
}}"""


class History:
    """Knows which graphs there were when.

    Args:
        engine: Holds the dataset, with its description.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._version = ""
        self._subsets: list[dict[str, str]] = []

    async def graphs_by(self, day: date) -> tuple[str, ...]:
        """Give the graphs as known at the end of a day.

        Args:
            day: The day, in UTC.

        Returns:
            The graphs of the articles that were surely published by then, and those that rest on
            no article; the inferred graph, which rests on all, only if all are among them.
        """
        await self._refresh()
        published = {
            row["graph"]: row.get("latest", "9999")[:10] <= day.isoformat()
            for row in self._subsets
            if "article" in row
        }
        names = [row["graph"] for row in self._subsets if published.get(row["graph"], True)]
        if not all(published.values()):
            names.remove(iri.graph("inferred").value)
        return tuple(names)

    async def _refresh(self) -> None:
        if self._version and self._version == self._engine.version:
            return
        version = self._engine.version
        task = Query(_SUBSETS, iri.ONTOLOGY.value, ("application/sparql-results+json",))
        answer = await self._engine.run(task)
        assert isinstance(answer.body, bytes)
        rows = json.loads(answer.body)["results"]["bindings"]
        self._subsets = [{name: term["value"] for name, term in row.items()} for row in rows]
        self._version = version
