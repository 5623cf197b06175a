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
from xingtu.server.names.normalizing import normalize
from xingtu.server.pages.kinds import order_of
from xingtu.server.pages.language import translate
from xingtu.server.pages.naming import choose_text
from xingtu.server.pages.vocabulary import (
    CLASS,
    DATA,
    OBJECT,
    Labels,
    Term,
    ancestors,
    read_vocabulary,
)
from xingtu.server.reconciliation.index import RecordIndex
from xingtu.server.reconciliation.records import Record

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


def describe_type(name: str) -> Described:
    """Describe a class by its local name, whether or not there is one."""
    term = _term(name)
    known = term is not None and term.kind == CLASS
    return _describe(name, term if known else None, 0)


def describe_property(name: str, used: int = 0) -> Described:
    """Describe a property by its identifier, whether or not there is one."""
    if text := _NAMES.get(name):
        return Described(name, {tag: translate(text, tag) for tag in ("en", "zh")}, {}, used)
    term = _term(name)
    return _describe(name, term if term and term.kind in {OBJECT, DATA} else None, used)


def list_types(index: RecordIndex) -> list[Described]:
    """List the classes that records have, those of most records first."""
    used = Counter(name for record in index.records.values() for name in record.classes)
    return [_describe(name, _term(name), count) for name, count in sorted(used.items(), key=_most)]


def list_properties(records: Iterable[Record]) -> list[Described]:
    """List the properties that records have, names first, then those of most records."""
    used = Counter(prop for record in records for prop, values in record.facts.items() if values)
    names = [name for name in _NAMES if used[name]]
    others = sorted(((p, n) for p, n in used.items() if p not in _NAMES), key=_most)
    known = [describe_property(name, count) for name, count in others if _term(name)]
    return [describe_property(name, used[name]) for name in names] + known


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

    Without the most general ones, which tell nothing and would win when OpenRefine guesses types.
    """
    return _order_types(record.types, record.classes)


@cache
def _order_types(specific: tuple[str, ...], classes: frozenset[str]) -> tuple[str, ...]:
    general = sorted(classes.difference(specific, _roots()), key=_depth)
    return (*specific, *general[::-1])


def _fits(described: Described, wanted: str) -> list[int]:
    names = [normalize(name) for name in (described.id, *described.labels.values())]
    return [
        0 if name == wanted else 1 if name.startswith(wanted) else 2 if f" {wanted}" in name else 3
        for name in names
    ]


def _describe(name: str, term: Term | None, used: int) -> Described:
    return (
        Described(name, term.labels, term.definitions, used)
        if term
        else Described(name, {}, {}, used)
    )


def _term(name: str) -> Term | None:
    return read_vocabulary().get(XT + name)


def _most(pair: tuple[str, int]) -> tuple[int, tuple[int, str]]:
    return -pair[1], order_of(XT + pair[0])


@cache
def _roots() -> frozenset[str]:
    terms = read_vocabulary()
    classes = [term for term in terms.values() if term.kind == CLASS]
    return frozenset(t.name for t in classes if not any(parent in terms for parent in t.parents))


@cache
def _depth(name: str) -> tuple[int, str]:
    return len(ancestors(XT + name)), name
