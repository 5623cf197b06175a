"""What tools give back: a text for the model, the same as data for programs, and never too much."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field
from pydantic_core import to_json

LARGEST: Final = 20_000
"""Characters of the text, and of the data as JSON, that an answer may have."""
BUDGET: Final = 12_000
"""Characters that the items of a list may take, as JSON."""
Item = TypeVar("Item")


class Answer(BaseModel):
    """An answer; a subclass has its data. `notes` say what is missing from it and how to get it."""

    notes: list[str] = Field(default_factory=list, description="What to know about this answer.")

    def lines(self) -> Iterator[str]:
        """Give the data line by line."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The answer for a model to read."""
        return "\n".join([*self.lines(), *(f"NOTE: {note}" for note in self.notes)])


class Page(Answer):
    """A part of a list; `next_offset` is where it goes on, None if this is its end."""

    offset: int = Field(default=0, description="How many items stand before these.")
    next_offset: int | None = Field(default=None, description="Ask for this offset to go on.")

    def turn(self, shown: int, more: bool, of: str) -> None:
        """Say where the list goes on.

        Args:
            shown: How many items are here.
            more: Whether others follow.
            of: What the items are, with their number if it is known, such as `1,204 rows`.
        """
        if more:
            self.next_offset = self.offset + shown
            first = self.offset + 1
            self.notes.append(
                f"Not all: this is {first}-{self.next_offset} of {of}. For more, call again with "
                f"offset={self.next_offset}."
            )


def fit(items: Iterable[Item], budget: int = BUDGET) -> list[Item]:
    """Keep as many items as a budget of characters allows, and at least one."""
    kept: list[Item] = []
    for item in items:
        budget -= len(write_json(item))
        if kept and budget < 0:
            break
        kept.append(item)
    return kept


def brief(text: str, length: int = 300) -> str:
    """Cut a text, and say how much is missing."""
    missing = len(text) - length
    return text if missing <= 0 else f"{text[:length]}…(+{missing:,} characters)"


def few(texts: Sequence[str], most: int) -> list[str]:
    """Keep the first of some short texts, and say how many are missing."""
    missing = len(texts) - most
    return [*texts] if missing <= 0 else [*texts[:most], f"…(+{missing:,} more)"]


def write_json(data: Any) -> str:
    """Write data as JSON, characters as they are."""
    return to_json(data).decode()
