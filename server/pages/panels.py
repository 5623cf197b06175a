"""What a page has for the sake of its kind: items, visits, dates and how they moved; conflicts."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.asking import Row
from xingtu.server.pages.claims import Claim
from xingtu.server.pages.frame import names
from xingtu.server.pages.statements import Statement
from xingtu.server.pages.timeline import Dated, draw_timeline

_THINGS: Final = (
    "subject",
    "predicate",
    "object",
    "claimedBy",
    "reportedBy",
    "quotedFrom",
    "madeIn",
)
# The properties that the panel of a kind shows with their evidence.
_COVERED: Final = {
    "person": {XT + "hasHolding", XT + "holdsPosition"},
    "policy": {XT + "hasItem", XT + "hasRecommendation"},
}
_UNSAID: Final = {XT + "negated", XT + "hypotheticalModality", XT + "opinion"}


@dataclass
class Conflict:
    """Two claims about one thing that cannot both be true."""

    statement: Statement
    claim: Claim
    other: Claim


@dataclass
class Move:
    """The dates that sources have given for one event, in the order in which they were said."""

    event: str
    dates: list[Dated]


def build_panel(kind: str, rows: list[Row], claims: list[Claim]) -> dict[str, Any]:
    """Build what the template of a kind shows beyond what all templates do.

    Args:
        kind: Its name.
        rows: Those of the kind's query.
        claims: The claims that these name, where the kind lists claims.
    """
    builder = _BUILDERS.get(kind)
    return builder(rows) if builder else {"rows": rows, "claims": claims}


def part_covered(
    kind: str, statements: list[Statement]
) -> tuple[list[Statement], dict[str, Statement]]:
    """Part the statements that the panel of a kind shows from the others.

    Returns:
        The others, and those of the panel by the IRI of their value.
    """
    covered = [s for s in statements if s.held and s.predicate in _COVERED.get(kind, ())]
    others = [s for s in statements if s not in covered]
    return others, {s.value.value: s for s in covered if isinstance(s.value, NamedNode)}


def find_conflicts(statements: list[Statement]) -> list[Conflict]:
    """Find the pairs of claims that contradict each other, each pair once."""
    places = {c.iri: (s, c) for s in statements for c in s.claims}
    pairs = {
        (*sorted((iri, other)),)
        for iri, (_, claim) in places.items()
        for other in claim.iris("contradicts")
        if other in places
    }
    return [Conflict(*places[one], places[other][1]) for one, other in sorted(pairs)]


def iris_of_claim(claim: Claim) -> Iterator[str]:
    """Give the IRIs that showing a claim needs the names of."""
    for name in _THINGS:
        yield from claim.iris(name)
    yield from (passage.article for passage in claim.passages.values())


def _dates(rows: list[Row]) -> dict[str, Any]:
    dated = list(_read_dates(rows))
    standing = [d for d in dated if not d.superseded and d.modality not in _UNSAID]
    return {"timeline": draw_timeline(standing, names()), "moves": _find_moves(dated)}


def _read_dates(rows: list[Row]) -> Iterator[Dated]:
    """Read the rows of `dates.rq`, those of one claim together."""
    seen: dict[str, Dated] = {}
    for row in rows:
        claim = _value(row, "claim")
        if claim not in seen:
            seen[claim] = Dated(
                event=_value(row, "event"),
                planned=_value(row, "property") == XT + "plannedWhen",
                date=_value(row, "date"),
                claim=claim,
                as_of=_value(row, "asOf"),
                modality=_value(row, "modality"),
                superseded="replacedBy" in row or _value(row, "claimStatus") == XT + "superseded",
            )
            yield seen[claim]
        if (claimant := _value(row, "claimant")) not in seen[claim].claimants:
            seen[claim].claimants.append(claimant)


def _find_moves(dated: list[Dated]) -> list[Move]:
    """Choose the events with a planned date for which sources have given another date too."""
    by_event: defaultdict[str, list[Dated]] = defaultdict(list)
    for each in dated:
        by_event[each.event].append(each)
    return [
        Move(event, dates)
        for event, dates in by_event.items()
        if any(d.planned for d in dates) and len({(d.planned, d.date) for d in dates}) > 1
    ]


def _items(rows: list[Row]) -> dict[str, Any]:
    """Put together what each item of a document calls for, by property."""
    items: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        item = items.setdefault(_value(row, "item"), {})
        if "property" in row:
            item.setdefault(_value(row, "property"), []).append(_value(row, "value"))
    return {"items": items}


def _place(rows: list[Row]) -> dict[str, Any]:
    """Put together what is at a place, by property; each with a status and a date, if known."""
    visits: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in rows:
        group = visits[_value(row, "property")]
        group.setdefault(_value(row, "other"), (_value(row, "status"), _value(row, "date")))
    return {"visits": dict(visits)}


def _value(row: Row, name: str) -> str:
    term = row.get(name)
    return term.value if isinstance(term, NamedNode | Literal) else ""


_BUILDERS: Final[dict[str, Callable[[list[Row]], dict[str, Any]]]] = {
    "mission": _dates,
    "programme": _dates,
    "policy": _items,
    "place": _place,
}
