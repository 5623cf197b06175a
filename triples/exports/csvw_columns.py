"""Columns of CSV on the Web: what their cells hold, and how the metadata describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from xingtu.triples.exports.facts import Facts, is_factual
from xingtu.triples.exports.thing import ALT_LABEL, DEFINITION, LABEL, Term, Thing, local_name
from xingtu.triples.statement import XSD

Json = Mapping[str, object]
_SEPARATORS = "|¦‖"
_FIRST = (LABEL, ALT_LABEL, DEFINITION)


@dataclass(frozen=True, order=True)
class Source:
    """What a column of a class table holds: the values of a predicate that are of one kind.

    `kind` is a language, the IRI of a datatype, or empty for IRIs; what is only planned, aimed at
    or proposed is `planned`, and has a column of its own.
    """

    predicate: str
    kind: str
    planned: bool

    @property
    def name(self) -> str:
        """Name the column; `plannedWhen` and its like say by themselves that they are planned."""
        local = self.predicate.replace("#", "/").rpartition("/")[2]
        tag = "" if "/" in self.kind else self.kind
        mark = "planned" if self.planned and not local.startswith("planned") else ""
        return "_".join(filter(None, (local, tag, mark)))

    def order(self) -> tuple[object, ...]:
        """Put names first."""
        return self.predicate not in _FIRST, self.predicate, self.kind, self.planned


@dataclass(frozen=True)
class Column:
    """A column: its name, and what else the metadata say of it."""

    name: str
    metadata: Json = field(default_factory=dict)

    def describe(self) -> Json:
        """Return its description (Metadata Vocabulary §5.6)."""
        return {"name": self.name, **self.metadata}


Cells = dict[Source, list[Term]]


def read_cells(facts: Facts, thing: Thing) -> Cells:
    """Sort what is stated of a thing into columns."""
    cells: Cells = {}
    for predicate, values in thing.values.items():
        for value in values:
            support = facts.support(ox.Triple(thing.iri, ox.NamedNode(predicate), value))
            source = Source(predicate, _kind(value), not is_factual(support))
            cells.setdefault(source, []).append(value)
    return cells


def _kind(value: Term) -> str:
    return value.language or value.datatype.value if isinstance(value, ox.Literal) else ""


@dataclass(frozen=True)
class ClassTable:
    """The rows of a class with the columns that they need."""

    facts: Facts
    things: list[Thing]
    cells: list[Cells]

    @property
    def sources(self) -> list[Source]:
        """What its columns hold, in their order."""
        return sorted({source for cells in self.cells for source in cells}, key=Source.order)

    def columns(self) -> Iterator[Column]:
        """Yield the columns, that of the identifier first."""
        yield IDENTIFIER
        yield STANDING
        for source in self.sources:
            yield Column(source.name, {**self._define(source), **self._type(source)})

    def rows(self) -> Iterator[list[str]]:
        """Yield the texts of the cells, in the order of the columns."""
        separators = {source: self._separator(source) for source in self.sources}
        for thing, cells in zip(self.things, self.cells, strict=True):
            texts = (
                separator.join(map(local_name, cells.get(source, ())))
                for source, separator in separators.items()
            )
            yield [thing.slug, self.facts.standing_of(thing), *texts]

    def _define(self, source: Source) -> Json:
        text = self.facts.term_definition(ox.NamedNode(source.predicate))
        planned = "Only what is planned, aimed at or proposed. " if source.planned else ""
        return {"propertyUrl": source.predicate} | (
            {"dc:description": planned + text} if planned or text else {}
        )

    def _type(self, source: Source) -> Json:
        separator = {"separator": self._separator(source)} if self._is_list(source) else {}
        if not source.kind:
            return {**separator, "suppressOutput": True}
        if source.kind.startswith(XSD):
            return {**separator, "datatype": source.kind.removeprefix(XSD)}
        return {**separator, "datatype": "string", "lang": source.kind}

    def _is_list(self, source: Source) -> bool:
        return any(len(cells.get(source, ())) > 1 for cells in self.cells)

    def _separator(self, source: Source) -> str:
        """Return what parts the values of a cell, and stands in none of them."""
        if not source.kind:
            return " "
        texts = [value.value for cells in self.cells for value in cells.get(source, ())]
        return next(s for s in _SEPARATORS if not any(s in text for text in texts))


IDENTIFIER = Column("id", {"datatype": "string", "required": True, "suppressOutput": True})
STANDING = Column(
    "standing",
    {
        "datatype": {"base": "string", "format": "fact|plan"},
        "suppressOutput": True,
        "dc:description": "Whether it is a fact, or only planned, aimed at or proposed.",
    },
)


def silent(name: str, **metadata: object) -> Column:
    """Make a column that says nothing in RDF."""
    return Column(name, {"suppressOutput": True, **metadata})
