"""The competency questions: each a query, a record of what it asks, and its expected answer.

A question is one file `<name>.rq`, with its title, description and keywords in comments at the
top, the first two also in Chinese (`# title@zh: …`); `expected/<name>.tsv` is its answer (SPARQL
1.1 TSV), written by `xingtu expect` and reviewed in the diff.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected"
FEDERATED = FOLDER / "federated"
"""The questions that ask Wikidata too; their answers are not ours to expect."""
HEADER = re.compile(r"# ((?:title|description)(?:@zh)?|keywords): (.+)")


Evaluate = Callable[[str], ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples]


class InvalidQuestion(Exception):
    """A question file lacks a header line, is not UTF-8, or is no SELECT query."""


@dataclass(frozen=True)
class Question:
    """A competency question: its name (the file's stem), header and SPARQL text.

    The Chinese title and description may be missing.
    """

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    text: str
    title_zh: str = ""
    description_zh: str = ""

    def title_in(self, language: str) -> str:
        """Give the title in a language, else in English."""
        return (language == "zh" and self.title_zh) or self.title

    def description_in(self, language: str) -> str:
        """Give the description in a language, else in English."""
        return (language == "zh" and self.description_zh) or self.description

    @property
    def expected(self) -> Path:
        """Where the expected answer is kept."""
        return EXPECTED / f"{self.name}.tsv"


def load_questions(folder: Path = FOLDER) -> list[Question]:
    """Read every question of a folder, by name.

    Raises:
        InvalidQuestion: if a file lacks one of the three header lines.
    """
    return [read_question(path) for path in sorted(folder.glob("*.rq"))]


def load_every_question() -> list[Question]:
    """Read the questions, and those that ask Wikidata too; raises as `load_questions`."""
    return [*load_questions(), *load_questions(FEDERATED)]


def read_question(path: Path) -> Question:
    """Read one question file.

    Raises:
        InvalidQuestion: if it lacks one of the three header lines.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidQuestion(f"{path.name}: {error}") from error
    header = dict(HEADER.findall(text))
    missing = {"title", "description", "keywords"} - header.keys()
    if missing:
        raise InvalidQuestion(f"{path.name}: no line '# {min(missing)}: …' at the top")
    keywords = tuple(word.strip() for word in header["keywords"].split(","))
    return Question(
        path.stem,
        header["title"],
        header["description"],
        keywords,
        text,
        header.get("title@zh", ""),
        header.get("description@zh", ""),
    )


def answer(question: Question, evaluate: Evaluate) -> str:
    """Return the answer of a question as TSV (SPARQL 1.1 Query Results CSV and TSV Formats).

    `evaluate` answers a query text, and raises what it raises for one that is not SPARQL.

    Raises:
        InvalidQuestion: if the query is no SELECT.
    """
    solutions = evaluate(question.text)
    if not isinstance(solutions, ox.QuerySolutions):
        raise InvalidQuestion(f"{question.name}.rq: a competency question is a SELECT query")
    data = solutions.serialize(format=ox.QueryResultsFormat.TSV)
    assert data is not None
    return data.decode("utf-8")


def write_expected(questions: Iterable[Question], evaluate: Evaluate) -> list[Path]:
    """Write the present answers as the expected ones; return the paths that changed."""
    EXPECTED.mkdir(exist_ok=True)
    changed = []
    for question in questions:
        text = answer(question, evaluate)
        if not question.expected.is_file() or question.expected.read_text("utf-8") != text:
            question.expected.write_text(text, "utf-8")
            changed.append(question.expected)
    return changed
