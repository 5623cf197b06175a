"""Drawings that read from left to right: boxes in columns, and curves from one to another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from textwrap import wrap
from typing import Final

from xingtu.server.pages.neighbourhood import shorten

_WIDTH: Final = 196.0
_GAP: Final = 56.0
_ASIDE: Final = 46.0  # how far a box keeps from each curve that passes its column
_LINE: Final = 17.0
_PAD: Final = 9.0
_BETWEEN: Final = 14.0
_TOP: Final = 34.0  # room for the names of the columns
_LETTERS: Final = 25


@dataclass(frozen=True)
class Node:
    """A thing to draw; `note` says in a few words what it is or when; `kind` is a CSS class."""

    iri: str
    text: str
    href: str
    note: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Edge:
    """A curve from one thing (IRI) to another; `kind` is a CSS class, `text` says what it means."""

    source: str
    target: str
    kind: str = ""
    text: str = ""


@dataclass(frozen=True)
class Box:
    """A node in its place; `lines` are its text."""

    node: Node
    lines: list[str]
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The height at which curves begin and end."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Curve:
    """An edge as an SVG path."""

    edge: Edge
    path: str


@dataclass(frozen=True)
class Flow:
    """The drawing: its size, the names of its columns with their places, its boxes and curves."""

    width: float
    height: float
    heads: list[tuple[str, float]]
    boxes: list[Box]
    curves: list[Curve]


def draw_flow(columns: Sequence[tuple[str, Sequence[Node]]], edges: Sequence[Edge]) -> Flow:
    """Lay out columns, each a name and its nodes, and the edges among the nodes.

    A node stands as near as it can to the middle of those in earlier columns it is joined to.
    """
    placed: dict[str, Box] = {}
    for place, (_, nodes) in enumerate(columns):
        x = place * (_WIDTH + _GAP)
        here = {node.iri for node in nodes}
        later = [e for e in edges if e.source in placed and e.target not in placed.keys() | here]
        passing = [placed[edge.source].middle for edge in later]
        wanted = {node.iri: _wanted(node, edges, placed, passing) for node in nodes}
        y = _TOP
        for node in sorted(nodes, key=lambda node: wanted[node.iri]):
            box = _box(node, x, y, wanted[node.iri])
            placed[node.iri] = box
            y = box.y + box.height + _BETWEEN
    curves = [
        Curve(edge, _path(placed[edge.source], placed[edge.target]))
        for edge in edges
        if edge.source in placed and edge.target in placed
    ]
    heads = [(name, place * (_WIDTH + _GAP)) for place, (name, _) in enumerate(columns)]
    bottom = max((box.y + box.height for box in placed.values()), default=_TOP)
    width = len(columns) * (_WIDTH + _GAP) - _GAP
    return Flow(width + 2, bottom + 4, heads, list(placed.values()), curves)


def layers(edges: Sequence[Edge], nodes: Sequence[str]) -> dict[str, int]:
    """Give each node the column after the last of those that lead to it; a cycle ends there."""
    columns = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for edge in edges:
            if edge.source in columns and edge.target in columns:
                columns[edge.target] = max(columns[edge.target], columns[edge.source] + 1)
    return {node: min(column, len(nodes)) for node, column in columns.items()}


def reduce_edges(edges: Sequence[Edge]) -> list[Edge]:
    """Leave out edges that a longer way makes needless (transitive reduction)."""
    after: dict[str, set[str]] = {}
    for edge in edges:
        after.setdefault(edge.source, set()).add(edge.target)
    return [
        e
        for e in edges
        if not any(e.target in _reach(n, after) for n in after[e.source] - {e.target})
    ]


def _reach(start: str, after: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        new = after.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def _wanted(
    node: Node, edges: Sequence[Edge], placed: dict[str, Box], passing: list[float]
) -> float:
    """Give the height at which a node stands best; infinite if it is joined to nothing before.

    `passing` are the heights of curves that begin before its column and end after it.
    """
    heights = [placed[near].middle for near in _neighbours(node.iri, edges) if near in placed]
    if not heights:
        return inf
    height = sum(heights) / len(heights)
    near = sum(abs(height - other) < _ASIDE / 2 for other in passing)
    return height + near * _ASIDE


def _neighbours(iri: str, edges: Sequence[Edge]) -> Iterator[str]:
    for edge in edges:
        if iri in (edge.source, edge.target):
            yield edge.target if edge.source == iri else edge.source


def _box(node: Node, x: float, least: float, wanted: float) -> Box:
    lines = wrap(node.text, _LETTERS, max_lines=2, placeholder="…") or [node.text]
    lines = [shorten(line, _LETTERS + 1) for line in lines]
    height = 2 * _PAD + _LINE * (len(lines) + bool(node.note))
    y = max(least, wanted - height / 2) if isfinite(wanted) else least
    return Box(node, lines, x, y, _WIDTH, height)


def _path(source: Box, target: Box) -> str:
    """Draw an S from the side of one box that faces the other."""
    forward = target.x > source.x
    start = source.x + source.width if forward else source.x
    end = target.x if forward else target.x + target.width
    bend, y1, y2 = (start + end) / 2, source.middle, target.middle
    return f"M{start:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {end:g} {y2:g}"
