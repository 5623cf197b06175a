"""The words of a passage, where the operator has configured the texts of the articles.

A text is known by its hash, never by its name: a file that has changed is no longer the source.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app

from xingtu.server.pages.claims import Passage


def quote_passage(passage: Passage) -> str | None:
    """Give the words of a passage; None if the texts are not here, or are not the ones cited."""
    folder: Path | None = current_app.config.get("ARTICLES")
    if folder is None or not passage.text_digest:
        return None
    text = read_text(folder, passage.text_digest)
    if text is None:
        return None
    quoted = text[passage.start : passage.end]
    same = hashlib.sha256(quoted.encode()).hexdigest() == passage.digest
    return quoted if same else None


def read_text(folder: Path, digest: str) -> str | None:
    """Read the file of a folder whose bytes have a SHA-256, as UTF-8."""
    path = _paths_by_digest(folder, folder.stat().st_mtime_ns).get(digest)
    return None if path is None else _read(path, digest)


@lru_cache(4)
def _paths_by_digest(folder: Path, _changed: int) -> dict[str, Path]:
    return {_digest(path.read_bytes()): path for path in sorted(folder.glob("*.txt"))}


@lru_cache(64)
def _read(path: Path, digest: str) -> str | None:
    data = path.read_bytes()
    return data.decode("utf-8") if _digest(data) == digest else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
