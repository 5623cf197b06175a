"""FollowTheMoney statements in CSV, as `ftm` and the tools of OpenSanctions read them.

Only facts are written: what an accepted claim states as such, of things that are more than planned.
A statement is first and last seen on the days of its claims, and its origin is the first of them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

import pyoxigraph as ox

from xingtu.triples import iri
from xingtu.triples.exports import followthemoney_mapping as mapping
from xingtu.triples.exports.facts import Facts, is_factual
from xingtu.triples.exports.followthemoney_mapping import Link, Target
from xingtu.triples.exports.thing import (
    ALT_LABEL,
    DEFINITION,
    LABEL,
    Term,
    Thing,
    local_name,
)

DATASET = "xingtu"
COLUMNS = (
    "canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset", "origin",
    "lang", "original_value", "external", "first_seen", "last_seen", "id",
)  # fmt: skip
"""CSV_COLUMNS of `followthemoney.statement.serialize`, 4.11."""
_LANGUAGES = {"en": "eng", "zh": "zho"}  # ISO 639-3, as there
_EXACT_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_DEVELOPING = ["inDevelopment"]
_TEXTS = {LABEL: mapping.NAME, ALT_LABEL: mapping.ALIAS, DEFINITION: mapping.DESCRIPTION}
Row = dict[str, str]


def write_statements(facts: Facts, output: IO[bytes]) -> None:
    """Write all statements, those of an entity together."""
    text = io.TextIOWrapper(output, "utf-8", newline="")
    writer = csv.DictWriter(text, COLUMNS, dialect=csv.unix_dialect)
    writer.writeheader()
    writer.writerows(_Exporter(facts).rows())
    text.detach()


@dataclass(frozen=True)
class _Entity:
    id: str
    schema: str

    def row(self, target: Target, value: str, lang: str = "", claims: Sequence[Thing] = ()) -> Row:
        """Make a statement; its id is that of `Statement.make_key` there."""
        tag = f"@{lang}" if lang else ""
        key = f"{DATASET}.{self.id}.{target.name}.{value}{tag}"
        days = sorted((claim.name("asOf")[:10], claim.slug) for claim in claims) or [("", "")]
        return {
            "canonical_id": self.id,
            "entity_id": self.id,
            "prop": target.name,
            "prop_type": target.type,
            "schema": self.schema,
            "value": value,
            "dataset": DATASET,
            "origin": days[0][1],
            "lang": lang,
            "external": "f",
            "first_seen": days[0][0],
            "last_seen": days[-1][0],
            "id": hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest(),
        }


@dataclass(frozen=True)
class _Exporter:
    facts: Facts

    def rows(self) -> Iterator[Row]:
        """Yield every statement once."""
        done = set()
        for name, entity in self._entities.items():
            thing = self.facts.things[name]
            for row in (*self._describe(entity, thing), *self._relate(entity, thing)):
                if row["id"] not in done:
                    done.add(row["id"])
                    yield row

    @cached_property
    def _entities(self) -> dict[str, _Entity]:
        """The things that have a schema and are more than planned, by IRI."""
        return {
            name: _Entity(f"{DATASET}-{thing.slug}", schema)
            for name, thing in self.facts.things.items()
            if (schema := self._schema(thing)) and self._is_real(thing)
        }

    def _schema(self, thing: Thing) -> str | None:
        fitting = (s for name, s in mapping.SCHEMATA.items() if self.facts.is_a(thing, name))
        return next(fitting, None)

    def _is_real(self, thing: Thing) -> bool:
        """Tell what a fact names; an endeavour is real as soon as it is being developed."""
        developing = self.facts.is_a(thing, "Endeavour") and thing.names("status") == _DEVELOPING
        if self.facts.is_pending(thing) and not developing:
            return False
        return self.facts.is_a(thing, "Agent", "Article") or thing.iri in self._attested

    @cached_property
    def _attested(self) -> set[object]:
        """Every subject and object of a fact."""
        return {
            term
            for name, triples in self.facts.reified.items()
            if self.facts.states_fact(self.facts.things[name])
            for triple in triples
            for term in (triple.subject, triple.object)
        }

    def _describe(self, entity: _Entity, thing: Thing) -> list[Row]:
        rows = [*self._facts(entity, thing)]
        if not mapping.REQUIRED.get(entity.schema, set()) <= {row["prop"] for row in rows}:
            return []
        return [entity.row(mapping.ID, entity.id), *_names(entity, thing), *rows]

    def _facts(self, entity: _Entity, thing: Thing) -> Iterator[Row]:
        for ours, target in mapping.PROPERTIES.get(entity.schema, {}).items():
            for value, claims in self._factual(thing, ours):
                text, lang = self._value(target, value)
                if text:
                    yield entity.row(target, text, lang, claims)
                    yield from self._proofs(entity, claims)

    def _relate(self, entity: _Entity, thing: Thing) -> Iterator[Row]:
        for ours, links in mapping.LINKS.items():
            for value, claims in self._factual(thing, ours):
                other = self._entities.get(value.value)
                link = next((li for li in links if other and _fits(li, entity, other)), None)
                if link and other:
                    relation = _Entity(f"{entity.id}.{ours}.{local_name(value)}", link.schema)
                    role = self.facts.term_label(iri.term(ours))
                    yield relation.row(mapping.ID, relation.id)
                    yield relation.row(link.subject, entity.id, claims=claims)
                    yield relation.row(link.object, other.id, claims=claims)
                    yield relation.row(mapping.ROLE, role, "eng", claims)
                    yield from self._proofs(relation, claims)

    def _factual(self, thing: Thing, ours: str) -> Iterator[tuple[Term, list[Thing]]]:
        """Yield the values of a property that are facts, each with the claims that say so."""
        for value in thing.get(ours):
            support = self.facts.support(ox.Triple(thing.iri, iri.term(ours), value))
            if is_factual(support):
                yield value, [claim for claim in support if is_factual([claim])]

    def _value(self, target: Target, value: Term) -> tuple[str, str]:
        """Return a value there and its language, two empty strings if it has no form there."""
        if target.type == "entity":
            other = self._entities.get(value.value)
            return (other.id if other and other.schema in target.range else "", "")
        if target.type == "date":
            return (value.value if _EXACT_DATE.fullmatch(value.value) else "", "")
        if isinstance(value, ox.Literal):
            return value.value, ""
        if value.value in self.facts.things:
            return self.facts.things[value.value].label("en"), "eng"
        return self.facts.term_label(value), "eng"

    def _proofs(self, entity: _Entity, claims: list[Thing]) -> Iterator[Row]:
        for claim in claims:
            for passage in self.facts.linked(claim, "evidence"):
                for article in passage.get("inArticle"):
                    text, _ = self._value(mapping.PROOF, article)
                    if text != entity.id:
                        yield entity.row(mapping.PROOF, text, claims=[claim])


def _names(entity: _Entity, thing: Thing) -> Iterator[Row]:
    if entity.schema in mapping.NAMELESS:
        return
    for tag, lang in _LANGUAGES.items():
        for predicate, target in _TEXTS.items():
            for text in thing.texts(predicate, tag):
                yield entity.row(target, text, lang)
    if thing.wikidata:
        yield entity.row(mapping.WIKIDATA_ID, thing.wikidata)


def _fits(link: Link, subject: _Entity, other: _Entity) -> bool:
    return subject.schema in link.subject.range and other.schema in link.object.range
