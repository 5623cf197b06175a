"""Reconciliation queries as clients send them, in both versions, read into one form.

Sources: Reconciliation Service API 0.2, "Structure of a Reconciliation Query"; 1.0-draft, "Match
Service". What the JSON schemas of those refuse, is refused here, but each query by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from xingtu.ontology import XT

LIMIT: Final = 5
"""How many candidates a query gets that does not say."""
MOST: Final = 100
"""How many candidates any query gets."""
LONGEST: Final = 500
"""Characters of a name or value; there is no longer name to be found."""
_VALUES: Final = 100  # of one query, in all
_STRICTNESSES: Final = ("any", "should", "all")
_QUANTIFIERS: Final = ("any", "all", "none")


class MalformedEntry(Exception):
    """One query of a batch that cannot be read; it fails alone."""


class Reference(NamedTuple):
    """A value that was reconciled already."""

    id: str
    name: str = ""


Value = str | bool | float | Reference


@dataclass(frozen=True)
class Condition:
    """What a candidate should be like.

    The values are names if `kind` is "name", identifiers if it is "id", else values of `prop`;
    `exact` accepts nothing that is only alike; `quantifier` is any, all or none.
    """

    values: tuple[Value, ...]
    kind: str = "name"
    prop: str = ""
    required: bool = False
    quantifier: str = "any"
    exact: bool = False

    @property
    def names(self) -> bool:
        """Whether it is about names."""
        return self.kind == "name"

    @property
    def identifies(self) -> bool:
        """Whether it is about identifiers, ours or those of Wikidata."""
        return self.kind == "id" or self.prop == "wikidata"


@dataclass(frozen=True)
class ReconciliationQuery:
    """A query: `strictness` tells whether `types` are asked for any, all, or as a preference.

    Raises:
        MalformedEntry: if it has very many values.
    """

    conditions: tuple[Condition, ...]
    types: tuple[str, ...] = ()
    strictness: str = "any"
    limit: int = LIMIT
    language: str | None = None

    def __post_init__(self) -> None:
        if sum(len(each.values) for each in self.conditions) > _VALUES:
            raise MalformedEntry(f"it has more than {_VALUES} names and values")

    @property
    def name(self) -> str:
        """The names asked for, as one text."""
        return " ".join(str(each) for c in self.conditions if c.names for each in c.values)


def read_stable(entry: object) -> ReconciliationQuery:
    """Read a query of version 0.2 (or 0.1).

    Raises:
        MalformedEntry: if its schema does not allow it.
    """
    fields = _object(entry, {"query", "type", "limit", "properties", "type_strict"})
    properties = _list(fields.get("properties"), "properties")
    if "query" not in fields and not properties:
        raise MalformedEntry("it has neither `query` nor `properties`")
    name = _text(fields.get("query", ""), "query")
    conditions = [Condition((name,))] if name.strip() else []
    conditions += [_read_property(each) for each in properties]
    types = fields.get("type") or []
    types = [types] if isinstance(types, str) else _list(types, "type")
    return ReconciliationQuery(
        tuple(conditions),
        tuple(read_name(_text(each, "type")) for each in types),
        _choice(fields, "type_strict", _STRICTNESSES),
        _limit(fields),
    )


def read_draft(entry: object) -> ReconciliationQuery:
    """Read a query of version 1.0-draft.

    Raises:
        MalformedEntry: if its schema does not allow it.
    """
    fields = _object(entry, {"type", "limit", "lang", "dir", "conditions"})
    conditions = _list(fields.get("conditions"), "conditions")
    if not conditions:
        raise MalformedEntry("it has no `conditions`")
    types = (read_name(_text(fields["type"], "type")),) if fields.get("type") else ()
    language = _text(fields.get("lang", ""), "lang") or None
    return ReconciliationQuery(
        tuple(map(_read_condition, conditions)), types, "any", _limit(fields), language
    )


def read_name(identifier: str) -> str:
    """Give the identifier of a type or property, which may come as an IRI or with our prefix."""
    return identifier.removeprefix(XT).removeprefix("xt:")


def _read_property(entry: object) -> Condition:
    fields = _object(entry)
    if not {"pid", "v"} <= fields.keys():
        raise MalformedEntry("a property has no `pid` or no `v`")
    return Condition(_values(fields["v"]), "property", read_name(_text(fields["pid"], "pid")))


def _read_condition(entry: object) -> Condition:
    fields = _object(entry)
    kind = fields.get("matchType")
    if kind not in ("name", "id", "property"):
        raise MalformedEntry("a `matchType` is not one of name, id, property")
    if "propertyValue" not in fields or (kind == "property" and "propertyId" not in fields):
        raise MalformedEntry("a condition has no `propertyValue`, or a property no `propertyId`")
    required = fields.get("required", False)
    if not isinstance(required, bool):
        raise MalformedEntry("`required` is not a boolean")
    return Condition(
        _values(fields["propertyValue"]),
        kind,
        read_name(_text(fields.get("propertyId", ""), "propertyId")),
        required,
        _choice(fields, "matchQuantifier", _QUANTIFIERS),
        fields.get("matchQualifier") == "ExactMatch",
    )


def _values(given: object) -> tuple[Value, ...]:
    values = given if isinstance(given, list) else [given]
    return tuple(map(_value, values))


def _value(given: object) -> Value:
    match given:
        case bool() | float() | int():
            return given
        case str():
            return _text(given, "value")
        case {"id": str() as identifier, **others}:
            return Reference(_text(identifier, "id"), _text(others.get("name") or "", "name"))
    raise MalformedEntry("a value is no string, number, boolean or entity with an `id`")


def _object(entry: object, known: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise MalformedEntry("it is no JSON object")
    if known is not None and (unknown := sorted(entry.keys() - known)):
        raise MalformedEntry(f"it has the unknown field `{unknown[0][:40]}`")
    return {name: value for name, value in entry.items() if value is not None}


def _list(given: object, name: str) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise MalformedEntry(f"`{name}` is no array")
    return given


def _text(given: object, name: str) -> str:
    if not isinstance(given, str):
        raise MalformedEntry(f"`{name}` is no string")
    if len(given) > LONGEST:
        raise MalformedEntry(f"`{name}` has more than {LONGEST} characters")
    if any("\ud800" <= character <= "\udfff" for character in given):
        raise MalformedEntry(f"`{name}` has half a surrogate pair")
    return given


def _choice(fields: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    chosen = fields.get(name, choices[0])
    if chosen not in choices:
        raise MalformedEntry(f"`{name}` is not one of {', '.join(choices)}")
    return str(chosen)


def _limit(fields: Mapping[str, Any]) -> int:
    limit = fields.get("limit", LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 1:
        raise MalformedEntry("`limit` is no positive number")
    return int(min(limit, MOST))
