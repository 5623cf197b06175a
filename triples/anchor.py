"""Turn a draft's quotes into offsets and hashes, so that no text of an article is kept."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import yaml

from xingtu.triples.problem import InvalidAuthoredFiles, Problem

QUOTE = re.compile(r"^(?P<indent>\s*(?:- )?)quote: (?P<quote>.+)$")
ELISION = " ... "
SHORTEST = 25


def anchor(draft: str, text: str, name: str = "draft") -> str:
    """Return a draft article file with `at` and `sha256` in place of each `quote`.

    Args:
        draft: the YAML text; each quote on one line, plain or in double quotes.
        text: the article's snapshot.
        name: what to call the draft in messages.

    Raises:
        InvalidAuthoredFiles: if a quote is not found exactly once, or is too short.
    """
    problems, lines = [], []
    for number, line in enumerate(draft.splitlines(), 1):
        match = QUOTE.match(line)
        if not match:
            lines.append(line)
            continue
        try:
            start, end = find_passage(str(yaml.load(match["quote"], yaml.BaseLoader)), text)
        except ValueError as error:
            problems.append(Problem(name, number, "quote", str(error), "quote more, or exactly"))
            continue
        indent = match["indent"]
        lines.append(f"{indent}at: {start}-{end}")
        lines.append(f"{indent.replace('- ', '  ')}sha256: {hash_passage(text[start:end])}")
    if problems:
        raise InvalidAuthoredFiles(problems)
    return "\n".join(lines) + "\n"


def find_passage(quote: str, text: str) -> tuple[int, int]:
    """Return the offsets of a quote, which may leave out its middle as ' ... '.

    Raises:
        ValueError: if it does not occur exactly once, or is shorter than 25 characters.
    """
    first, *rest = quote.split(ELISION)
    count = text.count(first)
    if count != 1:
        raise ValueError(f"{first[:40]!r} occurs {count} times")
    start = text.index(first)
    end = start + len(first)
    if rest:
        tail = text.find(rest[-1], end)
        if tail < 0:
            raise ValueError(f"{rest[-1][:40]!r} does not follow")
        end = tail + len(rest[-1])
    if end - start < SHORTEST:
        raise ValueError(f"is shorter than {SHORTEST} characters, so that its hash says little")
    return start, end


def hash_passage(passage: str) -> str:
    """Return the SHA-256 of a passage in UTF-8, in hexadecimal."""
    return hashlib.sha256(passage.encode("utf-8")).hexdigest()


def anchor_file(path: Path, articles: Path) -> None:
    """Anchor a draft in place; its `file:` key names the snapshot in the folder `articles`."""
    draft = path.read_text("utf-8")
    found = re.search(r"^file: (\S+)", draft, re.MULTILINE)
    snapshot = articles / found[1] if found else None
    if snapshot is None or not snapshot.is_file():
        raise InvalidAuthoredFiles(
            [
                Problem(
                    path.name, 1, "file", f"no snapshot {snapshot} to anchor in", "name it: file: …"
                )
            ]
        )
    path.write_text(anchor(draft, snapshot.read_text("utf-8"), path.name), "utf-8")
