"""Which classes of Wikidata the things of our classes belong to there."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from xingtu.ontology import PREFIXES, SPARQL_PREFIXES, load_schema

_FILE: Final = Path(__file__).parent / "classes.tsv"
_MATCHES: Final = "SELECT ?ours ?item { ?ours skos:closeMatch ?item . ?ours a owl:Class }"


@dataclass(frozen=True)
class ClassTable:
    """The items that are classes of Wikidata, by the local names of ours.

    What is said of a class holds for its subclasses too.
    """

    items: dict[str, frozenset[str]]

    @property
    def all_items(self) -> frozenset[str]:
        """Every item of the table."""
        return frozenset().union(*self.items.values())

    def name(self, item: str) -> str:
        """Name an item with the classes of ours that it belongs to."""
        ours = sorted(name for name, items in self.items.items() if item in items)
        return f"{item} ({', '.join(ours)})"

    def fitting(self, types: frozenset[str]) -> frozenset[str]:
        """Give the items that things of these types may be instances of.

        They are those of the types, of the classes above them, and of the classes below them, since
        the item may be known more exactly than the thing.

        Args:
            types: Local names of classes, with all their superclasses or without.
        """
        ancestors = load_schema().ancestors
        known = frozenset().union(*(ancestors.get(name, frozenset()) for name in types))
        exact = {
            name for name in known if not any(name in ancestors[other] for other in known - {name})
        }
        related = [
            items
            for name, items in self.items.items()
            if name in known or not exact.isdisjoint(ancestors[name])
        ]
        return frozenset().union(*related)


@cache
def read_classes() -> ClassTable:
    """Read `classes.tsv`, and the matches of classes that the ontology has."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[row["class"]].add(row["item"])
    rows = load_schema().store.query(SPARQL_PREFIXES + _MATCHES)
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        ours, item = row["ours"].value, row["item"].value
        found[ours.removeprefix(PREFIXES["xt"])].add(item.removeprefix(PREFIXES["wd"]))
    return ClassTable({name: frozenset(items) for name, items in found.items()})
