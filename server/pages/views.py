"""The curated views at `/views`: each a picture of one stored query, and the same in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, render_template
from pyoxigraph import NamedNode

from xingtu.server.pages.asking import Row, ask_once
from xingtu.server.pages.bundle import read_outlines
from xingtu.server.pages.command import compare, draw_change, read_relations
from xingtu.server.pages.disputes import CONTRADICTS, SUPERSEDES, read_pairs
from xingtu.server.pages.frame import language, names
from xingtu.server.pages.language import translate
from xingtu.server.pages.panels import iris_of_claim
from xingtu.server.pages.plans import draw_plan, read_plans
from xingtu.server.pages.schedule import group_events, make_scale, mark_event, read_events
from xingtu.server.pages.worldmap import place_things

blueprint = Blueprint("views", __name__)


@dataclass(frozen=True)
class View:
    """A view: its path under `/views`, its texts, and what its template gets from its query.

    The query is `queries/view-<name>.rq`, the template `templates/view_<name>.html`.
    """

    name: str
    title: str
    description: str
    build: Callable[[list[Row]], dict[str, Any]]


@blueprint.get("/views")
def index() -> str:
    """List the views."""
    return render_template("views.html", views=VIEWS)


@blueprint.get("/views/<name>")
def show(name: str) -> str:
    """Show a view."""
    view = next((view for view in VIEWS if view.name == name), None)
    if view is None:
        abort(404, "There is no view of that name; /views lists all.")
    rows = ask_once(f"view-{view.name}")
    names().learn(_iris(rows))
    return render_template(f"view_{view.name}.html", view=view, **view.build(rows))


def _timeline(rows: list[Row]) -> dict[str, Any]:
    events = read_events(rows)
    scale = make_scale(events)
    placed = {each.iri: mark_event(each, scale, language()) for each in events} if scale else {}
    of_space = [each for each in events if each.of_space]
    others = [each for each in events if not each.of_space]
    tables = (("In space and on the way there", of_space), ("On the ground", others))
    return {
        "tables": [(title, group_events(part, names())) for title, part in tables if part],
        "scale": scale,
        "marks": {iri: marks for iri, marks in placed.items() if marks},
        "total": len(events),
    }


def _map(rows: list[Row]) -> dict[str, Any]:
    placed = place_things(rows)
    return {
        "outlines": read_outlines(),
        "states": [each for each in placed if each.is_state],
        "facilities": [each for each in placed if not each.is_state],
    }


def _structure(rows: list[Row]) -> dict[str, Any]:
    relations, changes = read_relations(rows)
    change = next((change for change in reversed(changes) if change.dissolves), None)
    heads = (translate("Before", language()), translate("Since", language()))
    return {
        "change": change,
        "drawing": draw_change(relations, change, names(), heads) if change else None,
        **compare(relations, change),
    }


def _plans(rows: list[Row]) -> dict[str, Any]:
    texts = ("Plan item", "Programme or mission", "Its parts")
    heads = [translate(text, language()) for text in texts]
    return {"plans": [(plan, draw_plan(plan, names(), heads)) for plan in read_plans(rows)]}


def _disputes(rows: list[Row]) -> dict[str, Any]:
    pairs = read_pairs(rows)
    claims = [claim for every in pairs.values() for pair in every for claim in pair]
    names().learn(iri for claim in claims for iri in iris_of_claim(claim))
    return {"conflicts": pairs[CONTRADICTS], "replaced": pairs[SUPERSEDES]}


VIEWS: Final = (
    View(
        "timeline",
        "Planned and achieved",
        "Every event on one scale: what was planned, what came of it, how certain each date is.",
        _timeline,
    ),
    View(
        "map",
        "The lunar station on the map",
        "Who takes part in the International Lunar Research Station, and where its sites are.",
        _map,
    ),
    View(
        "structure",
        "Who commands, who owns",
        "Forces, agencies and companies: who is under whom, before and after the last reform.",
        _structure,
    ),
    View(
        "plans",
        "From plan to mission",
        "What implements each item of the Five-Year Plan: programmes, missions and rockets.",
        _plans,
    ),
    View(
        "disputes",
        "What sources disagree on",
        "Claims that contradict each other side by side, and claims that a later one has replaced.",
        _disputes,
    ),
)


def _iris(rows: Iterable[Row]) -> set[str]:
    return {term.value for row in rows for term in row.values() if isinstance(term, NamedNode)}
