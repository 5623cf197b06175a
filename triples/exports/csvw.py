"""CSV on the Web: a table for each of the broader classes, with their metadata.

Sources: https://www.w3.org/TR/tabular-metadata/ and https://www.w3.org/TR/csv2rdf/. The latter has
no form for a list of IRIs in a cell (§4.6.8.2). So a class table lists them to be read, and
`relations.csv` and `terms.csv` have a row for each, with what it rests on.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from xingtu.ontology import XT
from xingtu.triples import iri
from xingtu.triples.description.record import DCTERMS, values_of
from xingtu.triples.exports.csvw_columns import (
    IDENTIFIER,
    STANDING,
    ClassTable,
    Column,
    Json,
    read_cells,
    silent,
)
from xingtu.triples.exports.facts import Facts, claimants, modalities, standing
from xingtu.triples.exports.thing import Thing, local_name

CLASSES = (
    "Person", "Group", "Organisation", "State", "Mission", "Endeavour", "Event", "Period",
    "PhysicalObject", "Model", "System", "Place", "PositionHolding", "Comparison",
    "PolicyDocument", "PolicyItem", "Proposal", "Recommendation", "Agreement", "Award",
    "Publication", "ScientificResult", "Observation", "Claim", "Evidence",
    "Concept", "Agent", "InformationEntity", "Occurrent", "Relator",
)  # fmt: skip
"""The classes with tables; a thing stands in that of the first that it is of."""
_THINGS = (IDENTIFIER, silent("class"), STANDING, silent("label_en"), silent("label_zh"))
_SUBJECT = silent("subject", required=True)
_SUPPORT = (
    STANDING,
    silent("modality", separator=" "),
    silent("sources", datatype="nonNegativeInteger"),
)
_RELATIONS = (
    _SUBJECT,
    silent("property", required=True),
    Column(
        "object",
        {"required": True, "propertyUrl": XT + "{property}", "valueUrl": iri.ID + "{object}"},
    ),
    *_SUPPORT,
)
_TERMS = (
    _SUBJECT,
    silent("property", required=True, datatype="anyURI"),
    Column("term", {"required": True, "propertyUrl": "{+property}", "valueUrl": "{+term}"}),
    *_SUPPORT,
)
_KEYS = {"relations": ["subject", "property", "object"], "terms": ["subject", "property", "term"]}
_REFERENCES = {"things": [], "relations": ["subject", "object"], "terms": ["subject"]}
_INDEX = {"resource": "things.csv", "columnReference": "id"}
_DESCRIPTIONS = {
    "things": "Everything, with the class in whose table it stands.",
    "relations": "What relates things to each other, and what each relation rests on.",
    "terms": "Types, statuses and other terms of vocabularies, and links to the same elsewhere.",
}
Row = list[str]
Table = tuple[str, Sequence[Column], Iterable[Row]]


def write_tables(facts: Facts, folder: Path) -> None:
    """Write the tables that have rows, and `csv-metadata.json`, to a folder.

    Raises:
        ValueError: if a thing is of no class of the ontology.
    """
    relations, terms = _statements(facts)
    tables: list[Table] = [
        *_class_tables(facts),
        ("things", _THINGS, _index(facts)),
        ("relations", _RELATIONS, relations),
        ("terms", _TERMS, terms),
    ]
    for name, columns, rows in tables:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(column.name for column in columns)
            writer.writerows(rows)
    text = json.dumps(_describe(facts, tables), ensure_ascii=False, indent=1)
    (folder / "csv-metadata.json").write_text(text + "\n", "utf-8")


def choose_class(facts: Facts, thing: Thing) -> str:
    """Return the class in whose table a thing stands.

    Raises:
        ValueError: if there is none.
    """
    for name in CLASSES:
        if facts.is_a(thing, name):
            return name
    raise ValueError(f"{thing.iri.value} is of no class of the ontology")


def _class_tables(facts: Facts) -> Iterator[Table]:
    members: dict[str, list[Thing]] = {name: [] for name in CLASSES}
    for thing in facts.things.values():
        members[choose_class(facts, thing)].append(thing)
    for name, things in members.items():
        if things:
            table = ClassTable(facts, things, [read_cells(facts, thing) for thing in things])
            yield name, [*table.columns()], table.rows()


def _index(facts: Facts) -> Iterator[Row]:
    for thing in facts.things.values():
        names = [thing.label("en"), thing.label("zh")]
        yield [thing.slug, choose_class(facts, thing), facts.standing_of(thing), *names]


def _statements(facts: Facts) -> tuple[list[Row], list[Row]]:
    """Return what relates things to things, and to terms of the ontology or of elsewhere."""
    relations: list[Row] = []
    terms: list[Row] = []
    for thing in facts.things.values():
        for predicate, values in thing.values.items():
            for value in (value for value in values if isinstance(value, ox.NamedNode)):
                node = ox.NamedNode(predicate)
                support = _support(facts, thing, ox.Triple(thing.iri, node, value))
                if value.value in facts.things and predicate.startswith(XT):
                    relations.append([thing.slug, local_name(node), local_name(value), *support])
                else:
                    terms.append([thing.slug, predicate, value.value, *support])
    return relations, terms


def _support(facts: Facts, thing: Thing, triple: ox.Triple) -> Row:
    """Return standing, modality and number of independent sources; a claim has none of its own."""
    if not facts.standing_of(thing):
        return ["", "", ""]
    claims = facts.support(triple)
    return [standing(claims), " ".join(modalities(claims)), str(len(claimants(claims)))]


def _recorded(name: str) -> str:
    """Return what the record of the dataset says, of several values the English one."""
    values = values_of(DCTERMS + name)
    english = (v for v in values if isinstance(v, ox.Literal) and v.language == "en")
    return next(english, values[0]).value


def _describe(facts: Facts, tables: Sequence[Table]) -> Json:
    """Return the description of the group of tables (Metadata Vocabulary §5.3)."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@id": iri.graph("dataset").value,
        "dc:title": _recorded("title"),
        "dc:creator": _recorded("creator"),
        "dc:license": {"@id": _recorded("license")},
        "dc:modified": {"@value": facts.released, "@type": "xsd:date"},
        "tables": [_describe_table(facts, name, columns) for name, columns, _ in tables],
    }


def _describe_table(facts: Facts, name: str, columns: Sequence[Column]) -> Json:
    """Return the description of a table (Metadata Vocabulary §5.4)."""
    keys = _KEYS.get(name, ["id"])
    text = _DESCRIPTIONS.get(name) or facts.term_definition(iri.term(name))
    return {
        "url": f"{name}.csv",
        "dc:description": text,
        "tableSchema": {
            "aboutUrl": f"{iri.ID}{{{keys[0]}}}",
            "columns": [column.describe() for column in columns],
            "primaryKey": keys,
            "foreignKeys": [
                {"columnReference": key, "reference": _INDEX}
                for key in _REFERENCES.get(name, ["id"])
            ],
        },
    }
