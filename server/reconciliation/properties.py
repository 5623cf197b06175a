"""The types and properties of the service: those of the ontology, and a few names for what is not.

Identifiers are local names, such as `Mission` or `launchDate`: OpenRefine puts them into addresses
as they are.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from xingtu.ontology import XT
from xingtu.server.pages.kinds import order_of
from xingtu.server.pages.language import translate
from xingtu.server.pages.naming import choose_text
from xingtu.server.pages.vocabulary import (
    CLASS,
    DATA,
    OBJECT,
    Labels,
    ancestors,
    read_vocabulary,
)
from xingtu.server.reconciliation.index import RecordIndex
from xingtu.server.reconciliation.records import Record
from xingtu.triples.names.normalizing import normalize

Json = dict[str, Any]

_NAMES: Final = {
    "label-en": "Name in English",
    "label-zh": "Name in Chinese",
    "altLabel": "Other names",
    "definition": "Definition",
    "wikidata": "Wikidata item",
    "type": "Type",
}
"""What every record can have beside the properties of the ontology."""


@dataclass(frozen=True)
class Described:
    """A type or property, by its identifier; `used` is how many records have it."""

    id: str
    labels: Labels
    definitions: Labels
    used: int

    def brief(self, language: str) -> Json:
        """Give identifier and name."""
        found = choose_text(self.labels, language)
        return {"id": self.id, "name": found.text if found else self.id}

    def full(self, language: str) -> Json:
        """Give identifier, name and definition."""
        found = choose_text(self.definitions, language)
        return self.brief(language) | ({"description": found.text} if found else {})


@cache
def name_types(names: tuple[str, ...], language: str) -> tuple[Json, ...]:
    """Give identifiers and names of classes."""
    return tuple(describe_type(name).brief(language) for name in names)


def describe_type(name: str, used: int = 0) -> Described:
    """Describe a class by its local name, whether or not there is one."""
    return _describe(name, used, CLASS)


def describe_property(name: str, used: int = 0) -> Described:
    """Describe a property by its identifier, whether or not there is one."""
    if text := _NAMES.get(name):
        return Described(name, {tag: translate(text, tag) for tag in ("en", "zh")}, {}, used)
    return _describe(name, used, OBJECT, DATA)


def list_types(index: RecordIndex) -> list[Described]:
    """List the classes that records have, those of most records first."""
    used = Counter(name for record in index.records.values() for name in record.classes)
    return [describe_type(name, count) for name, count in sorted(used.items(), key=_most)]


def list_properties(records: Iterable[Record]) -> list[Described]:
    """List the properties that records have, names first, then those of most records."""
    used = Counter(prop for record in records for prop, values in record.facts.items() if values)
    names = [name for name in _NAMES if used[name]]
    others = sorted(((p, n) for p, n in used.items() if p not in _NAMES), key=_most)
    known = [(name, count) for name, count in others if XT + name in read_vocabulary()]
    return [describe_property(name, used[name]) for name in [*names, *dict(known)]]


def search(listed: Iterable[Described], prefix: str) -> list[Described]:
    """Find types or properties by identifier or the start of a word of a name; all, if it is empty.

    Whole names come first, then the starts of names.
    """
    wanted = normalize(prefix)
    ranked = [(min(_fits(each, wanted)), each) for each in listed]
    found = [(fit, each) for fit, each in ranked if fit < 3]
    return [each for _, each in sorted(found, key=lambda pair: (pair[0], -pair[1].used))]


def types_of(record: Record) -> tuple[str, ...]:
    """List the local names of the classes of a record, the most specific first.

    OpenRefine guesses the type of a column by their places as much as by their number.
    """
    return _order_types(record.types, record.classes)


@cache
def _order_types(specific: tuple[str, ...], classes: frozenset[str]) -> tuple[str, ...]:
    general = sorted(classes.difference(specific), key=_depth)
    return (*specific, *general[::-1])


def _fits(described: Described, wanted: str) -> list[int]:
    names = [normalize(name) for name in (described.id, *described.labels.values())]
    return [
        0 if name == wanted else 1 if name.startswith(wanted) else 2 if f" {wanted}" in name else 3
        for name in names
    ]


def _describe(name: str, used: int, *kinds: str) -> Described:
    term = read_vocabulary().get(XT + name)
    if term is None or term.kind not in kinds:
        return Described(name, {}, {}, used)
    return Described(name, term.labels, term.definitions, used)


def _most(pair: tuple[str, int]) -> tuple[int, tuple[int, str]]:
    return -pair[1], order_of(XT + pair[0])


@cache
def _depth(name: str) -> tuple[int, str]:
    return len(ancestors(XT + name)), name
