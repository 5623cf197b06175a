"""How well a record answers a query: features, and the score made of them.

The score is the weighted mean of what the conditions of the query give. What the graph does not say
of a record counts neither for nor against it, as absence is no evidence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from xingtu.server.reconciliation.index import NOTHING, Found, RecordIndex, best_name
from xingtu.server.reconciliation.queries import (
    Condition,
    MalformedEntry,
    ReconciliationQuery,
    Reference,
    Value,
)
from xingtu.server.reconciliation.records import Record
from xingtu.server.reconciliation.values import AGREES, agree

_NAME, _IDENTIFIER, _PROPERTY = 4.0, 12.0, 1.0  # weights
_COMPARISONS: Final = 50_000  # of values with records, which take about half a second
_OTHER_TYPE: Final = 0.6  # of the score, where the type is only a preference

Features = dict[str, float | bool]


@dataclass(frozen=True)
class Candidate:
    """A record as an answer.

    `score` is from 0 to 100; `certain` tells whether it would be a match if it stood alone.
    """

    record: Record
    score: float
    features: Features
    certain: bool
    match: bool = False


@dataclass
class _Tally:
    """The features of a record, and the weighted mean as it grows."""

    features: Features = field(default_factory=dict)
    total: float = 0.0
    weight: float = 0.0

    def count(self, weight: float, value: float) -> float:
        self.total += weight * value
        self.weight += weight
        return value

    @property
    def mean(self) -> float:
        return self.total / self.weight if self.weight else 0.0


class Scorer:
    """Finds and scores records for one query."""

    def __init__(self, query: ReconciliationQuery, index: RecordIndex) -> None:
        self._query = query
        self._index = index
        self._types = frozenset(query.types)
        sought = [c for c in query.conditions if c.quantifier != "none"]
        self._names = {
            text: index.find(text) for c in sought if c.names for text in map(_text, c.values)
        }
        self._identified = {
            c: [record for value in c.values for record in index.identify(_identifier(value))]
            for c in sought
            if c.names or c.identifies
        }
        self._aimed = bool(self._identified)

    def candidates(self) -> Iterator[Candidate]:
        """Score all records that may answer.

        Raises:
            MalformedEntry: if those are very many for its values.
        """
        slugs = {slug for found in self._names.values() for slug in found}
        slugs |= {record.slug for found in self._identified.values() for record in found}
        if not self._aimed:
            props = {c.prop for c in self._query.conditions if c.prop}
            slugs |= {r.slug for prop in props for r in self._index.using.get(prop, ())}
        if len(slugs) * sum(len(c.values) for c in self._query.conditions) > _COMPARISONS:
            raise MalformedEntry("it asks for too many comparisons: give a name, or fewer values")
        for slug in sorted(slugs):
            if candidate := self._score(self._index.records[slug]):
                yield candidate

    def _score(self, record: Record) -> Candidate | None:
        """Score a record, unless its type or a required condition rules it out."""
        typed = self._has_type(record)
        if not typed and self._query.strictness != "should":
            return None
        tally = _Tally({"type": typed} if self._types else {})
        for condition in self._query.conditions:
            value = self._weigh(condition, record, tally)
            if condition.required and (value is None or value < AGREES):
                return None
        score = tally.mean if typed else tally.mean * _OTHER_TYPE
        features = tally.features
        # A short description in our words may fit by chance, where no type is asked for.
        exact = features.get("exact_name") and (record.named or self._types)
        certain = bool(typed and (features.get("identifier") or exact))
        return Candidate(record, round(score, 2), features | {"claims": record.weight}, certain)

    def _has_type(self, record: Record) -> bool:
        """Tell whether a record has the types; one that does not exist, nothing has."""
        if self._query.strictness == "all":
            return record.classes >= self._types
        return not self._types or bool(record.classes & self._types)

    def _weigh(self, condition: Condition, record: Record, tally: _Tally) -> float | None:
        """Add what a condition gives to the tally; None if nothing can be told."""
        if condition.names:
            return self._weigh_name(condition, record, tally)
        if condition.identifies:
            return self._weigh_identifier(condition, record, tally)
        prop = condition.prop
        value = _quantify(condition, lambda each: agree(record, prop, each, self._index))
        if value is None and (self._aimed or prop not in self._index.using):
            return None
        tally.features[f"property_{prop}"] = round(value or 0.0, 2)
        return tally.count(_PROPERTY, value or 0.0)

    def _weigh_name(self, condition: Condition, record: Record, tally: _Tally) -> float:
        found = {each: self._find(_text(each), record) for each in condition.values}
        best = max(found.values(), key=lambda each: each.likeness.score, default=NOTHING).likeness
        exact = best.exact and condition.quantifier != "none"
        tally.features |= {
            "name": round(best.score, 2),
            "exact_name": exact and tally.features.get("exact_name", True),
            "same_sound": best.exact or best.same_sound,
            "same_numbers": best.same_numbers,
        }
        if record in self._identified.get(condition, ()):
            tally.features["identifier"] = True
            return tally.count(_NAME, 100.0)
        value = _quantify(condition, lambda each: found[each].likeness.score)
        return tally.count(_NAME, value or 0.0)

    def _find(self, text: str, record: Record) -> Found:
        return self._names.get(text, {}).get(record.slug) or best_name(text, record)

    def _weigh_identifier(
        self, condition: Condition, record: Record, tally: _Tally
    ) -> float | None:
        known = self._identified.get(condition)
        if condition.prop and self._names and not record.items and not known:
            return None  # an item that no record has may be that of one without any
        value = _quantify(
            condition, lambda each: 100.0 * (record in self._index.identify(_identifier(each)))
        )
        tally.features["identifier"] = value == 100.0
        return tally.count(_IDENTIFIER, value or 0.0)


def _quantify(condition: Condition, measure: Callable[[Value], float | None]) -> float | None:
    """Measure the values of a condition, and combine them: any, all or none of them."""
    measured = [value for each in condition.values if (value := measure(each)) is not None]
    if condition.exact:
        measured = [value if value == 100.0 else 0.0 for value in measured]
    if not measured:
        return None
    if condition.quantifier == "none":
        return 100.0 - max(measured)
    return min(measured) if condition.quantifier == "all" else max(measured)


def _text(value: Value) -> str:
    return (value.name or value.id) if isinstance(value, Reference) else str(value)


def _identifier(value: Value) -> str:
    return value.id if isinstance(value, Reference) else str(value)
