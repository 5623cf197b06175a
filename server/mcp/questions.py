"""The tool that lists the stored questions: examples of how to ask this graph."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field
from rapidfuzz import fuzz

from xingtu.queries import Question
from xingtu.server.errors import NotFound
from xingtu.server.mcp.answers import Answer, fit
from xingtu.server.mcp.terms import nearest
from xingtu.server.pages.workbench import questions, words_of

_ALIKE: Final = 85  # of 100, by rapidfuzz's partial ratio
_WORD: Final = re.compile(r"\w{3,}")


class Example(BaseModel):
    """A stored question; `query` is its SPARQL, if that was asked for."""

    name: str
    title: str
    query: str = ""


class Examples(Answer):
    """Stored questions, the most fitting first."""

    examples: list[Example]

    def lines(self) -> Iterator[str]:
        """Give a line for each, and its query beneath."""
        for each in self.examples:
            yield f"{each.name}\t{each.title}"
            if each.query:
                yield each.query


def find_questions(
    words: Annotated[
        str, Field(max_length=200, description="English words of what you want to know.")
    ] = "",
    name: Annotated[
        str, Field(max_length=100, description="The name of one question: gives its SPARQL.")
    ] = "",
    limit: Annotated[int, Field(ge=1, le=100)] = 10,
) -> Examples:
    """Find example questions, tested ones, by words; with `name`, get the SPARQL of one.

    Adapt an example before you write a query from nothing: it shows how this graph is asked.

    Raises:
        NotFound: if no question has that name.
    """
    if name:
        return Examples(examples=[_show(name)])
    found = [Example(name=q.name, title=q.title) for q in _rank(words)]
    answer = Examples(examples=fit(found[:limit]))
    if len(answer.examples) < len(found):
        shown = len(answer.examples)
        answer.notes.append(
            f"These are {shown} of {len(found)}: say more words, or a higher limit."
        )
    if not found:
        answer.notes.append("No question has such words. Without words, all are listed.")
    return answer


def _show(name: str) -> Example:
    known = {question.name: question for question in questions()}
    if name not in known:
        near = ", ".join(nearest(name, {each: each for each in known}))
        raise NotFound(f"there is no question {name!r}{f'; near: {near}' if near else ''}")
    return Example(name=name, title=known[name].title, query=known[name].text)


def _rank(words: str) -> list[Question]:
    """Give those with the most of the words, or ones spelt nearly so, then those with most."""
    wanted = _WORD.findall(words.lower())
    counted = [
        (sum(fuzz.partial_ratio(word, text) >= _ALIKE for word in wanted), question)
        for question in questions()
        for text in [words_of(question)]
    ]
    best = max((count for count, _ in counted), default=0)
    fitting = [each for each in counted if not wanted or each[0] > best / 2]
    return [question for _, question in sorted(fitting, key=lambda each: -each[0])]
