"""Our classes and properties in terms of FollowTheMoney 4 (https://followthemoney.tech/explorer/).

What has no fit is absent: groups, places, plans and policy are no schemata there.
"""

from __future__ import annotations

from typing import NamedTuple

SCHEMATA = {
    "Person": "Person",
    "State": "LegalEntity",  # a party; there a country is only a code
    "GovernmentBody": "PublicBody",
    "MilitaryOrganisation": "PublicBody",
    "Enterprise": "Company",
    "Organisation": "Organization",
    "Position": "Position",
    "PositionHolding": "Occupancy",
    "Endeavour": "Project",
    "Event": "Event",
    "SpaceObject": "Vehicle",
    "Article": "Article",
}
"""Our class → schema; the first that fits."""

LEGAL_ENTITIES = frozenset({"Person", "LegalEntity", "Organization", "Company", "PublicBody"})
ORGANIZATIONS = frozenset({"Organization", "Company", "PublicBody"})


class Target(NamedTuple):
    """A property there, its type, and for one of type entity the schemata that it may lead to."""

    name: str
    type: str
    range: frozenset[str] = frozenset()


PROPERTIES = {
    "Article": {
        "title": Target("title", "string"),
        "url": Target("sourceUrl", "url"),
        "publishedBy": Target("publisher", "string"),
        "author": Target("author", "string"),
        "publishedWhen": Target("publishedAt", "date"),
    },
    "Event": {
        "when": Target("date", "date"),
        "participant": Target("involved", "entity", LEGAL_ENTITIES),
        "tookPlaceAt": Target("location", "address"),
    },
    "Project": {"when": Target("date", "date"), "status": Target("status", "string")},
    "Vehicle": {"operatedBy": Target("operator", "entity", LEGAL_ENTITIES)},
    "Occupancy": {
        "holder": Target("holder", "entity", frozenset({"Person"})),
        "position": Target("post", "entity", frozenset({"Position"})),
        "heldIn": Target("summary", "text"),
    },
}
"""Schema → our property → property there."""

REQUIRED = {"Occupancy": {"holder", "post"}}
"""Schema → the properties without which an entity says nothing."""

ID = Target("id", "id")
NAME, ALIAS = Target("name", "name"), Target("alias", "name")
DESCRIPTION, WIKIDATA_ID = Target("description", "text"), Target("wikidataId", "identifier")
PROOF, ROLE = Target("proof", "entity", frozenset({"Article"})), Target("role", "string")
NAMELESS = {"Occupancy"}
"""Schemata that have no names."""


class Link(NamedTuple):
    """A schema for a relation: the properties that lead to our subject and to our object."""

    schema: str
    subject: Target
    object: Target


_MEMBER = Target("member", "entity", LEGAL_ENTITIES)
_ORGANIZATION = Target("organization", "entity", ORGANIZATIONS)
_PARTICIPANT = Target("participant", "entity", LEGAL_ENTITIES)
_PROJECT = Target("project", "entity", frozenset({"Project"}))
_PARTICIPATION = Link("ProjectParticipant", _PARTICIPANT, _PROJECT)
_PARTICIPATION_OF = Link("ProjectParticipant", _PROJECT, _PARTICIPANT)
_UNKNOWN = Link(
    "UnknownLink",
    Target("subject", "entity", LEGAL_ENTITIES),
    Target("object", "entity", LEGAL_ENTITIES),
)

LINKS = {
    "memberOf": (Link("Membership", _MEMBER, _ORGANIZATION), _PARTICIPATION),
    "hasMember": (Link("Membership", _ORGANIZATION, _MEMBER), _PARTICIPATION_OF),
    "participatesIn": (_PARTICIPATION,),
    "leads": (_PARTICIPATION,),
    "operates": (_PARTICIPATION,),
    "develops": (_PARTICIPATION,),
    "participant": (_PARTICIPATION_OF,),
    "ledBy": (_PARTICIPATION_OF,),
    "operatedBy": (_PARTICIPATION_OF,),
    "developedBy": (_PARTICIPATION_OF,),
    "successorOf": (
        Link(
            "Succession",
            Target("successor", "entity", LEGAL_ENTITIES),
            Target("predecessor", "entity", LEGAL_ENTITIES),
        ),
    ),
    "subOrganisationOf": (_UNKNOWN,),  # no ownership is said
    "affiliatedWith": (_UNKNOWN,),
    "cooperatesWith": (_UNKNOWN,),
    "commandedBy": (_UNKNOWN,),
}
"""Our property → how there; the first whose ends fit."""
