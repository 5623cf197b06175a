"""What can go wrong while linking, and whose fault it is."""

from pathlib import Path


class NoAnswer(Exception):
    """A service that did not answer, or not rightly, however often it was asked."""


class InvalidLine(Exception):
    """A line of a file of ours that is not as we write it: its file, line and what is wrong."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
