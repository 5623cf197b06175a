"""Answers of services, kept on disk, so that nothing that was answered is asked again."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from xingtu.triples.linking.faults import InvalidLine

_KEYS: Final = {"url", "asked", "when", "answer"}


class Answers:
    """Answers in a file of JSON lines, to which each is added when it comes.

    A last line without an end was cut off by an interruption, and is dropped.

    Args:
        path: The file; made, with its folder, when the first answer is kept.
        max_age: The seconds for which an answer is good.
        now: Tells the time in seconds since 1970.

    Raises:
        InvalidLine: if another line is not as it was written.
    """

    def __init__(self, path: Path, max_age: float, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._oldest = now() - max_age
        self._kept = self._read()

    def find(self, url: str, asked: Mapping[str, str]) -> Any:
        """Give the answer to a request; None if there is none that is good."""
        return self._kept.get(_key(url, asked))

    def keep(self, url: str, asked: Mapping[str, str], answer: object) -> None:
        """Add the answer to a request.

        Raises:
            OSError: if it cannot be written.
        """
        record = {"url": url, "asked": dict(asked), "when": self._now(), "answer": answer}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._kept[_key(url, asked)] = answer

    def _read(self) -> dict[str, Any]:
        if not self._path.is_file():
            return {}
        *lines, cut = self._path.read_bytes().split(b"\n")
        kept: dict[str, Any] = {}
        for number, line in enumerate(lines, 1):
            record = self._parse(line, number)
            if record["when"] > self._oldest:
                kept[_key(record["url"], record["asked"])] = record["answer"]
        if cut:
            with self._path.open("r+b") as file:
                file.truncate(self._path.stat().st_size - len(cut))
        return kept

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except ValueError as error:  # of JSON, or of UTF-8
            raise InvalidLine(self._path, number, f"is no JSON: {error}") from error
        if not isinstance(record, dict) or record.keys() != _KEYS:
            raise InvalidLine(self._path, number, f"is no object of {', '.join(sorted(_KEYS))}")
        if not isinstance(record["when"], int | float) or not isinstance(record["asked"], dict):
            raise InvalidLine(self._path, number, "`when` is no number, or `asked` no object")
        return record


def _key(url: str, asked: Mapping[str, str]) -> str:
    return json.dumps([url, sorted(asked.items())], ensure_ascii=False)
