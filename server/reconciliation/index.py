"""An index of the records by name, sound, identifier and property, made anew with each dataset."""

import re
from collections import Counter, defaultdict
from threading import Lock
from typing import Final, NamedTuple

from flask import current_app
from rapidfuzz import fuzz, process

from xingtu.server.pages.addresses import ID
from xingtu.server.reconciliation.records import Record, read_records
from xingtu.triples.names.likeness import Likeness, Spelling, compare, read_spelling

LEAST_LIKE: Final = 40.0
"""The likeness below which a name is no candidate."""
_ALIKE: Final = 55  # of 100, by letters; what is less alike is found by its words or not at all
_CANDIDATES: Final = 40  # names, by each way of finding them
_RARE: Final = 60  # names that share a word, beyond which the word tells nothing
_ITEM: Final = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/)?(Q[1-9]\d*)")
_indexes: dict[str, "RecordIndex"] = {}
_lock: Final = Lock()


class Found(NamedTuple):
    """How alike the most alike name of a record is, and that name."""

    likeness: Likeness
    name: str


NOTHING: Final = Found(Likeness(0.0), "")
_TOO_UNLIKE: Final = Found(Likeness(LEAST_LIKE), "")


class RecordIndex:
    """Finds records.

    Args:
        records: All of them, by slug.
    """

    def __init__(self, records: dict[str, Record]) -> None:
        self.records = records
        self.using: defaultdict[str, list[Record]] = defaultdict(list)
        self._items: defaultdict[str, list[Record]] = defaultdict(list)
        self._rows: list[tuple[str, str, Spelling]] = []
        self._keys: defaultdict[str, list[int]] = defaultdict(list)
        self._words: defaultdict[str, list[int]] = defaultdict(list)
        for record in records.values():
            self._add(record)
        self._ordered = [spelling.ordered for _, _, spelling in self._rows]

    def identify(self, text: str) -> list[Record]:
        """Give the records of an identifier: a slug, an IRI of ours, a Wikidata item."""
        text = text.strip()
        ours = self.records.get(text.removeprefix(ID))
        item = _ITEM.fullmatch(text)
        return ([ours] if ours else []) + (self._items.get(item[1], []) if item else [])

    def find(self, text: str) -> dict[str, Found]:
        """Find the records with a name like a text, each with the most alike of its names."""
        spelling = read_spelling(text)
        best: dict[str, Found] = {}
        for row in sorted(self._shortlist(spelling)):
            slug, name, other = self._rows[row]
            found = Found(compare(spelling, other), name)
            if found.likeness.score > best.get(slug, _TOO_UNLIKE).likeness.score:
                best[slug] = found
        return best

    def _add(self, record: Record) -> None:
        for prop in record.facts:
            self.using[prop].append(record)
        for item in record.items:
            self._items[item].append(record)
        for name in record.names:
            spelling = read_spelling(name.text)
            row = len(self._rows)
            self._rows.append((record.slug, name.text, spelling))
            for key in {spelling.normal, *spelling.sounds}:
                self._keys[key].append(row)
            for word in set(spelling.normal.split()):
                self._words[word].append(row)

    def _shortlist(self, spelling: Spelling) -> set[int]:
        """Choose the names worth comparing."""
        if not spelling.normal:
            return set()
        rows = {
            row for key in (spelling.normal, *spelling.sounds) for row in self._keys.get(key, ())
        }
        alike = process.extract(
            spelling.ordered,
            self._ordered,
            scorer=fuzz.ratio,
            limit=_CANDIDATES,
            score_cutoff=_ALIKE,
        )
        shared: Counter[int] = Counter()
        for word in set(spelling.normal.split()):
            with_word = self._words.get(word, ())
            if len(with_word) <= _RARE:
                shared.update(with_word)
        return rows.union(
            (row for _, _, row in alike), (r for r, _ in shared.most_common(_CANDIDATES))
        )


def best_name(text: str, record: Record) -> Found:
    """Find the name of a record that is most like a text."""
    spelling = read_spelling(text)
    found = (Found(compare(spelling, read_spelling(name.text)), name.text) for name in record.names)
    return max(found, key=lambda each: each.likeness.score, default=NOTHING)


def record_index() -> RecordIndex:
    """Give the index of the present dataset; the first to ask for it waits while it is made."""
    version = current_app.config["ENGINE"].version
    with _lock:
        if version not in _indexes:
            _indexes.clear()
            _indexes[version] = RecordIndex(read_records())
        return _indexes[version]
