"""Records, candidates and values as the two versions of the protocol write them."""

import re
from math import isfinite
from typing import Final

from pyoxigraph import Literal, NamedNode

from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import Term
from xingtu.server.pages.dating import read_interval
from xingtu.server.pages.language import translate
from xingtu.server.pages.naming import choose_text
from xingtu.server.pages.vocabulary import read_vocabulary
from xingtu.server.reconciliation.index import RecordIndex
from xingtu.server.reconciliation.properties import (
    Json,
    describe_property,
    name_types,
    types_of,
)
from xingtu.server.reconciliation.records import Record
from xingtu.server.reconciliation.scoring import Candidate
from xingtu.triples.names.normalizing import is_han

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_INTEGER: Final = _XSD + "integer"
_NUMBERS: Final = {_INTEGER, *(_XSD + name for name in ("decimal", "double", "float"))}
_MOST_NAMES: Final = 4
_LARGEST: Final = 2**53
_DATE_TIME: Final = re.compile(
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-][0-2]\d:[0-5]\d)?", re.ASCII
)
FEATURES: Final = {
    "name": "Likeness of the name",
    "exact_name": "The whole name is the same",
    "same_sound": "The name sounds the same in Chinese",
    "same_numbers": "The same numbers in the name",
    "identifier": "An identifier is the same",
    "type": "It has a type asked for",
    "claims": "How many claims are about it",
}


def language_of(text: str) -> str:
    """Guess the language of a text by its script: a Chinese cell wants Chinese names."""
    return "zh" if any(map(is_han, text)) else "en"


def describe_record(record: Record, language: str) -> str:
    """Tell what a record is: its definition, or its type and the other names it can be found by."""
    if definition := record.definition(language):
        return definition
    types = [each["name"] for each in name_types(record.types[:1], language)]
    shown = record.label(language).text
    others = dict.fromkeys(name.text for name in record.names if name.text != shown)
    return " · ".join([*types, *list(others)[:_MOST_NAMES]])


def write_types(record: Record, language: str) -> list[Json]:
    """Write the types of a record."""
    return [*name_types(types_of(record), language)]


def write_candidate(candidate: Candidate, language: str) -> Json:
    """Write a candidate as version 0.2 has it."""
    record = candidate.record
    return {
        "id": record.slug,
        "name": record.label(language).text,
        "description": describe_record(record, language),
        "type": write_types(record, language),
        "score": candidate.score,
        "match": candidate.match,
        "features": [{"id": name, "value": value} for name, value in candidate.features.items()],
    }


def write_draft_candidate(candidate: Candidate, language: str) -> Json:
    """Write a candidate as version 1.0-draft has it: its language, and features with names."""
    written = write_candidate(candidate, language)
    for feature in written["features"]:
        feature["name"] = name_feature(feature["id"], language)
    tag = candidate.record.label(language).language
    return written | ({"lang": tag} if tag else {})


def name_feature(identifier: str, language: str) -> str:
    """Name a feature: one of ours, or the likeness of a property."""
    if text := FEATURES.get(identifier):
        return translate(text, language)
    return str(describe_property(identifier.removeprefix("property_")).brief(language)["name"])


def write_value(term: Term, index: RecordIndex, language: str) -> Json:
    """Write a value of a record for data extension.

    A date is written as one only where it is a single day: another would have to be made up.
    """
    if isinstance(term, NamedNode):
        return _write_thing(term.value, index, language)
    if not isinstance(term, Literal):
        return {}
    if instant := _instant(term):
        return {"date": instant}
    return _write_number(term) or {"str": term.value}


def write_text(term: Term, index: RecordIndex, language: str) -> str:
    """Write a value as a text: the name of a thing, else what the graph has."""
    if isinstance(term, NamedNode):
        written = _write_thing(term.value, index, language)
        return str(written.get("name") or written["str"])
    return term.value if isinstance(term, Literal) else ""


def _write_thing(iri: str, index: RecordIndex, language: str) -> Json:
    if record := index.records.get(iri.removeprefix(ID)):
        return {"id": record.slug, "name": record.label(language).text}
    term = read_vocabulary().get(iri)
    label = choose_text(term.labels, language) if term else None
    return {"str": label.text if label else iri}


def _write_number(term: Literal) -> Json | None:
    """Write a number, unless a reader of JSON would get another (RFC 8259 §6)."""
    kind = term.datatype.value
    if kind not in _NUMBERS:
        return None
    try:
        number = int(term.value) if kind == _INTEGER else float(term.value)
    except ValueError:  # a literal that its datatype does not have
        return None
    if isinstance(number, int):
        return {"int": number} if abs(number) <= _LARGEST else None
    return {"float": number} if isfinite(number) else None


def _instant(term: Literal) -> str | None:
    if term.datatype.value == _XSD + "dateTime":
        return term.value if _DATE_TIME.fullmatch(term.value) else None
    interval = None if term.language else read_interval(term.value)
    if interval and interval.first and interval.first == interval.last:
        return interval.earliest
    return None
