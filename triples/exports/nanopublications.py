"""Nanopublications (https://nanopub.net/guidelines/working_draft/), in TriG.

Each claim is one. Its assertion holds the plain triples only if the claim is accepted, is sure to
be about its subject and states a fact; else the assertion describes the claim, and says in what
mood it is made. They are not signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

import pyoxigraph as ox

from xingtu.ontology import PREFIXES, XT
from xingtu.ontology.schema import RDF_TYPE
from xingtu.triples import iri
from xingtu.triples.description.record import DCTERMS, values_of
from xingtu.triples.exports.facts import Facts
from xingtu.triples.exports.thing import Thing
from xingtu.triples.exports.trusty import artifact_code
from xingtu.triples.statement import date_time

NP = "http://www.nanopub.org/nschema#"
PROV = "http://www.w3.org/ns/prov#"
FOAF = "http://xmlns.com/foaf/0.1/"
_PLACE = "CODE"
_HEAD = {
    "assertion": "hasAssertion",
    "provenance": "hasProvenance",
    "pubinfo": "hasPublicationInfo",
}
_CONTENT = ("subject", "predicate", "object", "valueText", "valueNumber", "minValue", "maxValue",
            "unit", "comparator")  # fmt: skip
"""What a claim states, as opposed to how it came about."""
_SOURCE = ("title", "author", "publishedBy", "publishedWhen", "url", "textSha256", "republishes")
"""What tells which article it is, as opposed to what is claimed of it."""


def write_nanopublications(facts: Facts, output: IO[bytes]) -> None:
    """Write a nanopublication for each claim, with the passage and the article it comes from.

    Raises:
        ValueError: if the dataset does not say when it was released.
    """
    if not facts.released:
        raise ValueError("the dataset does not say when it was released")
    prefixes = {name: PREFIXES[name] for name in ("id", "xt", "dcterms", "prov", "xsd")}
    quads = (quad for name in facts.reified for quad in _publish(facts, facts.things[name]))
    ox.serialize(quads, output, ox.RdfFormat.TRIG, prefixes=prefixes | {"np": NP, "foaf": FOAF})


def _publish(facts: Facts, claim: Thing) -> Iterator[ox.Quad]:
    """Yield the nanopublication of a claim under its trusty IRI."""
    code = artifact_code(_quads(facts, claim, _PLACE), _PLACE)
    return _quads(facts, claim, code)


def _quads(facts: Facts, claim: Thing, code: str) -> Iterator[ox.Quad]:
    node = iri.nanopublication(code)
    graphs = {name: ox.NamedNode(f"{node.value}#{name}") for name in _HEAD | {"Head": ""}}
    parts = {
        "Head": _head(node, graphs),
        "assertion": _assertion(facts, claim),
        "provenance": _provenance(facts, claim, graphs["assertion"]),
        "pubinfo": _publication(facts, node),
    }
    for name, triples in parts.items():
        for t in triples:
            yield ox.Quad(t.subject, t.predicate, t.object, graphs[name])


def _head(node: ox.NamedNode, graphs: dict[str, ox.NamedNode]) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF_TYPE, ox.NamedNode(NP + "Nanopublication"))
    for name, predicate in _HEAD.items():
        yield ox.Triple(node, ox.NamedNode(NP + predicate), graphs[name])


def _assertion(facts: Facts, claim: Thing) -> Iterator[ox.Triple]:
    if facts.states_fact(claim):
        yield from facts.reified[claim.iri.value]
    else:
        yield ox.Triple(claim.iri, RDF_TYPE, iri.term("Claim"))
        yield from _describe(claim, lambda name: name in _CONTENT or name == "modality")


def _provenance(facts: Facts, claim: Thing, assertion: ox.NamedNode) -> Iterator[ox.Triple]:
    for predicate, name in (("wasAttributedTo", "claimedBy"), ("wasDerivedFrom", "evidence")):
        for value in claim.get(name):
            yield ox.Triple(assertion, ox.NamedNode(PROV + predicate), value)
    yield ox.Triple(claim.iri, RDF_TYPE, iri.term("Claim"))
    yield from _describe(claim, lambda name: name not in _CONTENT)
    for passage in facts.linked(claim, "evidence"):
        yield from _describe(passage)
        for article in facts.linked(passage, "inArticle"):
            yield from _describe(article, lambda name: name in _SOURCE)


def _describe(
    thing: Thing, chosen: Callable[[str], bool] = lambda name: True
) -> Iterator[ox.Triple]:
    """Yield what our own properties, chosen by their names, say of a thing."""
    for predicate, values in thing.values.items():
        if predicate.startswith(XT) and chosen(predicate.removeprefix(XT)):
            for value in values:
                yield ox.Triple(thing.iri, ox.NamedNode(predicate), value)


def _publication(facts: Facts, node: ox.NamedNode) -> Iterator[ox.Triple]:
    yield ox.Triple(
        node, ox.NamedNode(DCTERMS + "created"), date_time(f"{facts.released}T00:00:00Z")
    )
    yield ox.Triple(node, ox.NamedNode(DCTERMS + "creator"), iri.PROJECT)
    for licence in values_of(DCTERMS + "license"):
        yield ox.Triple(node, ox.NamedNode(DCTERMS + "license"), licence)
    yield ox.Triple(node, ox.NamedNode(PROV + "wasDerivedFrom"), iri.graph("dataset"))
    for name in values_of(DCTERMS + "creator"):
        yield ox.Triple(iri.PROJECT, ox.NamedNode(FOAF + "name"), name)
