"""Data extension: the values that records have (0.2 and 1.0-draft, "Data Extension Service").

Every property that is asked for is answered for every identifier, if only by an empty list:
OpenRefine shifts the columns after a missing one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xingtu.ontology import XT
from xingtu.server.errors import BodyTooLarge, InvalidRequest
from xingtu.server.pages.asking import Term
from xingtu.server.pages.vocabulary import CLASS, read_vocabulary
from xingtu.server.reconciliation.index import RecordIndex
from xingtu.server.reconciliation.properties import (
    Json,
    describe_property,
    describe_type,
    list_properties,
)
from xingtu.server.reconciliation.queries import read_name
from xingtu.server.reconciliation.showing import write_text, write_value

IDS: Final = 500
PROPERTIES: Final = 50
Rows = list[tuple[str, list[Json]]]
"""For each identifier, in order, one `{id, values}` for each column."""
CONTENTS: Final = {"values": "Values", "texts": "Texts", "ids": "Identifiers", "count": "Number"}


@dataclass(frozen=True)
class Column:
    """A property to fetch: as the client names it, as we do, and its settings."""

    id: str
    prop: str
    limit: int
    content: str


@dataclass(frozen=True)
class Extension:
    """A data extension query."""

    ids: list[str]
    columns: list[Column]


def read_extension(document: object) -> Extension:
    """Read a data extension query.

    Raises:
        InvalidRequest: if its schema does not allow it.
        BodyTooLarge: if it asks for too much.
    """
    if not isinstance(document, dict):
        raise InvalidRequest("a data extension query is a JSON object")
    ids, properties = document.get("ids"), document.get("properties")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise InvalidRequest("`ids` is not an array of strings")
    if not isinstance(properties, list):
        raise InvalidRequest("`properties` is not an array")
    if len(ids) > IDS or len(properties) > PROPERTIES:
        raise BodyTooLarge(f"at most {IDS} ids and {PROPERTIES} properties are answered at once")
    return Extension([*dict.fromkeys(ids)], [_read_column(each) for each in properties])


def extend(extension: Extension, index: RecordIndex, language: str) -> Rows:
    """Fetch values."""
    return [
        (
            identifier,
            [
                {"id": column.id, "values": _fetch(identifier, column, index, language)}
                for column in extension.columns
            ],
        )
        for identifier in extension.ids
    ]


def describe_columns(extension: Extension, rows: Rows, language: str) -> list[Json]:
    """Describe the columns; one whose values are records has the class of those as its type."""
    linking = {
        cell["id"] for _, cells in rows for cell in cells if any("id" in v for v in cell["values"])
    }
    return [
        describe_property(column.prop).brief(language)
        | {"id": column.id}
        | (_range(column, language) if column.id in linking else {})
        for column in extension.columns
    ]


def propose(name: str, limit: int | None, index: RecordIndex, language: str) -> Json:
    """Propose the properties that records of a type have; of all records, without one."""
    wanted = read_name(name)
    records = [r for r in index.records.values() if not wanted or wanted in r.classes]
    proposed = [each.full(language) for each in list_properties(records)[:limit]]
    answer: Json = {"type": name, "properties": proposed}
    return answer | ({} if limit is None else {"limit": limit})


def _read_column(given: object) -> Column:
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        raise InvalidRequest("a property has no `id`")
    settings = given.get("settings") or {}
    if not isinstance(settings, dict):
        raise InvalidRequest("`settings` is not an object")
    content = settings.get("content")
    return Column(
        given["id"],
        read_name(given["id"]),
        _read_limit(settings),
        content if isinstance(content, str) and content in CONTENTS else "values",
    )


def _read_limit(settings: Mapping[str, Any]) -> int:
    """Read a number, which OpenRefine sends as a string; 0 is no limit."""
    try:
        return max(0, int(settings.get("limit") or 0))
    except (ValueError, TypeError, OverflowError):
        return 0


def _fetch(identifier: str, column: Column, index: RecordIndex, language: str) -> list[Json]:
    record = next(iter(index.identify(identifier)), None)
    found = record.facts.get(column.prop, []) if record else []
    if column.content == "count":
        return [{"int": len(found)}] if record else []
    return [_write(term, column, index, language) for term in found[: column.limit or None]]


def _write(term: Term, column: Column, index: RecordIndex, language: str) -> Json:
    if column.content == "texts":
        return {"str": write_text(term, index, language)}
    written = write_value(term, index, language)
    return {"str": written["id"]} if column.content == "ids" and "id" in written else written


def _range(column: Column, language: str) -> Json:
    terms = read_vocabulary()
    term = terms.get(XT + column.prop)
    ranges = [terms[iri] for iri in (term.ranges if term else ()) if iri in terms]
    names = [each.name for each in ranges if each.kind == CLASS]
    return {"type": describe_type(names[0]).brief(language)} if names else {}
