"""Turn a draft's quotes into offsets and hashes, so that no text of an article is kept."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import yaml

from xingtu.triples.article import SHORTEST
from xingtu.triples.problem import InvalidAuthoredFiles, Problem

QUOTE = re.compile(r"^(?P<indent>\s*(?:- )?)quote: (?P<quote>.+)$")
ELISION = " ... "


def read_snapshot(path: Path) -> str:
    """Return an article's text as its offsets count it: code points of UTF-8, NFC, LF line ends.

    Raises:
        ValueError: if the file is not such a text.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8: {error}") from error
    if "\r" in text or text.startswith("\ufeff") or not unicodedata.is_normalized("NFC", text):
        raise ValueError(f"{path.name} must be NFC with LF line ends and no byte order mark")
    return text


def anchor(draft: str, text: str, name: str = "draft") -> str:
    """Return a draft article file with `at` and `sha256` in place of each `quote`.

    Args:
        draft: the YAML text; each quote on one line, plain or in double quotes.
        text: the article's snapshot.
        name: what to call the draft in messages.

    Raises:
        InvalidAuthoredFiles: if a quote is not found exactly once, or is too short.
    """
    problems: list[Problem] = []
    lines: list[str] = []
    for number, line in enumerate(draft.splitlines(), 1):
        match = QUOTE.match(line)
        try:
            lines += _anchored(match["indent"], match["quote"], text) if match else [line]
        except ValueError as error:
            problems.append(Problem(name, number, "quote", str(error), "quote more, or exactly"))
    if problems:
        raise InvalidAuthoredFiles(problems)
    return "\n".join(lines) + "\n"


def _anchored(indent: str, scalar: str, text: str) -> list[str]:
    try:
        quote = yaml.load(scalar, yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{scalar[:40]!r} is not YAML") from error
    if not isinstance(quote, str):
        raise ValueError(f"{scalar[:40]!r} is not one text")
    start, end = find_passage(quote, text)
    return [
        f"{indent}at: {start}-{end}",
        f"{indent.replace('- ', '  ')}sha256: {hash_passage(text[start:end])}",
    ]


def find_passage(quote: str, text: str) -> tuple[int, int]:
    """Return the offsets of a quote, which may leave out its middle as ' ... ', once.

    Raises:
        ValueError: if it does not occur exactly once, or is shorter than 25 characters.
    """
    first, *rest = quote.split(ELISION)
    count = text.count(first)
    if count != 1:
        raise ValueError(f"{first[:40]!r} occurs {count} times")
    if len(rest) > 1:
        raise ValueError("leaves out text in more than one place")
    start = text.index(first)
    end = start + len(first)
    if rest:
        tail = text.find(rest[0], end)
        if tail < 0:
            raise ValueError(f"{rest[0][:40]!r} does not follow")
        end = tail + len(rest[0])
    if end - start < SHORTEST:
        raise ValueError(f"is shorter than {SHORTEST} characters, so that its hash says little")
    return start, end


def hash_passage(passage: str) -> str:
    """Return the SHA-256 of a passage in UTF-8, in hexadecimal."""
    return hashlib.sha256(passage.encode("utf-8")).hexdigest()


def anchor_file(path: Path, articles: Path) -> None:
    """Anchor a draft in place; its `file:` key names the snapshot in the folder `articles`.

    Raises:
        InvalidAuthoredFiles: if the draft or the snapshot cannot be read, or a quote not found.
    """
    try:
        draft = path.read_bytes().decode("utf-8")
        found = re.search(r"^file: (\S+)", draft, re.MULTILINE)
        if not found:
            raise ValueError("there is no line 'file: …' that names the snapshot")
        text = read_snapshot(articles / found[1])
    except (OSError, ValueError) as error:
        raise InvalidAuthoredFiles([Problem(path.name, 1, "", str(error))]) from error
    path.write_text(anchor(draft, text, path.name), "utf-8")
