"""Links of entities to Wikidata items: read from `mappings/wikidata.sssom.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xingtu.ontology import PREFIXES, XT, Schema
from xingtu.triples.article import WEB_ADDRESS
from xingtu.triples.entity import Entity
from xingtu.triples.iri import ID, WIKIDATA
from xingtu.triples.problem import Problem
from xingtu.triples.sssom import BUILT_IN, MappingSet, Row, read_mapping_set

MAPPINGS = Path("mappings") / "wikidata.sssom.tsv"
CURIES = {"subject_id", "predicate_id", "object_id", "object_category", "mapping_justification"}
PREDICATES = {PREFIXES["skos"] + name: name for name in ("exactMatch", "closeMatch")}
JUSTIFICATIONS = {BUILT_IN["semapv"] + name for name in ("ManualMappingCuration", "MappingReview")}
"""A person has looked: what only a tool found is a candidate, and no mapping."""
ITEM = re.compile(re.escape(WIKIDATA) + "(Q[1-9][0-9]*)")
CONFIDENCE = re.compile(r"0(\.[0-9]{1,3})?|1(\.0{1,3})?")


@dataclass(frozen=True)
class Mapping:
    """A link: slug of the entity, `exactMatch` or `closeMatch`, Wikidata item."""

    subject: str
    predicate: str
    item: str


def read_mappings(
    path: Path, entities: dict[str, Entity], schema: Schema
) -> tuple[list[Mapping], list[Problem]]:
    """Read the links.

    Returns:
        The links of the rows without a fault, and what is wrong with the others.
    """
    found = read_mapping_set(path)
    faults = [(row, *f) for row in found.rows for f in _faults(found, row, entities, schema)]
    faults += _repeated(found)
    for row, column, message in faults:
        found.complain(row.line, f"{row.cells['subject_id']} {column}", message)
    faulty = {problem.line for problem in found.problems}
    sound = (row for row in found.rows if row.line not in faulty)
    return [_mapping(found, row) for row in sound], found.problems


def _mapping(found: MappingSet, row: Row) -> Mapping:
    return Mapping(
        found.expand(row.cells["subject_id"]).removeprefix(ID),
        PREDICATES[found.expand(row.cells["predicate_id"])],
        found.expand(row.cells["object_id"]).removeprefix(WIKIDATA),
    )


def _faults(
    found: MappingSet, row: Row, entities: dict[str, Entity], schema: Schema
) -> Iterator[tuple[str, str]]:
    """Yield (column, what is wrong) for each fault of a row."""
    cells = row.cells
    iris = {name: found.expand(text) for name, text in cells.items() if name in CURIES}
    for name, value in iris.items():
        if cells[name] and not value:
            yield name, f"{cells[name]!r} is no CURIE with a declared prefix"
    if iris["predicate_id"] not in {"", *PREDICATES}:
        yield "predicate_id", "must be skos:exactMatch or skos:closeMatch"
    if iris["object_id"] and not ITEM.fullmatch(iris["object_id"]):
        yield "object_id", f"{cells['object_id']!r} is no Wikidata item"
    if iris["mapping_justification"] not in {"", *JUSTIFICATIONS}:
        yield "mapping_justification", "must be semapv:ManualMappingCuration or MappingReview"
    yield from _misfits(iris, cells["subject_label"], entities, schema)
    yield from _bad_values(cells)


def _misfits(
    iris: dict[str, str], label: str, entities: dict[str, Entity], schema: Schema
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong between a row and the entity and class that it names."""
    category = iris["object_category"].removeprefix(XT)
    if category and category not in schema.ancestors:
        yield "object_category", f"no class {category!r} in the ontology"
    if not iris["subject_id"]:
        return
    entity = entities.get(iris["subject_id"].removeprefix(ID))
    if entity is None:
        yield "subject_id", f"unknown entity {iris['subject_id']!r}; add it to entities/"
        return
    if label and label != entity.en:
        yield "subject_label", f"is {label!r}, but the entity is called {entity.en!r}"
    kinds = frozenset().union(*(schema.ancestors[name] for name in entity.types))
    if category in schema.ancestors and category not in kinds:
        yield "object_category", f"the item is a {category}, the entity is none"


def _bad_values(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    if cells["confidence"] and not CONFIDENCE.fullmatch(cells["confidence"]):
        yield "confidence", f"{cells['confidence']!r} is no number from 0 to 1"
    if cells["mapping_date"] and not _is_day(cells["mapping_date"]):
        yield "mapping_date", f"{cells['mapping_date']!r} is no day"
    for address in filter(None, cells["see_also"].split("|")):
        if not WEB_ADDRESS.fullmatch(address):
            yield "see_also", f"{address!r} is no http or https address"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _repeated(found: MappingSet) -> Iterator[tuple[Row, str, str]]:
    """Yield (row, column, what is wrong) for entities and items that were linked before."""
    first: dict[str, int] = {}
    for row in found.rows:
        for column in ("subject_id", "object_id"):
            end = found.expand(row.cells[column])
            if end and (line := first.setdefault(end, row.line)) != row.line:
                yield row, column, f"{row.cells[column]} is linked already (line {line})"
