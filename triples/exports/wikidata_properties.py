"""Which of our facts are which statements on Wikidata: only what means the very same there.

`follows` is missing, for instance: ours is any earlier one, P155 the one just before.
"""

from __future__ import annotations

from dataclasses import dataclass

FACTUAL = "xt:modality xt:factual ; xt:claimStatus xt:accepted"


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
    return Rule(pid, f"{_claim('?thing', name)} ?other skos:exactMatch ?value .")


def reversed_(pid: str, name: str) -> Rule:
    """Make the rule for a property of ours whose inverse is Wikidata's."""
    pattern = f"""?claim xt:subject ?other ; xt:predicate xt:{name} ; xt:object ?thing .
      ?other xt:{name} ?thing ; skos:exactMatch ?value ."""
    return Rule(pid, pattern)


def of_event(pid: str, kind: str, name: str) -> Rule:
    """Make the rule for a property of an event of some class, which Wikidata puts on the thing."""
    pattern = f"{_link(kind)} {_claim('?node', name)} ?other skos:exactMatch ?value ."
    return Rule(pid, pattern)


def date_of_event(pid: str, kind: str, *, utc: bool = False) -> Rule:
    """Make the rule for the date of an event of some class."""
    pattern = f"""{_link(kind)}
      ?claim xt:subject ?node ; xt:predicate xt:when ; xt:valueText ?value .
      ?node xt:when ?value ."""
    return Rule(pid, pattern, utc)


def held(pid: str) -> Rule:
    """Make the rule for the position that a person holds."""
    pattern = f"""?link xt:subject ?node ; xt:predicate xt:holder ; xt:object ?thing ; {FACTUAL} .
      ?node xt:holder ?thing .
      {_claim("?node", "position")} ?other skos:exactMatch ?value ."""
    return Rule(pid, pattern)


def _claim(subject: str, name: str) -> str:
    """Return the pattern of a claim between two things that is a fact of the graph."""
    return f"""?claim xt:subject {subject} ; xt:predicate xt:{name} ; xt:object ?other .
      {subject} xt:{name} ?other ."""


def _link(kind: str) -> str:
    """Return the pattern of a thing in whose life an event, ?node, has happened."""
    return f"""?link xt:subject ?thing ; xt:predicate xt:hasEvent ; xt:object ?node ; {FACTUAL} .
      ?thing xt:hasEvent ?node . ?node a xt:{kind} .
      FILTER NOT EXISTS {{ ?node xt:status/a xt:PendingStatus }}"""


RULES = (
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
