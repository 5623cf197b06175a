"""Checks against the article texts: passages are where they should be, and no text is copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from xingtu.triples.anchor import hash_passage, read_snapshot
from xingtu.triples.article import Article
from xingtu.triples.problem import Problem

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
HAN = re.compile(r"[\u3400-\u9fff]+")
WORDS_IN_A_ROW = 8
HAN_IN_A_ROW = 25


def read_texts(articles: Iterable[Article], folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return article slug → text for the snapshots in the folder, and what is wrong with them."""
    texts, problems = {}, []
    for article in articles:
        path = folder / article.header.get("file", "")
        try:
            texts[article.slug] = read_snapshot(path)
        except (OSError, ValueError) as error:
            remedy = "put it there, or check without --articles"
            problems.append(Problem(article.file, 1, "file", str(error), remedy))
    return texts, problems


def check_snapshots(articles: Iterable[Article], texts: dict[str, str]) -> Iterator[Problem]:
    """Yield a problem for each snapshot that is not the one that was read."""
    for article in articles:
        text = texts.get(article.slug)
        if text is not None and hash_passage(text) != article.header.get("sha256"):
            message, remedy = "the snapshot has another hash", "anchor its passages again"
            yield Problem(article.file, 1, "sha256", message, remedy)


def check_passages(articles: Iterable[Article], texts: dict[str, str]) -> Iterator[Problem]:
    """Yield a problem for each passage outside its text, or with another hash."""
    for article in articles:
        text = texts.get(article.slug)
        if text is None:
            continue
        for passage, line in article.passages:
            about = f"{passage.start}-{passage.end}"
            if passage.end > len(text):
                message = f"ends outside the text, which has {len(text)} characters"
                yield Problem(article.file, line, about, message, "anchor it again")
            elif hash_passage(text[passage.start : passage.end]) != passage.sha256:
                yield Problem(
                    article.file, line, about, "the hash differs from the text's", "anchor it again"
                )


def check_copied_text(
    literals: Iterable[tuple[str, str]], texts: dict[str, str], titles: set[str]
) -> Iterator[Problem]:
    """Yield a problem for each literal that shares a run of words with a source text.

    Args:
        literals: (where it stands, its text).
        texts: the snapshots.
        titles: the titles of the publications, which may stand as they are.
    """
    words = {run: slug for slug, text in texts.items() for run in _word_runs(text)}
    han = {run: slug for slug, text in texts.items() for run in _han_runs(text)}
    for about, text in literals:
        if text in titles:
            continue
        for run in _word_runs(text):
            if run in words:
                message = f"shares the words {' '.join(run)!r} with {words[run]}"
                yield Problem("dataset", 0, about, message, "say it in words of our own")
                break
        for run_of_han in _han_runs(text):
            if run_of_han in han:
                message = f"shares {run_of_han!r} with {han[run_of_han]}"
                yield Problem("dataset", 0, about, message, "say it in words of our own")
                break


def _word_runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [match.group().casefold() for match in WORD.finditer(text)]
    for start in range(len(words) - WORDS_IN_A_ROW + 1):
        yield tuple(words[start : start + WORDS_IN_A_ROW])


def _han_runs(text: str) -> Iterator[str]:
    for match in HAN.finditer(text):
        for start in range(len(match.group()) - HAN_IN_A_ROW + 1):
            yield match.group()[start : start + HAN_IN_A_ROW]
