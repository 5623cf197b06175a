"""How far a value of a record agrees with one that a client has: dates, numbers, things, texts."""

import re
from math import isnan
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz

from xingtu.ontology import XT
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import Term
from xingtu.server.pages.dating import read_interval
from xingtu.server.pages.vocabulary import read_vocabulary
from xingtu.server.reconciliation.index import RecordIndex, best_name
from xingtu.server.reconciliation.queries import Reference, Value
from xingtu.server.reconciliation.records import Record
from xingtu.triples.edtf import Interval
from xingtu.triples.names.likeness import compare, read_spelling

AGREES: Final = 80.0
"""The agreement from which on a value counts as the same."""
_OVERLAPS: Final = 75.0
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS: Final = {_XSD + name for name in ("decimal", "integer", "double", "float")}
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-]\d\d:\d\d)?")


def agreement(term: Term, value: Value, index: RecordIndex) -> float | None:
    """Tell how far two values agree.

    Args:
        term: A value of a record.
        value: What the client has.
        index: All records, for the names of things.

    Returns:
        From 0 to 100, or None if they cannot be compared.
    """
    if isinstance(term, NamedNode):
        return _agree_on_thing(term.value, value, index)
    if not isinstance(term, Literal):
        return None
    text = value.name if isinstance(value, Reference) else value
    if term.datatype.value in _NUMBERS:
        return _agree_on_number(term.value, text)
    interval = None if term.language else _interval(term.value)
    if interval is not None:
        other = _interval(_write(text))
        return None if other is None else _agree_on_date(interval, other)
    return _agree_on_text(term, _write(text))


def _agree_on_thing(iri: str, value: Value, index: RecordIndex) -> float | None:
    text = _write(value)
    if record := index.records.get(iri.removeprefix(ID)):
        identified = index.identify(value.id if isinstance(value, Reference) else text)
        if identified:
            return 100.0 * (record in identified)
        return best_name(text, record).likeness.score
    term = read_vocabulary().get(iri)
    names = [iri, iri.removeprefix(XT), *(term.labels.values() if term else ())]
    return max(compare(read_spelling(text), read_spelling(name)).score for name in names)


def _agree_on_number(lexical: str, value: str | bool | float) -> float | None:
    try:
        one, other = float(lexical), float(value)
    except (ValueError, OverflowError):
        return None
    if one == other:
        return 100.0
    distance = abs(one - other) / max(abs(one), abs(other))
    return None if isnan(distance) else max(0.0, 100 - 1000 * distance)


def _agree_on_date(one: Interval, other: Interval) -> float:
    """Tell whether one date lies within the other, as 2025-05-29 in 2025, or overlaps it."""
    if not _reaches(one, other) or not _reaches(other, one):
        return 0.0
    return 100.0 if _contains(one, other) or _contains(other, one) else _OVERLAPS


def _reaches(one: Interval, other: Interval) -> bool:
    """Tell whether one does not end before the other begins."""
    return one.last is None or other.first is None or one.last >= other.first


def _contains(outer: Interval, inner: Interval) -> bool:
    begins = outer.first is None or (inner.first is not None and outer.first <= inner.first)
    ends = outer.last is None or (inner.last is not None and outer.last >= inner.last)
    return begins and ends


def _agree_on_text(term: Literal, text: str) -> float:
    if term.language:
        return compare(read_spelling(text), read_spelling(term.value)).score
    return 100.0 if text == term.value else min(fuzz.ratio(text, term.value), 95.0)


def _interval(text: str) -> Interval | None:
    instant = _INSTANT.fullmatch(text)
    return read_interval(instant[1] if instant else text.strip())


def _write(value: str | bool | float | Reference) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case Reference():
            return value.name
    return str(value)


def agree(record: Record, prop: str, value: Value, index: RecordIndex) -> float | None:
    """Tell how far the values of a record agree with one; None if it has none to compare."""
    found = (agreement(term, value, index) for term in record.facts.get(prop, ()))
    return max((each for each in found if each is not None), default=None)
