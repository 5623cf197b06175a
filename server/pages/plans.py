"""From plan item to programme to mission: what implements the items of a policy document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xingtu.ontology import XT
from xingtu.server.pages.addresses import link_to
from xingtu.server.pages.asking import Row
from xingtu.server.pages.dating import read_date
from xingtu.server.pages.flow import Edge, Flow, Node, draw_flow, layers, reduce_edges
from xingtu.server.pages.naming import Names
from xingtu.server.pages.rows import value_of


@dataclass
class Implementer:
    """What implements an item: how far it has come, when it flies (EDTF) and on what."""

    iri: str
    status: str = ""
    planned: str = ""
    launched: str = ""
    vehicles: set[str] = field(default_factory=set)
    programmes: set[str] = field(default_factory=set)


@dataclass
class Plan:
    """A policy document: the items with what implements them, by IRI."""

    iri: str
    items: dict[str, list[Implementer]] = field(default_factory=dict)


def read_plans(rows: Iterable[Row]) -> list[Plan]:
    """Put plans together from rows of `view-plans.rq`."""
    plans: dict[str, Plan] = {}
    known: dict[str, Implementer] = {}
    for row in rows:
        document, item, iri = (value_of(row, name) for name in ("document", "item", "implementer"))
        plan = plans.setdefault(document, Plan(document))
        implementer = known.setdefault(iri, Implementer(iri))
        implementers = plan.items.setdefault(item, [])
        if implementer not in implementers:
            implementers.append(implementer)
        implementer.status = implementer.status or value_of(row, "status").removeprefix(XT)
        implementer.planned = implementer.planned or value_of(row, "planned")
        implementer.launched = implementer.launched or value_of(row, "launched")
        implementer.vehicles |= {value_of(row, "vehicle")} - {""}
        implementer.programmes |= {value_of(row, "programme")} - {""}
    return list(plans.values())


def draw_plan(plan: Plan, names: Names, heads: Sequence[str]) -> Flow:
    """Draw a plan: items at the left, then programmes, then what flies.

    Args:
        plan: The plan.
        names: The names of the page.
        heads: What to call the items, the programmes and missions, and their parts.
    """
    implementers = {each.iri: each for every in plan.items.values() for each in every}
    edges = reduce_edges([*_implementing(plan), *_parts(implementers.values())])
    nodes = list(
        dict.fromkeys([*plan.items, *(e.source for e in edges), *(e.target for e in edges)])
    )
    depth = layers(edges, nodes)
    columns = []
    for level in range(max(depth.values(), default=0) + 1):
        here = [_node(n, implementers.get(n), names) for n in nodes if depth[n] == level]
        columns.append((heads[level] if level < len(heads) else "", here))
    return draw_flow(columns, edges)


def _implementing(plan: Plan) -> list[Edge]:
    return [
        Edge(item, each.iri, "implements") for item, every in plan.items.items() for each in every
    ]


def _parts(implementers: Iterable[Implementer]) -> list[Edge]:
    """Join programmes that implement an item to those of their parts that do too."""
    known = list(implementers)
    names = {each.iri for each in known}
    return [Edge(p, each.iri, "part") for each in known for p in sorted(each.programmes & names)]


def _node(iri: str, implementer: Implementer | None, names: Names) -> Node:
    label, href = names.label(iri).text, link_to(iri) or ""
    if implementer is None:
        return Node(iri, label, href, kind="item")
    date = implementer.launched or implementer.planned
    status = names.label(XT + implementer.status).text if implementer.status else ""
    note = " · ".join(
        part for part in (status, read_date(date, names.language) if date else "") if part
    )
    return Node(iri, label, href, note, "implementer")
