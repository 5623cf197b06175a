"""What is wrong with an authored file, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: its file (or graph) and line, what it is about, what is wrong, the remedy."""

    file: str
    line: int
    about: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Return `file:line: about: message; remedy`, on one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        about = f"{self.about}: " if self.about else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return " ".join(f"{place}: {about}{self.message}{remedy}".split())


class InvalidAuthoredFiles(Exception):
    """The authored files do not hold to FORMAT.md; `problems` has every fault of the run."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
