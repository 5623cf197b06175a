"""Answers kept for those who ask the same again."""

from collections.abc import Hashable
from pathlib import Path
from threading import Lock
from typing import Final, Generic, Protocol, TypeVar

from cachetools import LRUCache

_OVERHEAD: Final = 2048  # bytes; what an entry and its key take beside its body, roughly


class _HasBody(Protocol):
    @property
    def body(self) -> bytes | Path: ...


Kept = TypeVar("Kept", bound=_HasBody)


class ResultCache(Generic[Kept]):
    """Keeps the answers used last.

    A key must name everything an answer depends on: the version of the dataset, the operation,
    the media types and the content coding.

    Args:
        size: The bytes all entries may take; 0 keeps nothing.
        largest: The bytes one body may have.
    """

    def __init__(self, size: int, largest: int = 4 << 20) -> None:
        self._entries: LRUCache[Hashable, Kept] = LRUCache(size, getsizeof=_measure)
        self._largest = min(largest, size - _OVERHEAD)
        self._lock = Lock()  # endpoints may run in threads under WSGI
        self.hits = 0
        self.misses = 0

    @property
    def size(self) -> int:
        """The bytes all entries take."""
        return int(self._entries.currsize)

    def get(self, key: Hashable) -> Kept | None:
        """Give the answer kept under a key, if there is one."""
        if self._largest < 0:
            return None
        with self._lock:
            answer = self._entries.get(key)
            if answer is None:
                self.misses += 1
            else:
                self.hits += 1
            return answer

    def put(self, key: Hashable, answer: Kept) -> None:
        """Keep an answer, unless it is large or in a file."""
        if isinstance(answer.body, bytes) and len(answer.body) <= self._largest:
            with self._lock:
                self._entries[key] = answer


def _measure(answer: _HasBody) -> int:
    return len(answer.body) + _OVERHEAD if isinstance(answer.body, bytes) else _OVERHEAD
