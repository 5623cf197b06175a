"""No text of an article is in the repository, in any file."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from xingtu.triples.source import load_source
from xingtu.triples.verify_text import WORD, read_texts

ROOT = Path(__file__).parent.parent
IN_A_ROW = 10


def test_no_file_has_ten_words_in_a_row_of_an_article() -> None:
    folder = os.environ.get("XINGTU_ARTICLES")
    if not folder:
        pytest.skip("XINGTU_ARTICLES does not name the folder of the texts")
    source = load_source()
    runs = {
        run for text in read_texts(source.articles, Path(folder))[0].values() for run in rows(text)
    }
    titles = {article.header["title"] for article in source.articles}
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in done.stdout.splitlines()]
    assert len(files) >= 150
    found = []
    for path in files:
        text = path.read_text("utf-8") if path.is_file() else ""
        text = re.sub(r"https?://\S+", "", text)  # an address may hold the title
        for title in titles:
            text = text.replace(title, "")
        found += [(path.name, run) for run in rows(text) if run in runs]
    assert found == []


def rows(text: str) -> list[tuple[str, ...]]:
    words = [match.group().casefold() for match in WORD.finditer(text)]
    return [tuple(words[i : i + IN_A_ROW]) for i in range(len(words) - IN_A_ROW + 1)]
