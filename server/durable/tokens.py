"""Reading the tokens of a request of updates one by one.

Where pyoxigraph does without the white space that SPARQL has between keywords, as in `INSERTDATA`,
this does not.
"""

from collections.abc import Callable
from typing import NamedTuple

from xingtu.server.errors import MalformedQuery
from xingtu.server.gate.tokens import locate


class Token(NamedTuple):
    """A token and where it begins and ends; the last one of a text is empty."""

    text: str
    start: int
    end: int


class Tokens:
    """A reader of a text.

    What it is asked for and does not find raises `MalformedQuery`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = [Token(text[start:end], start, end) for start, end in locate(text)]
        self._place = 0

    @property
    def next(self) -> Token:
        """The next token, which is not taken."""
        return self._tokens[self._place]

    def take(self) -> Token:
        """Take the next token."""
        if not (token := self.next).text:
            raise self._missing("more")
        self._place += 1
        return token

    def take_if(self, *words: str) -> str:
        """Take the next token if it is one of these, keywords in upper case.

        Returns:
            The keyword in upper case, "" if it is another.
        """
        word = self.next.text.upper()
        return self.take().text.upper() if word in words else ""

    def expect(self, *words: str) -> str:
        """Take the next token, which must be one of these."""
        if found := self.take_if(*words):
            return found
        raise self._missing(" or ".join(words))

    def take_name(self) -> str:
        """Take an IRI, written out or prefixed."""
        name = self.next.text
        if (name.startswith("<") and name.endswith(">")) or ":" in name:
            return self.take().text
        raise self._missing("an IRI")

    def take_group(self) -> str:
        """Take `{` and all to the `}` that matches it, and give their text."""
        start, depth = self.next.start, 1
        self.expect("{")
        while depth:
            token = self.take()
            depth += {"{": 1, "}": -1}.get(token.text, 0)
        return self.text[start : token.end]

    def _missing(self, expected: str) -> MalformedQuery:
        start = self.next.start
        line = self.text.count("\n", 0, start) + 1
        return MalformedQuery(f"expected {expected}", line, start - self.text.rfind("\n", 0, start))


def rename_variables(text: str, rename: Callable[[str], str]) -> str:
    """Replace each variable by what `rename` makes of its name, which has no `?` or `$`."""
    pieces, copied = [], 0
    for start, end in locate(text):
        if text[start:end] not in ("?", "$") and text[start:end].startswith(("?", "$")):
            pieces += [text[copied:start], rename(text[start + 1 : end])]
            copied = end
    return "".join([*pieces, text[copied:]])
