"""The tool that lists the stored questions: examples of how to ask this graph."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field
from rapidfuzz import fuzz, process, utils

from xingtu.queries import Question
from xingtu.server.errors import NotFound
from xingtu.server.mcp.answers import Answer, fit
from xingtu.server.mcp.terms import nearest
from xingtu.server.pages.workbench import questions

_ALIKE: Final = 55  # of 100, by rapidfuzz's partial ratio of token sets


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
        answer.notes.append(
            f"{len(found)} questions fit; these are the first {len(answer.examples)}."
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
    """Give those with all words; else those with some like them, the likest first."""
    texts = {index: text_of(question) for index, question in enumerate(questions())}
    wanted = words.lower().split()
    whole = [index for index, text in texts.items() if all(word in text for word in wanted)]
    if whole:
        return [questions()[index] for index in whole]
    found = process.extract(
        words,
        texts,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=_ALIKE,
        limit=None,
    )
    return [questions()[index] for _, _, index in found]


def text_of(question: Question) -> str:
    """Give the words by which a question is found."""
    parts = (question.name, question.title, question.description, *question.keywords)
    return " ".join(parts).lower()
