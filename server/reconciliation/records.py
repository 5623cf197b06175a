"""The things that can be reconciled: everything in the graph that has a name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import Term, solve
from xingtu.server.pages.index import Name
from xingtu.server.pages.naming import Text, choose_text
from xingtu.server.pages.search import graph_entries, graph_names
from xingtu.server.pages.vocabulary import SKOS, Labels, ancestors

WIKIDATA: Final = "http://www.wikidata.org/entity/"
_SLUG: Final = re.compile(r"[^/?#&%\s]+")  # what OpenRefine can put into an address unescaped
_FACTS: Final = Path(__file__).parent / "facts.rq"
_EXACT_MATCH: Final = SKOS + "exactMatch"
_DEFINITION: Final = SKOS + "definition"

Facts = dict[str, list[Term]]
"""Identifier of a property → values, in the order of their text."""


@dataclass(frozen=True)
class Record:
    """A thing that can be reconciled.

    `slug` is its identifier in the service; `types` are the local names of its most specific
    classes, `weight` is how many claims are about it.
    """

    slug: str
    types: tuple[str, ...]
    names: tuple[Name, ...]
    facts: Facts
    weight: int

    @cached_property
    def classes(self) -> frozenset[str]:
        """The local names of all its classes."""
        general = (iri for name in self.types for iri in ancestors(XT + name))
        ours = (local_name(iri) for iri in general if iri.startswith(XT))
        return frozenset(self.types).union(ours)

    @cached_property
    def labels(self) -> Labels:
        """Its names, by language."""
        return {name.language: name.text for name in self.names if name.preferred}

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Its Wikidata items."""
        return tuple(str(getattr(term, "value", "")) for term in self.facts.get("wikidata", ()))

    @cached_property
    def named(self) -> bool:
        """Whether it has a name of its own, and not only a short description in our words.

        A name begins with a capital or a digit, is also known in Chinese, or is linked.
        """
        english = self.labels.get("en", "")
        return not english[:1].islower() or "zh" in self.labels or bool(self.items)

    def label(self, language: str) -> Text:
        """Give its name, best in a language."""
        return choose_text(self.labels, language) or Text(self.slug, "")

    def definition(self, language: str) -> str:
        """Give its definition, best in a language, or nothing."""
        texts = {
            term.language or "": term.value
            for term in self.facts.get("definition", ())
            if isinstance(term, Literal)
        }
        found = choose_text(texts, language)
        return found.text if found else ""


def read_records() -> dict[str, Record]:
    """Read all records, by slug, by three queries.

    Raises:
        QueryError, ServerBusy: as the engine does.
    """
    names: defaultdict[str, list[Name]] = defaultdict(list)
    for name in sorted(graph_names()):
        names[name.iri].append(name)
    facts = _read_facts()
    records = (
        _make_record(entry.iri, entry.classes, names[entry.iri], facts[entry.iri], entry.weight)
        for entry in graph_entries().values()
        if _SLUG.fullmatch(entry.iri.removeprefix(ID))
    )
    return {record.slug: record for record in records}


def local_name(iri: str) -> str:
    """Give the name of a class or property of ours within the ontology."""
    return iri.removeprefix(XT)


def _read_facts() -> defaultdict[str, Facts]:
    facts: defaultdict[str, Facts] = defaultdict(lambda: defaultdict(list))
    for row in sorted(solve(_FACTS.read_text("utf-8")), key=str):
        thing, prop, value = row["thing"], row["property"], row["value"]
        if isinstance(thing, NamedNode) and isinstance(prop, NamedNode):
            for name, term in _file(prop.value, value):
                facts[thing.value][name].append(term)
    return facts


def _file(prop: str, value: Term) -> Iterator[tuple[str, Term]]:
    """Give the identifier under which the service knows a property, and the value."""
    if prop == _DEFINITION:
        yield "definition", value
    elif prop == _EXACT_MATCH:
        if isinstance(value, NamedNode) and value.value.startswith(WIKIDATA):
            yield "wikidata", Literal(value.value.removeprefix(WIKIDATA))
    else:
        yield local_name(prop), value


def _make_record(
    iri: str, classes: tuple[str, ...], names: list[Name], facts: Facts, weight: int
) -> Record:
    types = tuple(local_name(each) for each in classes)
    labels = [Literal(n.text, language=n.language or None) for n in names if n.preferred]
    facts["label-en"] = [label for label in labels if label.language == "en"]
    facts["label-zh"] = [label for label in labels if label.language == "zh"]
    facts["altLabel"] = [
        Literal(n.text, language=n.language or None) for n in names if not n.preferred
    ]
    facts["type"] = [NamedNode(each) for each in classes]
    return Record(iri.removeprefix(ID), types, tuple(names), dict(facts), weight)
