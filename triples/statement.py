"""From authored claims to typed ones: the value in RDF, the triples that the claim reifies."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from xingtu.ontology import Property, Schema
from xingtu.triples import iri
from xingtu.triples.article import Claim
from xingtu.triples.edtf import parse_edtf
from xingtu.triples.quantity import parse_integer, parse_quantity

XSD = "http://www.w3.org/2001/XMLSchema#"
DECIMAL, INTEGER = ox.NamedNode(XSD + "decimal"), ox.NamedNode(XSD + "integer")
DATE_TIME, BOOLEAN = ox.NamedNode(XSD + "dateTime"), ox.NamedNode(XSD + "boolean")
ANY_URI = ox.NamedNode(XSD + "anyURI")
ASSERTED = {"factual"}
ASSERTED_OF_PLANS = {"plan", "target", "proposal"}

Value = ox.NamedNode | ox.Literal
Form = tuple[tuple[str, Value], ...]
"""How a value is written on the claim: (local name of the property, value) pairs."""


@dataclass(frozen=True)
class Statement:
    """A claim with its IRI, its value on the claim node and the triples that it reifies.

    The first triple is the one claimed; the others are its interval, or its unit and comparator.
    """

    claim: Claim
    iri: ox.NamedNode
    form: Form
    triples: tuple[ox.Triple, ...]


def decimal(text: str) -> ox.Literal:
    """Return an xsd:decimal."""
    return ox.Literal(text, datatype=DECIMAL)


def date_time(text: str) -> ox.Literal:
    """Return an xsd:dateTime."""
    return ox.Literal(text, datatype=DATE_TIME)


def make_statement(claim: Claim, schema: Schema) -> Statement:
    """Type a claim whose terms are known to exist.

    Raises:
        ValueError: if the value has not the form that the property's range demands.
    """
    prop = schema.properties[claim.predicate]
    passage = claim.passage
    key = (claim.subject, claim.predicate, claim.value, claim.modality)
    form, pairs = _value(prop, claim.value, schema)
    subject = iri.thing(claim.subject)
    return Statement(
        claim,
        iri.claim(passage.article, passage.start, passage.end, key),
        form,
        tuple(ox.Triple(subject, iri.term(name), value) for name, value in pairs),
    )


def may_be_asserted(claim: Claim, prop: Property) -> bool:
    """Tell whether a claim, by its own standing, may make its triple true (FORMAT.md)."""
    if claim.one("claimStatus") != "accepted" or claim.one("scopeAmbiguous"):
        return False
    return mood_asserts(claim.modality, prop)


def mood_asserts(modality: str, prop: Property) -> bool:
    """Tell whether a modality lets a claim make its triple true (FORMAT.md)."""
    if modality == "proposal" and prop.bounds:
        return False  # what is only proposed has no planned date
    return modality in ASSERTED or (prop.asserted_of_plans and modality in ASSERTED_OF_PLANS)


def asserted(statements: list[Statement], schema: Schema) -> list[Statement]:
    """Return the statements whose triples hold: of the best rank for their subject and property."""
    standing = [
        s for s in statements if may_be_asserted(s.claim, schema.properties[s.claim.predicate])
    ]
    best = {
        (s.claim.subject, s.claim.predicate) for s in standing if s.claim.one("rank") == "preferred"
    }
    return [
        s
        for s in standing
        if s.claim.one("rank") == "preferred" or (s.claim.subject, s.claim.predicate) not in best
    ]


def _value(prop: Property, text: str, schema: Schema) -> tuple[Form, Form]:
    """Return a value as written on the claim, and as (property, value) pairs of its subject."""
    if prop.is_object:
        node = iri.term(text) if text in schema.individuals else iri.thing(text)
        return (("object", node),), ((prop.name, node),)
    if prop.bounds:
        return _date(prop, text)
    if prop.name == "numericValue":
        return _number(text)
    if prop.range == XSD + "integer":
        number = parse_integer(text)
        literal = ox.Literal(number, datatype=INTEGER)
        return (("valueNumber", decimal(number)),), ((prop.name, literal),)
    literal = (
        ox.Literal(text, datatype=ANY_URI) if prop.range == ANY_URI.value else ox.Literal(text)
    )
    return (("valueText", ox.Literal(text)),), ((prop.name, literal),)


def _date(prop: Property, text: str) -> tuple[Form, Form]:
    interval = parse_edtf(text)
    assert prop.bounds
    ends = zip(prop.bounds, (interval.earliest, interval.latest), strict=True)
    literal = ox.Literal(text)
    bounds = tuple((name, date_time(end)) for name, end in ends if end)
    return (("valueText", literal),), ((prop.name, literal), *bounds)


def _number(text: str) -> tuple[Form, Form]:
    quantity = parse_quantity(text)
    nature: Form = (
        ("unit", ox.Literal(quantity.unit)),
        ("comparator", iri.term(quantity.comparator)),
    )
    if quantity.comparator == "between":
        ends: Form = (("minValue", decimal(quantity.low)), ("maxValue", decimal(quantity.high)))
        return ends + nature, ends + nature
    number = decimal(quantity.low)
    return (("valueNumber", number), *nature), (("numericValue", number), *nature)
