"""What models are told, in words."""

from functools import cache
from pathlib import Path


@cache
def read_text(name: str) -> str:
    """Read a text by the stem of its file."""
    return (Path(__file__).parent / f"{name}.md").read_text("utf-8").strip()
