"""The kinds of entity page: each has a template, and most a query of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xingtu.ontology import XT


@dataclass(frozen=True)
class Kind:
    """A kind of page.

    `name` is the stem of its template, `kind_<name>.html`; `classes` are those whose members have
    such a page; `query` is the stem of its own query, if it has one, of at most `limit` rows.
    """

    name: str
    classes: frozenset[str]
    query: str | None = None
    limit: int = 60


def _kind(name: str, classes: str, query: str | None = None, limit: int = 60) -> Kind:
    return Kind(name, frozenset(XT + local for local in classes.split()), query, limit)


OTHER: Final = Kind("thing", frozenset())
# The first that fits.
KINDS: Final = (
    _kind("claim", "Claim"),
    _kind("evidence", "Evidence", "evidence", 100),
    _kind("article", "Article", "article", 40),
    _kind("person", "Person", "person"),
    _kind("organisation", "Organisation State Group Agent", "organisation"),
    _kind("programme", "Programme ProgrammePhase Initiative MajorProject", "dates", 200),
    _kind("mission", "Occurrent SpaceObject Model System", "dates", 200),
    _kind("policy", "PolicyDocument PolicyItem Proposal Recommendation", "policy", 200),
    _kind("place", "Place", "place"),
)


def kind_of(classes: Iterable[str]) -> Kind:
    """Choose the kind of page by the classes of a thing, inferred ones included."""
    members = frozenset(classes)
    return next((kind for kind in KINDS if kind.classes & members), OTHER)


# What a reader looks for first; other properties follow by their names.
_ORDER: Final = """
    status plannedWhen when plannedLaunchDate launchDate launchedOn launchVehicle numericValue
    minValue period indicator observationOf author publishedBy publishedWhen url republishes ofState
    subOrganisationOf commandedBy ownedBy holdsPosition affiliatedWith memberOf position holder
    heldIn positionFor speaker itemOf proposedBy proposedAt proposes operatedBy ledBy developedBy
    participant partOf eventOf targets follows precedes hasEvent implements hasObjective hasPart
    hasItem callsFor concerns
"""
_FIRST: Final = {XT + name: place for place, name in enumerate(_ORDER.split())}
_LAST: Final = {XT + "hasObservation", XT + "hasCharacteristic", XT + "inPeriod"}


def order_of(prop: str) -> tuple[int, str]:
    """Give the key by which properties are sorted on a page."""
    return (1000 if prop in _LAST else _FIRST.get(prop, 100), prop)
