"""Long lists, a page at a time."""

from dataclasses import dataclass
from typing import Final, TypeVar

from flask import request

from xingtu.server.pages.asking import Row, Terms, ask

Item = TypeVar("Item")
_LAST: Final = 100_000


@dataclass
class Pager:
    """A page of a list; pages count from 1. `more` tells whether another follows."""

    number: int
    size: int
    more: bool = False

    @property
    def offset(self) -> int:
        """How many items stand before this page."""
        return (self.number - 1) * self.size

    def ask(self, query: str, terms: Terms, where: str = "") -> list[Row]:
        """Ask a stored query for this page of its solutions; arguments as for `asking.ask`."""
        rows = ask(query, terms, limit=self.size + 1, offset=self.offset, where=where)
        return self.cut(rows)

    def cut(self, items: list[Item]) -> list[Item]:
        """Take this page from items of which one too many was asked for."""
        self.more = len(items) > self.size
        return items[: self.size]


def page_number(parameter: str) -> int:
    """Read a page number of the request; anything else is the first page."""
    text = request.args.get(parameter, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return min(max(number, 1), _LAST)
