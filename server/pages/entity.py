"""The page about a thing: `/page/X`, and the claims that someone makes: `/page/X/claims`.

A page asks a fixed number of queries, each of a bounded number of rows, whatever the thing.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request
from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.pages import panels
from xingtu.server.pages.about import About
from xingtu.server.pages.asking import Row, ask, nodes_of
from xingtu.server.pages.claims import Claim, Passage, gather_claims
from xingtu.server.pages.dereference import find_thing, link_thing
from xingtu.server.pages.frame import names
from xingtu.server.pages.jsonld import describe_thing
from xingtu.server.pages.kinds import Kind, kind_of, order_of
from xingtu.server.pages.neighbourhood import draw_neighbourhood
from xingtu.server.pages.paging import Pager, page_number
from xingtu.server.pages.premises import find_premises
from xingtu.server.pages.statements import Statement, gather_statements

blueprint = Blueprint("entity", __name__)

FACTS: Final = 200
"""How many statements a page shows at once."""
LINKS: Final = 40
CLAIMS: Final = 40
# How a claim can name a thing otherwise than as its subject.
ROLES: Final = ("claimedBy", "reportedBy", "quotedFrom", "madeIn", "object")


@blueprint.get("/page/<slug>")
def show(slug: str) -> Response:
    """Show a thing."""
    about = find_thing(slug, "entity.show")
    kind = kind_of(about.classes)
    gather = {"claim": _gather_claim, "evidence": _gather_passage}.get(kind.name, _gather)
    page = render_template(f"kind_{kind.name}.html", about=about, **gather(about, kind))
    return link_thing(make_response(page), about)


@blueprint.get("/page/<slug>/claims")
def show_claims(slug: str) -> str:
    """List the claims that a thing makes, reports, carries or is the object of."""
    about = find_thing(slug, "entity.show_claims")
    role = request.args.get("role", "")
    if role not in ROLES:
        role = ROLES[0]
    pager = Pager(page_number("claims"), CLAIMS)
    rows = pager.ask("said", {"thing": [NamedNode(about.iri)], "role": [NamedNode(XT + role)]})
    claims = gather_claims(nodes_of(rows, "claim"))
    names().learn(iri for claim in claims.values() for iri in panels.iris_of_claim(claim))
    return render_template(
        "claims.html", about=about, role=role, pager=pager, claims=list(claims.values())
    )


def _gather(about: About, kind: Kind) -> dict[str, Any]:
    """Gather what a page about a thing shows."""
    thing = NamedNode(about.iri)
    facts = Pager(page_number("facts"), FACTS)
    statements = facts.cut(gather_statements(thing, facts.size + 1, facts.offset))
    find_premises(thing, statements)
    links = Pager(page_number("links"), LINKS)
    incoming = links.ask("incoming", {"thing": [thing]})
    pager = Pager(page_number("claims"), kind.limit)
    rows = pager.ask(kind.query, {"thing": [thing]}) if kind.query else []
    claims = gather_claims(nodes_of(rows, "claim")) if kind.name == "article" else {}
    names().learn(_iris(statements, [*incoming, *rows], claims.values()))
    others, covered = panels.part_covered(kind.name, statements)
    return {
        "facts": facts,
        "held": _group(statement for statement in others if statement.held),
        "said": _group(statement for statement in others if not statement.held),
        "covered": covered,
        "conflicts": panels.find_conflicts(statements),
        "incoming": incoming,
        "links": links,
        "mentions": _count_mentions(thing),
        "neighbourhood": draw_neighbourhood(about, statements, incoming, names()),
        "jsonld": describe_thing(about, statements),
        "pager": pager,
        **panels.build_panel(kind.name, rows, list(claims.values())),
    }


def _gather_claim(about: About, _kind: Kind) -> dict[str, Any]:
    """Gather what a page about a claim shows: it, and the claims that it has to do with."""
    claim = gather_claims([NamedNode(about.iri)]).get(about.iri, Claim(about.iri))
    groups = {
        "contradicted": claim.iris("contradicts"),
        "superseded": claim.iris("supersedesClaim"),
        "superseding": claim.replaced_by,
    }
    near = sorted({iri for iris in groups.values() for iri in iris})
    others = gather_claims(NamedNode(iri) for iri in near)
    names().learn(_iris([], [], [claim, *others.values()]))
    related = {name: [others[i] for i in iris if i in others] for name, iris in groups.items()}
    return {"claim": claim, "jsonld": describe_thing(about, [], claim), **related}


def _gather_passage(about: About, kind: Kind) -> dict[str, Any]:
    """Gather what a page about a passage shows: where it is, and the claims that rest on it."""
    pager = Pager(page_number("claims"), kind.limit)
    rows = pager.ask("evidence", {"thing": [NamedNode(about.iri)]})
    claims = list(gather_claims(nodes_of(rows, "claim")).values())
    names().learn(_iris([], [], claims))
    found = claims[0].passages.get(about.iri) if claims else None
    jsonld = describe_thing(about, [])
    return {
        "passage": found or Passage(about.iri),
        "claims": claims,
        "pager": pager,
        "jsonld": jsonld,
    }


def _count_mentions(thing: NamedNode) -> dict[str, int]:
    """Count, by property, how often the graph refers to a thing."""
    return {
        prop.value: int(count.value)
        for row in ask("mentions", {"thing": [thing]})
        if isinstance(prop := row["property"], NamedNode)
        and isinstance(count := row["count"], Literal)
    }


def _group(statements: Iterable[Statement]) -> list[list[Statement]]:
    """Put the statements of one property together, what matters most first."""
    ordered = sorted(statements, key=lambda statement: order_of(statement.predicate))
    return [list(group) for _, group in groupby(ordered, key=lambda each: each.predicate)]


def _iris(statements: list[Statement], rows: list[Row], claims: Iterable[Claim]) -> Iterator[str]:
    for statement in statements:
        yield statement.predicate
        yield from statement.through
        if isinstance(statement.value, NamedNode):
            yield statement.value.value
        for claim in statement.claims:
            yield from panels.iris_of_claim(claim)
    for claim in claims:
        yield from panels.iris_of_claim(claim)
    yield from (node.value for node in nodes_of(rows))
