"""A drawing of a class: what it specialises, and what specialises it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from xingtu.server.pages.addresses import page_of
from xingtu.server.pages.naming import Names
from xingtu.server.pages.neighbourhood import shorten
from xingtu.server.pages.vocabulary import Term, ancestors, read_vocabulary

_BOX: Final = (150.0, 32.0)
_LETTERS: Final = 19
_GAP: Final = (18.0, 34.0)
_MOST: Final = 8  # subclasses, and properties


@dataclass(frozen=True)
class Node:
    """A box: a class, at its left upper corner. `role` is its CSS class."""

    text: str
    href: str
    x: float
    y: float
    role: str


@dataclass(frozen=True)
class Line:
    """A line from a subclass up to its superclass."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Hierarchy:
    """The drawing, in its own units."""

    width: float
    height: float
    box: tuple[float, float]
    nodes: list[Node]
    lines: list[Line]


def draw_hierarchy(term: Term, names: Names) -> Hierarchy | None:
    """Lay out a class below its superclasses and above its subclasses; None if it is alone."""
    rows = [*_ladder(term), [term.iri], *_split(term.children[: _MOST * 2])]
    if len(rows) < 2:
        return None
    own = len(_ladder(term))
    width = max(map(len, rows)) * (_BOX[0] + _GAP[0])
    nodes = [list(_row(iris, place, place == own, names, width)) for place, iris in enumerate(rows)]
    height = 8 + len(rows) * _BOX[1] + (len(rows) - 1) * _GAP[1]
    return Hierarchy(width, height, _BOX, [*chain(*nodes)], [*_lines(nodes, own)])


def _ladder(term: Term) -> list[list[str]]:
    """Give the superclasses of ours in rows, the most general first."""
    known = [iri for iri in ancestors(term.iri) if iri in read_vocabulary()]
    levels: dict[int, list[str]] = {}
    for iri in sorted(known):
        levels.setdefault(len(ancestors(iri)), []).append(iri)
    return [levels[depth] for depth in sorted(levels)]


def _split(iris: list[str]) -> list[list[str]]:
    """Part subclasses into even rows of at most three, so that a phone shows the middle."""
    rows = -(-len(iris) // 3)
    length = -(-len(iris) // max(rows, 1)) or 1
    return [iris[start : start + length] for start in range(0, len(iris), length)]


def _row(iris: list[str], place: int, own: bool, names: Names, width: float) -> Iterator[Node]:
    step = _BOX[0] + _GAP[0]
    left = (width - len(iris) * step + _GAP[0]) / 2
    y = 4 + place * (_BOX[1] + _GAP[1])
    for column, iri in enumerate(iris):
        text = shorten(names.label(iri).text, _LETTERS)
        yield Node(text, page_of(iri) or "", left + column * step, y, "own" if own else "other")


def _lines(rows: list[list[Node]], own: int) -> Iterator[Line]:
    """Join each row above the class to the next, and every subclass to the class."""
    for place in range(own):
        yield from (_line(rows[place + 1][0], upper) for upper in rows[place])
    for row in rows[own + 1 :]:
        yield from (_line(lower, rows[own][0]) for lower in row)


def _line(lower: Node, upper: Node) -> Line:
    half = _BOX[0] / 2
    return Line(lower.x + half, lower.y, upper.x + half, upper.y + _BOX[1])
