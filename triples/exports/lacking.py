"""Which statements Wikidata lacks, by one query of its service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from xingtu.triples.exports.quickstatements import Command
from xingtu.triples.exports.times import DAY, MONTH, YEAR, Time
from xingtu.triples.iri import WIKIDATA

EXISTING: Final = """
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX psv: <http://www.wikidata.org/prop/statement/value/>
PREFIX wikibase: <http://wikiba.se/ontology#>
SELECT ?item ?property ?value ?precision WHERE {
  VALUES (?item ?property ?p ?ps ?psv) { %s }
  ?item ?p ?statement . ?statement ?ps ?value .
  OPTIONAL { ?statement ?psv ?node . ?node wikibase:timePrecision ?precision }
}"""
"""The statements of any rank: what was deprecated there is not to be added again."""
NAMES: Final = {"item", "property", "value", "precision"}


@dataclass
class Comparison:
    """The commands for what Wikidata lacks, has, or has another date for."""

    lacking: list[Command] = field(default_factory=list)
    known: list[Command] = field(default_factory=list)
    differing: list[Command] = field(default_factory=list)


def existing_query(commands: Iterable[Command]) -> str:
    """Return the query for all statements with the items and properties of the commands."""
    pairs = dict.fromkeys((command.item, command.pid) for command in commands)
    rows = (f"(wd:{item} wd:{pid} p:{pid} ps:{pid} psv:{pid})" for item, pid in pairs)
    return EXISTING % " ".join(rows)


def compare(commands: Sequence[Command], existing: ox.QuerySolutions) -> Comparison:
    """Sort the commands by what the answer to `existing_query` holds.

    A thing may have several items as values, but was launched once: a date is lacking only if
    there is none.

    Raises:
        ValueError: if the answer is to another query.
    """
    if missing := NAMES - {variable.value for variable in existing.variables}:
        raise ValueError(f"the answer has no {', '.join(sorted(missing))}")
    there: dict[tuple[str, str], list[ox.QuerySolution]] = {}
    for row in existing:
        item, pid = (_text(row, name).removeprefix(WIKIDATA) for name in ("item", "property"))
        there.setdefault((item, pid), []).append(row)
    comparison = Comparison()
    for command in commands:
        rows = there.get((command.item, command.pid), [])
        if any(_says(row, command.value) for row in rows):
            comparison.known.append(command)
        elif rows and isinstance(command.value, Time):
            comparison.differing.append(command)
        else:
            comparison.lacking.append(command)
    return comparison


def _says(row: ox.QuerySolution, value: str | Time) -> bool:
    """Tell whether a statement says the value, or a date that agrees with it."""
    theirs = _text(row, "value")
    if not isinstance(value, Time):
        return theirs == WIKIDATA + value
    precision = int(_text(row, "precision") or DAY)
    length = {YEAR: 4, MONTH: 7}.get(min(precision, value.precision), 10)
    return theirs[:length] == f"{value.year:04}-{value.month:02}-{value.day:02}"[:length]


def _text(row: ox.QuerySolution, name: str) -> str:
    return str(getattr(row[name], "value", ""))
