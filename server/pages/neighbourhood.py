"""A small picture of what a thing is related to, on both of its sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple
from unicodedata import east_asian_width

from pyoxigraph import NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.about import About
from xingtu.server.pages.addresses import ID, link_to
from xingtu.server.pages.asking import Row
from xingtu.server.pages.kinds import order_of
from xingtu.server.pages.naming import Names
from xingtu.server.pages.statements import Statement

_WIDTH: Final = 680.0
_SIDE: Final = 225.0  # width of a box at the side
_MIDDLE: Final = 150.0
_BOX: Final = 40.0
_ROW: Final = 50.0
_MOST: Final = 7  # boxes on one side
_LETTERS: Final = {_SIDE: 29, _MIDDLE: 17}  # Latin letters that fit
# Relations that clutter the picture: the qualities of a thing, and holders of other relations.
_LEFT_OUT: Final = {XT + "hasCharacteristic", XT + "hasHolding"}


class Relation(NamedTuple):
    """A property that relates the thing to another, or the other to it (`back`)."""

    predicate: str
    other: str
    back: bool


@dataclass(frozen=True)
class Box:
    """A thing in the drawing; `path` is the line from the subject of the relation to its object."""

    text: str
    relation: str
    href: str
    x: float
    y: float
    width: float
    path: str = ""


@dataclass(frozen=True)
class Neighbourhood:
    """The drawing, in its own units: boxes of one height, the thing itself in the middle."""

    width: float
    height: float
    box: float
    middle: Box
    boxes: list[Box]


def draw_neighbourhood(
    about: About, statements: list[Statement], incoming: list[Row], names: Names
) -> Neighbourhood | None:
    """Lay out what a thing is related to as a fact; None if that is fewer than two things."""
    relations = list(_relations(statements, incoming))
    backward = [each for each in relations if each.back][:_MOST]
    forward = [each for each in relations if not each.back]
    left = [*backward, *forward[_MOST:]][:_MOST]
    right = forward[:_MOST]
    if len(left) + len(right) < 2:
        return None
    height = max(len(left), len(right)) * _ROW + 8
    middle = Box(
        shorten(names.label(about.iri).text, _LETTERS[_MIDDLE]),
        "", "", (_WIDTH - _MIDDLE) / 2, (height - _BOX) / 2, _MIDDLE,
    )  # fmt: skip
    boxes = [*_column(left, 0, middle, height, names), *_column(right, 1, middle, height, names)]
    return Neighbourhood(_WIDTH, height, _BOX, middle, boxes)


def shorten(text: str, letters: int) -> str:
    """Cut a text to the width of some Latin letters; a Han character is as wide as two."""
    width = 0
    for place, character in enumerate(text):
        width += 2 if east_asian_width(character) in "WF" else 1
        if width > letters:
            return text[: max(place - 1, 1)].rstrip() + "…"
    return text


def _relations(statements: list[Statement], incoming: list[Row]) -> Iterator[Relation]:
    """Give each related thing of ours once, by the weightiest property."""
    seen = set()
    for each in sorted(statements, key=lambda s: order_of(s.predicate)):
        other = each.value.value if isinstance(each.value, NamedNode) else ""
        if each.held and other.startswith(ID) and other not in seen:
            seen.add(other)
            if each.predicate not in _LEFT_OUT:
                yield Relation(each.predicate, other, back=False)
    for row in incoming:
        prop, thing = row["property"], row["other"]
        if isinstance(prop, NamedNode) and isinstance(thing, NamedNode) and thing.value not in seen:
            seen.add(thing.value)
            yield Relation(prop.value, thing.value, back=True)


def _column(
    relations: list[Relation], side: int, middle: Box, height: float, names: Names
) -> Iterator[Box]:
    x = side * (_WIDTH - _SIDE)
    top = (height - len(relations) * _ROW) / 2
    for place, relation in enumerate(relations):
        y = top + place * _ROW + (_ROW - _BOX) / 2
        outer, inner = (x, middle.x + middle.width) if side else (x + _SIDE, middle.x)
        yield Box(
            text=shorten(names.label(relation.other).text, _LETTERS[_SIDE]),
            relation=names.label(relation.predicate).text,
            href=link_to(relation.other) or "",
            x=x,
            y=y,
            width=_SIDE,
            path=_curve((inner, middle.y), (outer, y), back=relation.back),
        )


def _curve(thing: tuple[float, float], other: tuple[float, float], *, back: bool) -> str:
    """Draw an S-shaped line between two boxes, from the subject to the object."""
    start, end = (other, thing) if back else (thing, other)
    bend = (start[0] + end[0]) / 2
    (x1, y1), (x2, y2) = (start[0], start[1] + _BOX / 2), (end[0], end[1] + _BOX / 2)
    return f"M{x1:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"
