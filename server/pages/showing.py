"""Values of statements as a reader sees them: names, dates and numbers in words."""

from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.addresses import link_to
from xingtu.server.pages.asking import Term
from xingtu.server.pages.claims import Claim
from xingtu.server.pages.dating import read_date, read_instant
from xingtu.server.pages.naming import Names
from xingtu.server.pages.quantities import read_quantity
from xingtu.server.pages.statements import MIN_VALUE, NUMERIC_VALUE, Statement
from xingtu.server.pages.vocabulary import read_vocabulary


class Shown(NamedTuple):
    """A value in words; `language` and `href` are empty where there is none."""

    text: str
    language: str = ""
    href: str = ""
    iri: str = ""


def show_thing(iri: str, names: Names) -> Shown:
    """Show a thing by its name, with a link to its page."""
    label = names.label(iri)
    return Shown(label.text, label.language, link_to(iri) or "", iri)


def show_value(prop: str, value: Term | None, names: Names, claim: Claim | None = None) -> Shown:
    """Show a value of a property.

    Args:
        prop: The IRI of the property.
        value: What is said.
        names: The names of the page, in its language.
        claim: One that says it, which has the nature of a number: its unit, its comparator.
    """
    if isinstance(value, NamedNode):
        return show_thing(value.value, names)
    if not isinstance(value, Literal):
        return Shown(str(value or ""))
    if claim is not None and claim.one("comparator"):
        return Shown(_show_number(claim, names.language))
    if is_date(prop):
        return Shown(read_date(value.value, names.language))
    if value.datatype.value.endswith("#dateTime"):
        return Shown(read_instant(value.value, names.language))
    if value.datatype.value.endswith("#anyURI"):
        return Shown(value.value, "", link_to(value.value) or "")
    return Shown(value.value, value.language or "")


def show_statement(statement: Statement, names: Names) -> Shown:
    """Show the value of a statement."""
    claim = statement.claims[0] if statement.claims else None
    return show_value(statement.predicate, statement.value, names, claim)


def show_property(statement: Statement, names: Names) -> Shown:
    """Show the property of a statement; a span of numbers is of the number property."""
    spans = statement.predicate == MIN_VALUE
    return show_thing(NUMERIC_VALUE if spans else statement.predicate, names)


def is_date(prop: str) -> bool:
    """Tell whether the values of a property are EDTF dates."""
    term = read_vocabulary().get(prop)
    return term is not None and XT + "edtf" in term.ranges


def _show_number(claim: Claim, language: str) -> str:
    low = claim.one("valueNumber") or claim.one("minValue")
    return read_quantity(
        low, claim.one("maxValue"), claim.one("unit"), claim.one("comparator"), language
    )
