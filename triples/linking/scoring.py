"""How well an item fits a thing of ours: feature by feature, each with its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from xingtu.triples.linking.classes import ClassTable
from xingtu.triples.linking.subjects import Name, Subject
from xingtu.triples.linking.wikidata import Item
from xingtu.triples.names import likeness
from xingtu.triples.names.likeness import read_spelling

WEIGHTS: Final = {"name": 60, "type": 20, "neighbours": 15, "dates": 5}
"""What each feature can add to a score, which is 100 at most."""
_UNKNOWN: Final = 0.5  # what cannot be compared says neither yes nor no


@dataclass(frozen=True)
class Feature:
    """How far one thing about an item fits, from 0 to 1, None if that cannot be told; and why."""

    name: str
    fit: float | None
    reason: str


@dataclass(frozen=True)
class Candidate:
    """An item that a subject may be the same as."""

    item: Item
    features: tuple[Feature, ...]

    @property
    def score(self) -> float:
        """The sum of the features' weights, each as far as it fits."""
        fits = ((WEIGHTS[f.name], _UNKNOWN if f.fit is None else f.fit) for f in self.features)
        return round(sum(weight * fit for weight, fit in fits), 1)


def rank(subject: Subject, items: Iterable[Item], classes: ClassTable) -> list[Candidate]:
    """Compare a subject with items.

    Returns:
        Candidates, the best first.
    """
    found = [Candidate(item, compare(subject, item, classes)) for item in items]
    return sorted(found, key=lambda each: (-each.score, len(each.item.id), each.item.id))


def compare(subject: Subject, item: Item, classes: ClassTable) -> tuple[Feature, ...]:
    """Compare a subject with an item."""
    return (
        compare_names(subject.names, item.names),
        compare_types(subject.types, item.classes, classes),
        _compare_sets("neighbours", subject.neighbours, item.neighbours, "a statement with {}"),
        _compare_years(subject, item),
    )


def compare_names(ours: Iterable[Name], theirs: Iterable[Name]) -> Feature:
    """Compare names: English ones, and Chinese ones, as the mean of the two.

    If neither language is on both sides, it is by the sound of the Chinese ones.
    """
    ours, theirs = [*ours], [*theirs]
    found = [
        best
        for chinese in (False, True)
        if (best := _best(_of(ours, chinese), _of(theirs, chinese), similarity))
    ]
    if not found:
        for chinese in (True, False):
            best = _best(_of(ours, chinese), _of(theirs, not chinese), similarity)
            found += [best] if best else []
    if not found:
        return Feature("name", None, "no names to compare")
    reason = "; ".join(f"{a} ~ {b} {fit:.2f}" for fit, a, b in found)
    return Feature("name", sum(fit for fit, _, _ in found) / len(found), reason)


def compare_types(types: frozenset[str], found: frozenset[str], classes: ClassTable) -> Feature:
    """Tell whether the classes of an item, as far as the table knows them, are such as fit."""
    fitting = classes.fitting(types)
    if not found or not fitting:
        return Feature("type", None, "type unknown")
    fits = found & fitting
    reason = ", ".join(map(classes.name, sorted(fits or found)))
    return Feature(
        "type", float(bool(fits)), f"{'is' if fits else 'is not of our type, but'} {reason}"
    )


def similarity(one: str, other: str) -> float:
    """Tell how alike two names are, from 0 to 1; see `names/likeness.py`."""
    return likeness.compare(read_spelling(one), read_spelling(other)).score / 100


def _of(names: list[Name], chinese: bool) -> list[str]:
    return [text for text, language in names if language.startswith("zh") == chinese]


def _best(
    ours: list[str], theirs: list[str], alike: Callable[[str, str], float]
) -> tuple[float, str, str] | None:
    pairs = ((alike(a, b), a, b) for a in ours for b in theirs)
    return max(pairs, key=lambda pair: pair[0], default=None)


def _compare_sets(name: str, ours: frozenset[str], shared: frozenset[str], how: str) -> Feature:
    if not ours:
        return Feature(name, None, "no linked neighbours")
    if not shared:
        return Feature(name, None, f"no {name} in common")
    return Feature(name, 1.0, how.format(", ".join(sorted(shared))))


def _compare_years(subject: Subject, item: Item) -> Feature:
    if not subject.years or not item.years:
        return Feature("dates", None, "no dates to compare")
    shared = subject.years & item.years
    reason = f"{', '.join(map(str, sorted(shared)))} in both" if shared else "no year in common"
    return Feature("dates", float(bool(shared)), reason)
