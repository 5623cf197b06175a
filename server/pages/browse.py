"""Browsing: the classes with how many things each has, and the things of one, by facets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from flask import Blueprint, render_template, request
from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.errors import NotFound
from xingtu.server.pages.addresses import term_iri, thing_iri
from xingtu.server.pages.asking import Row, ask, ask_once, nodes_of
from xingtu.server.pages.frame import names
from xingtu.server.pages.paging import Pager, page_number
from xingtu.server.pages.vocabulary import CLASS, Term, ancestors, read_vocabulary

blueprint = Blueprint("browse", __name__)
_SIZE: Final = 60
# Claims and passages are reached through what they are about.
_HIDDEN: Final = {XT + name for name in ("Claim", "DisputedClaim", "Evidence")}

# Facet → (what it narrows `?thing` to, how its value becomes an IRI).
_FACETS: Final[dict[str, tuple[str, Callable[[str], NamedNode | None]]]] = {
    "class": ("?thing a {} .", term_iri),
    "status": (f"?thing <{XT}status> {{}} .", term_iri),
    "state": (f"?thing <{XT}ofState> {{}} .", thing_iri),
    "article": (f"?c <{XT}subject> ?thing ; <{XT}evidence>/<{XT}inArticle> {{}} .", thing_iri),
}


@dataclass
class Branch:
    """A class in the tree, with the number of its things, those of its subclasses included."""

    iri: str
    count: int
    branches: list["Branch"] = field(default_factory=list)


@dataclass
class Choice:
    """A value of a facet: how many things it leaves, and the parameter that chooses it."""

    iri: str
    name: str
    count: int
    chosen: bool


@blueprint.get("/browse")
def show() -> str:
    """Show the tree of classes that have things."""
    return render_template("browse.html", branches=grow_tree())


@blueprint.get("/browse/<name>")
def show_class(name: str) -> str:
    """List the things of a class."""
    term = read_vocabulary().get(XT + name)
    if term is None or term.kind != CLASS:
        raise NotFound(f"there is no class {name!r}")
    chosen = {facet: v for facet in _FACETS if (v := request.args.get(facet, ""))}
    where = " ".join(filter(None, (_narrow(facet, value) for facet, value in chosen.items())))
    pager = Pager(page_number("page"), _SIZE)
    things = pager.ask("browse", {"class": [NamedNode(term.iri)]}, where)
    rows = ask("facets", {"class": [NamedNode(term.iri)]}, limit=400, where=where)
    facets = _read_facets(rows, term, chosen)
    names().learn(node.value for node in nodes_of([*things, *rows]))
    return render_template(
        "class.html", term=term, things=things, facets=facets, chosen=chosen, pager=pager
    )


def grow_tree() -> list[Branch]:
    """Give the classes without a superclass of ours, each with its branch, but no empty ones."""
    counts = count_members()
    roots = (t for t in read_vocabulary().values() if t.kind == CLASS and not _parents(t))
    return _branches([term.iri for term in roots], counts)


def count_members() -> dict[str, int]:
    """Count the things of each class that can be browsed: all but claims and passages."""
    counts = count_rows("class-counts", "class")
    for hidden in _HIDDEN:
        for iri in ancestors(hidden) & counts.keys() - _HIDDEN:
            counts[iri] -= counts.get(hidden, 0) if hidden != XT + "DisputedClaim" else 0
    return counts


def count_rows(query: str, name: str) -> dict[str, int]:
    """Read a stored query that counts something for each IRI."""
    return {
        node.value: int(count.value)
        for row in ask_once(query)
        if isinstance(node := row[name], NamedNode) and isinstance(count := row["count"], Literal)
    }


def _branches(iris: list[str], counts: dict[str, int]) -> list[Branch]:
    terms = read_vocabulary()
    kept = [iri for iri in iris if counts.get(iri) and iri not in _HIDDEN]
    found = [Branch(iri, counts[iri], _branches(terms[iri].children, counts)) for iri in kept]
    return sorted(found, key=lambda branch: -branch.count)


def _parents(term: Term) -> list[str]:
    return [iri for iri in term.parents if iri in read_vocabulary()]


def _narrow(facet: str, value: str) -> str | None:
    pattern, make_iri = _FACETS[facet]
    node = make_iri(value)
    return pattern.format(node) if node else None


def _read_facets(rows: list[Row], term: Term, chosen: dict[str, str]) -> dict[str, list[Choice]]:
    """Read the facets that tell something: of the classes only the subclasses."""
    facets: dict[str, list[Choice]] = {name: [] for name in _FACETS}
    for row in rows:
        facet, value, count = row["facet"], row["value"], row["count"]
        if (
            not isinstance(value, NamedNode)
            or not isinstance(facet, Literal)
            or not isinstance(count, Literal)
        ):
            continue
        if facet.value == "class" and term.iri not in ancestors(value.value):
            continue
        name = value.value.rpartition("#")[2].rpartition("/")[2]
        found = Choice(value.value, name, int(count.value), chosen.get(facet.value) == name)
        facets[facet.value].append(found)
    return {name: choices for name, choices in facets.items() if len(choices) > 1 or name in chosen}
