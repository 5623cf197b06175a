"""A text as it is read by the parts of the gate."""

from functools import cached_property
from typing import Self

from xingtu.server.errors import RefusedOperation
from xingtu.server.gate.prologue import read_prologue
from xingtu.server.gate.shape import survey
from xingtu.server.gate.tokens import locate, tokenize, unescape


class Reading:
    """One way to read a text.

    Args:
        text: A query or an update.
        base_iri: The IRI against which its relative IRIs are resolved.

    Attributes:
        capitals: The text, in capitals.
        tokens: The text, cut.
        words: The distinct tokens, in capitals.
        prologue: Its declarations.
    """

    def __init__(self, text: str, base_iri: str | None) -> None:
        self.text = text
        self.capitals = text.upper()
        self.tokens = tokenize(text)
        self.words = {*map(str.upper, self.tokens)}
        self.prologue = read_prologue(self.tokens, base_iri)

    @classmethod
    def all_of(cls, text: str, base_iri: str | None) -> list[Self]:
        r"""Read a text as it is, and as it is with the escapes of codepoints replaced first.

        SPARQL 1.1 §19.2 has it that `SERV\u0049CE` is a keyword. pyoxigraph 0.5.13 reads texts as
        they are, but it takes no more than a switch of its build to change that.
        """
        texts = dict.fromkeys((text, unescape(text))) if "\\" in text else (text,)
        return [cls(each, base_iri) for each in texts]

    @cached_property
    def certain(self) -> int:
        """How many tokens, from the first, the engine is sure to cut as we do."""
        return survey(self.tokens)

    def refuse_doubt(self, keyword: str) -> None:
        """Refuse a text of which it is not certain whether a keyword is one.

        Raises:
            RefusedOperation: if the keyword occurs where the engine may cut the text otherwise.
        """
        if self.certain == len(self.tokens):
            return
        start, end = locate(self.text)[self.certain]
        if keyword in self.text[start:].upper():
            raise RefusedOperation(
                f"{keyword} cannot be told from a part of a string or comment after "
                f"{self.text[start:end]}: put spaces around the signs < and > of comparisons"
            )
