"""Candidates for things without a link."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from xingtu.ontology import load_schema
from xingtu.triples.linking.classes import read_classes
from xingtu.triples.linking.scoring import Candidate, rank
from xingtu.triples.linking.subjects import Name, Subject
from xingtu.triples.linking.wikidata import Wikidata

_SEARCHES: Final = 4  # for one subject
_DESIGNATOR: Final = re.compile(r"(?:CZ|LM|Long March|Chang ?zheng)[- ]?(\d\w*)", re.IGNORECASE)


def choose(
    subjects: Sequence[Subject], classes: Collection[str] = (), slugs: Collection[str] = ()
) -> list[Subject]:
    """Choose the subjects to find items for, none that has one already.

    Args:
        subjects: All there are.
        classes: Local names of classes; without them, those of the table, since the things of
            other classes (claims, observations, proposals) are hardly ever items of Wikidata.
        slugs: Those of subjects; all, without them.
    """
    wanted = frozenset(classes)

    def is_wanted(subject: Subject) -> bool:
        if wanted or not slugs:
            return not subject.types.isdisjoint(wanted or read_classes().items.keys())
        return True

    return [
        subject
        for subject in subjects
        if not subject.items and (not slugs or subject.slug in slugs) and is_wanted(subject)
    ]


def find_unknown_classes(classes: Collection[str]) -> list[str]:
    """Give those that are no class of the ontology."""
    return sorted(set(classes) - load_schema().ancestors.keys())


def find_candidates(subject: Subject, wikidata: Wikidata, limit: int = 20) -> list[Candidate]:
    """Find items for a subject.

    Args:
        subject: What is to be linked.
        wikidata: Is asked.
        limit: How many items are looked at.

    Returns:
        Candidates, the best first.

    Raises:
        NoAnswer: if a service does not answer.
    """
    found: dict[str, None] = {}
    for text, language in spellings(subject.names):
        found |= dict.fromkeys(wikidata.search(text, language))
    items = [*found][:limit]
    table = read_classes()
    described = wikidata.describe(items, table.all_items, subject.neighbours)
    sound = [item for item in described.values() if item.there and not item.target]
    return rank(subject, sound, table)


def spellings(names: Sequence[Name]) -> list[Name]:
    """Give the names to search for, the first of each language first.

    A launcher's designator is also given the way in which Wikidata has its label.
    """
    return [*dict.fromkeys(_order(names))][:_SEARCHES]


def _order(names: Sequence[Name]) -> Iterator[Name]:
    for wanted in ("en", "zh"):
        yield from [name for name in names if name[1] == wanted][:1]
    for text, language in names:
        if language == "en" and (found := _DESIGNATOR.fullmatch(text)):
            yield f"Long March {found[1]}", "en"
    yield from names
