"""Which of our facts are which statements on Wikidata: only what means the very same there.

`follows` is missing, for instance: ours is any earlier one, P155 the one just before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xingtu.ontology import load_schema

FACTUAL: Final = "xt:modality xt:factual ; xt:claimStatus xt:accepted"


@dataclass(frozen=True)
class Rule:
    """A property of Wikidata, and the facts that it is for.

    `pattern` binds ?thing, whose item the statement is about, ?claim and ?value, an item or an EDTF
    date. `utc` tells whether the property demands dates in UTC.
    """

    pid: str
    pattern: str
    utc: bool = False


def stated(pid: str, name: str) -> Rule:
    """Make the rule for a property of ours between two things."""
    return Rule(pid, _claim("?thing", name, "?other") + _item("?other"))


def reversed_(pid: str, name: str) -> Rule:
    """Make the rule for a property of ours whose inverse is Wikidata's."""
    return Rule(pid, _claim("?other", name, "?thing") + _item("?other"))


def of_event(pid: str, kind: str, name: str) -> Rule:
    """Make the rule for a property of an event of some class, which Wikidata puts on the thing."""
    return Rule(pid, _event(kind) + _claim("?node", name, "?other") + _item("?other"))


def date_of_event(pid: str, kind: str, *, utc: bool = False) -> Rule:
    """Make the rule for the date of an event of some class."""
    return Rule(pid, _event(kind) + _claim("?node", "when", "?value"), utc)


def held(pid: str) -> Rule:
    """Make the rule for the position that a person holds."""
    holder = f"?link xt:subject ?node ; xt:predicate xt:holder ; xt:object ?thing ; {FACTUAL} . "
    return Rule(pid, holder + _claim("?node", "position", "?other") + _item("?other"))


def not_pending(variable: str) -> str:
    """Return the pattern that leaves out what is planned, proposed or under study."""
    kinds = load_schema().individuals.items()
    pending = " ".join(sorted(f"xt:{name}" for name, kind in kinds if kind == "PendingStatus"))
    return f"FILTER NOT EXISTS {{ VALUES ?pending {{ {pending} }} {variable} xt:status ?pending }} "


def _claim(subject: str, name: str, value: str) -> str:
    """Return the pattern of a claim, ?claim, whose triple is a fact of the graph."""
    claim = f"?claim xt:subject {subject} ; xt:predicate xt:{name} ; xt:object|xt:valueText {value}"
    return f"{claim} . {subject} xt:{name} {value} . "


def _item(variable: str) -> str:
    return f"{variable} skos:exactMatch ?value . " + not_pending(variable)


def _event(kind: str) -> str:
    """Return the pattern of a thing, ?thing, in whose life an event, ?node, has happened."""
    link = f"?link xt:subject ?thing ; xt:predicate xt:hasEvent ; xt:object ?node ; {FACTUAL} . "
    return f"{link} ?thing xt:hasEvent ?node . ?node a xt:{kind} . " + not_pending("?node")


RULES: Final = (
    stated("P17", "ofState"),
    stated("P137", "operatedBy"),
    reversed_("P137", "operates"),
    stated("P159", "basedIn"),
    stated("P178", "developedBy"),
    reversed_("P178", "develops"),
    stated("P355", "hasSubOrganisation"),
    stated("P361", "partOf"),
    of_event("P375", "Launch", "launchVehicle"),
    held("P39"),
    stated("P463", "memberOf"),
    stated("P527", "hasPart"),
    date_of_event("P619", "Launch", utc=True),
    date_of_event("P620", "Landing", utc=True),
    stated("P749", "subOrganisationOf"),
    stated("P1365", "successorOf"),
    stated("P1366", "hasSuccessor"),
)
