"""Competency questions: each is a record, and each gets its expected answer."""

import pytest
from pyoxigraph import Store

from xingtu.queries import (
    EXPECTED,
    FEDERATED,
    InvalidQuestion,
    answer,
    load_questions,
    read_question,
)
from xingtu.server.engine.evaluate import Dataset
from xingtu.server.errors import MalformedQuery

QUESTIONS = load_questions()


def test_there_are_many_questions_with_titles_of_their_own() -> None:
    assert len(QUESTIONS) >= 70
    for language in ("en", "zh"):
        assert len({question.title_in(language) for question in QUESTIONS}) == len(QUESTIONS)
    assert {path.stem for path in EXPECTED.glob("*.tsv")} == {q.name for q in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_gets_its_expected_answer(question, packaged_store: Store) -> None:
    text = answer(question, Dataset(packaged_store).solve)
    assert len(text.splitlines()) > 1, "a question that the graph cannot answer"
    assert text == question.expected.read_text("utf-8"), "`xingtu expect`, then review the diff"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_is_short_and_readable(question) -> None:
    lines = [line for line in question.text.splitlines() if not line.startswith(("#", "PREFIX"))]
    assert len(lines) <= 25
    assert question.title.endswith("?")
    assert question.description.endswith(".")
    assert question.keywords


@pytest.mark.parametrize(
    "question", [*QUESTIONS, *load_questions(FEDERATED)], ids=lambda question: question.name
)
def test_a_question_speaks_chinese_too(question) -> None:
    assert question.title_in("zh").endswith("？")
    assert question.description_in("zh").endswith("。")
    assert question.title_in("en") == question.title


def test_a_question_without_chinese_is_asked_in_english(tmp_path) -> None:
    path = tmp_path / "plain.rq"
    path.write_text("# title: What?\n# description: That.\n# keywords: x\nSELECT * {}", "utf-8")
    assert read_question(path).title_in("zh") == "What?"


def test_a_question_without_header_is_refused(tmp_path) -> None:
    path = tmp_path / "nameless.rq"
    path.write_text("# title: What?\n# keywords: x\nSELECT * {}", "utf-8")
    with pytest.raises(InvalidQuestion, match=r"nameless.rq: no line '# description"):
        read_question(path)


@pytest.mark.parametrize(
    ("body", "fault"), [("SELECT * {", MalformedQuery), ("ASK {}", InvalidQuestion)]
)
def test_a_question_that_is_no_select_is_refused(
    tmp_path, body: str, fault: type, packaged_store: Store
) -> None:
    path = tmp_path / "odd.rq"
    path.write_text(f"# title: What?\n# description: That.\n# keywords: x\n{body}", "utf-8")
    with pytest.raises(fault):
        answer(read_question(path), Dataset(packaged_store).solve)
