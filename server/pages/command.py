"""Who commands and who owns whom, before and after the latest change that dissolved something."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from xingtu.ontology import XT
from xingtu.server.pages.addresses import link_to
from xingtu.server.pages.asking import Row
from xingtu.server.pages.flow import Edge, Flow, Node, draw_flow, layers
from xingtu.server.pages.naming import Names
from xingtu.server.pages.rows import value_of

COMMANDED: Final = XT + "commandedBy"
PART: Final = XT + "subOrganisationOf"
SUCCESSOR: Final = XT + "successorOf"
INHERITS: Final = XT + "inheritsFunctionsOf"
# What puts one under another, and how the one above sees it.
_DOWN: Final = {COMMANDED: XT + "commands", PART: XT + "hasSubOrganisation"}


class Relation(NamedTuple):
    """One organisation, a relation (IRI of the property), and the other."""

    one: str
    property: str
    other: str


@dataclass
class Change:
    """An organisational change: what it dissolved, established and reordered."""

    iri: str
    date: str = ""
    dissolves: set[str] = field(default_factory=set)
    establishes: set[str] = field(default_factory=set)
    reorganises: set[str] = field(default_factory=set)


@dataclass
class Branch:
    """An organisation and those below it; `property` relates the one above to it."""

    iri: str
    property: str = ""
    below: list["Branch"] = field(default_factory=list)


def read_relations(rows: Iterable[Row]) -> tuple[list[Relation], list[Change]]:
    """Read `view-structure.rq`: relations, and changes from the earliest to the latest."""
    relations: list[Relation] = []
    changes: dict[str, Change] = {}
    for row in rows:
        one, prop, other = (value_of(row, name) for name in ("one", "relation", "other"))
        if "change" not in row:
            relations.append(Relation(one, prop, other))
            continue
        iri = value_of(row, "change")
        change = changes.setdefault(iri, Change(iri, value_of(row, "date")))
        getattr(change, prop.removeprefix(XT)).add(one)
    return relations, sorted(changes.values(), key=lambda change: change.date)


def compare(relations: list[Relation], change: Change | None) -> dict[str, Any]:
    """Sort relations for a page.

    Returns:
        The trees of who was under whom `before` a change and who is `since`, those `others` that it
        does not touch, and who took over from whom, the `successions`.
    """
    under = [each for each in relations if each.property in _DOWN]
    touched = _touched(relations, change) if change else set()
    gone = _below(under, change.dissolves) if change else set()
    ours = [each for each in under if {each.one, each.other} & touched]
    return {
        "before": _grow(ours, change.establishes if change else set()),
        "since": _grow(ours, gone),
        "others": _grow([each for each in under if each not in ours], set()),
        "successions": [each for each in relations if each.property in {SUCCESSOR, INHERITS}],
    }


def draw_change(
    relations: list[Relation], change: Change, names: Names, heads: tuple[str, str]
) -> Flow:
    """Draw the organisations that a change touches: before it at the left, since at the right.

    Args:
        relations: All relations among organisations.
        change: The change.
        names: The names of the page.
        heads: What to call the two sides.
    """
    new = change.establishes
    above = {each.other for each in relations if each.one in new and each.property in _DOWN}
    old = _touched(relations, change) - new - above
    edges = list(_edges(relations, old, new, names))
    depth = layers([edge for edge in edges if edge.target in old], sorted(old))
    levels = [
        [iri for iri in sorted(old) if depth[iri] == level]
        for level in range(max(depth.values(), default=0) + 1)
    ]
    titles = [heads[0], *[""] * (len(levels) - 1), heads[1], ""]
    columns = zip(titles, [*levels, sorted(new), sorted(above)], strict=True)
    nodes = [
        (title, [_node(iri, names, change) for iri in iris]) for title, iris in columns if iris
    ]
    return draw_flow(nodes, edges)


def _edges(relations: list[Relation], old: set[str], new: set[str], names: Names) -> Iterator[Edge]:
    for one, prop, other in relations:
        text = names.label(prop).text
        if prop in _DOWN and ({one, other} <= old or one in new):
            yield Edge(other, one, "", text)
        elif prop in {SUCCESSOR, INHERITS} and one in new and other in old:
            yield Edge(other, one, "successor", text)


def _touched(relations: list[Relation], change: Change) -> set[str]:
    """Give what a change dissolved or established, whose functions it passed on, and all above."""
    touched = change.dissolves | change.establishes
    touched |= {r.other for r in relations if r.property == INHERITS and r.one in touched}
    return _closure(touched, {(r.one, r.other) for r in relations if r.property in _DOWN})


def _below(under: list[Relation], start: set[str]) -> set[str]:
    """Give organisations with all that is part of them."""
    return _closure(start, {(each.other, each.one) for each in under if each.property == PART})


def _closure(start: set[str], steps: set[tuple[str, str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        here = todo.pop()
        new = {end for begin, end in steps if begin == here} - found
        found |= new
        todo += new
    return found


def _node(iri: str, names: Names, change: Change) -> Node:
    kind = "gone" if iri in change.dissolves else "new" if iri in change.establishes else ""
    return Node(iri, names.label(iri).text, link_to(iri) or "", kind=kind)


def _grow(under: Iterable[Relation], without: set[str]) -> list[Branch]:
    """Make trees of who is under whom, without some organisations, the broadest first."""
    below: defaultdict[str, list[Relation]] = defaultdict(list)
    for each in under:
        if not {each.one, each.other} & without:
            below[each.other].append(each)
    inner = {each.one for every in below.values() for each in every}
    roots = [_branch(iri, "", below, frozenset()) for iri in sorted(below) if iri not in inner]
    return sorted(roots, key=lambda root: -len(root.below))


def _branch(iri: str, prop: str, below: dict[str, list[Relation]], above: frozenset[str]) -> Branch:
    parts = sorted(each for each in below.get(iri, ()) if each.one not in above)
    inner = [_branch(each.one, _DOWN[each.property], below, above | {iri}) for each in parts]
    return Branch(iri, prop, inner)
