"""An index of all names in memory: SQLite FTS5, one token for each Han character.

FTS5's own trigrams find no Chinese name of two characters; single characters, in phrases, do.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from xingtu.triples.names.normalizing import is_han, normalize, raw_tokens, spell

_CANDIDATES: Final = 400
_SIMILAR: Final = 72  # of 100, by rapidfuzz's weighted ratio
_LONGEST: Final = 120  # characters of a query that are read
_SCHEMA: Final = """
    CREATE VIRTUAL TABLE names USING fts5(
        words, pinyin, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
    )
"""


Rank = tuple[float, ...]
"""How well a name fits; the least is the best."""


class Name(NamedTuple):
    """A name of a thing; `preferred` if it is its label."""

    iri: str
    text: str
    language: str
    preferred: bool


@dataclass(frozen=True)
class Entry:
    """A thing that can be found: its classes, and how many claims are about it."""

    iri: str
    classes: tuple[str, ...]
    weight: int


class Found(NamedTuple):
    """A hit: the thing, and the name of it that fits best; `similar` if it is only like it."""

    entry: Entry
    name: Name
    similar: bool = False


class NameIndex:
    """Finds things by their names.

    Args:
        names: All names.
        entries: All things, by IRI; a name of none of them is passed over.
    """

    def __init__(self, names: Iterable[Name], entries: dict[str, Entry]) -> None:
        self._names = [name for name in names if name.iri in entries]
        self._entries = entries
        self._normal = [normalize(name.text) for name in self._names]
        self._lock = Lock()
        self._tables = sqlite3.connect(":memory:", check_same_thread=False)
        self._tables.execute(_SCHEMA)
        self._tables.executemany(
            "INSERT INTO names(rowid, words, pinyin) VALUES (?, ?, ?)", self._rows()
        )

    def find(self, query: str, limit: int) -> list[Found]:
        """Find things whose names have every word of a query, the last as the start of a word.

        Where none has, those with names that are like it. The best come first: the whole name, the
        start of one, any other; then those of which more is said.
        """
        normal = normalize(query[:_LONGEST])
        if not normal:
            return []
        matching = self._match(normal)
        ranked = matching or self._resemble(normal)
        best: dict[str, tuple[Rank, int]] = {}
        for rank, row in ranked:
            iri = self._names[row].iri
            best[iri] = min(best.get(iri, (rank, row)), (rank, row))
        ordered = sorted(best.values())[:limit]
        names = [self._names[row] for _, row in ordered]
        return [Found(self._entries[name.iri], name, not matching) for name in names]

    def _rows(self) -> Iterator[tuple[int, str, str]]:
        for row, (name, normal) in enumerate(zip(self._names, self._normal, strict=True)):
            words = dict.fromkeys((normal, raw_tokens(name.text)))
            yield row, " ".join(words), spell(name.text)

    def _match(self, query: str) -> list[tuple[Rank, int]]:
        with self._lock:
            found = self._tables.execute(
                "SELECT rowid FROM names WHERE names MATCH ? ORDER BY rank LIMIT ?",
                (_expression(query), _CANDIDATES),
            )
            return [(self._rank(row, query), row) for (row,) in found]

    def _resemble(self, query: str) -> list[tuple[Rank, int]]:
        found = process.extract(
            query, self._normal, scorer=fuzz.WRatio, limit=12, score_cutoff=_SIMILAR
        )
        return [((-score, -fuzz.ratio(query, normal)), row) for normal, score, row in found]

    def _rank(self, row: int, query: str) -> Rank:
        normal, name = self._normal[row], self._names[row]
        fit = 0 if normal == query else 1 if normal.startswith(query) else 2
        return fit, -self._entries[name.iri].weight, not name.preferred, len(normal)


def _expression(normal: str) -> str:
    """Write a query of FTS5: words one by one, runs of Han characters as phrases."""
    phrases: list[list[str]] = []
    for token in normal.split():
        if phrases and is_han(token) and is_han(phrases[-1][-1]):
            phrases[-1].append(token)
        else:
            phrases.append([token])
    quoted = [f'"{" ".join(tokens)}"' for tokens in phrases]
    return " AND ".join([*quoted[:-1], quoted[-1] + " *"])
