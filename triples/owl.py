"""The release for Protégé and owlready2: one OWL 2 DL ontology with everything asserted in it.

Each fact carries an `owl:Axiom` annotation that links it to its claims. The axiom's node must be
blank and the only one for its triple: tools drop a named one, and merge two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyoxigraph as ox

from xingtu.ontology import PREFIXES
from xingtu.ontology.schema import OWL, RDF_TYPE, RDFS
from xingtu.triples import iri
from xingtu.triples.dataset import Knowledge, ontology_graph, sorted_triples, supports
from xingtu.triples.description.record import DCTERMS, values_of
from xingtu.triples.source import Source
from xingtu.triples.statement import asserted

RELEASE = iri.graph("release")
ONTOLOGY = ox.NamedNode(OWL + "Ontology")
SUPPORTED_BY = iri.term("supportedBy")
RECORDED = ("title", "license", "creator")
"""What the release says of itself as the record of the dataset does."""


def release_triples(knowledge: Knowledge) -> list[ox.Triple]:
    """Return terms, entities, facts, shortcuts, claims, evidence and axiom annotations."""
    source = knowledge.source
    individuals = knowledge.entities.union(knowledge.shortcuts, *knowledge.articles.values())
    return sorted_triples(
        individuals.union(_terms(source), _header(source), _axioms(source)),
    )


def serialize_release(triples: list[ox.Triple], syntax: ox.RdfFormat) -> bytes:
    """Write triples that are sorted by subject in a syntax that the OWL API reads."""
    prefixes = {name: namespace for name, namespace in PREFIXES.items() if name != "graph"}
    data = ox.serialize(triples, format=syntax, prefixes=prefixes)
    assert data is not None
    return data


def _terms(source: Source) -> Iterator[ox.Triple]:
    """Yield the modules without their headers: the release stands alone and imports nothing."""
    triples = ontology_graph(source.schema)
    headers = {t.subject for t in triples if t.predicate == RDF_TYPE and t.object == ONTOLOGY}
    yield from (t for t in triples if t.subject not in headers)


def _header(source: Source) -> Iterator[ox.Triple]:
    version = source.schema.version
    said: tuple[tuple[str, ox.NamedNode | ox.Literal], ...] = (
        (RDF_TYPE.value, ONTOLOGY),
        (OWL + "versionIRI", ox.NamedNode(f"{RELEASE.value}/{version}")),
        (OWL + "versionInfo", ox.Literal(version)),
        (RDFS + "label", ox.Literal("Xingtu: ontology, facts and claims", language="en")),
        (DCTERMS + "source", iri.ONTOLOGY),
        *((DCTERMS + name, value) for name in RECORDED for value in values_of(DCTERMS + name)),
    )
    for predicate, value in said:
        yield ox.Triple(RELEASE, ox.NamedNode(predicate), value)


def _axioms(source: Source) -> Iterator[ox.Triple]:
    for triple, claims in supports(asserted(list(source.statements), source.schema)).items():
        digest = hashlib.sha256(str(triple).encode()).hexdigest()[:16]
        node = ox.BlankNode(f"axiom{digest}")
        yield ox.Triple(node, RDF_TYPE, ox.NamedNode(OWL + "Axiom"))
        yield ox.Triple(node, ox.NamedNode(OWL + "annotatedSource"), triple.subject)
        yield ox.Triple(node, ox.NamedNode(OWL + "annotatedProperty"), triple.predicate)
        yield ox.Triple(node, ox.NamedNode(OWL + "annotatedTarget"), triple.object)
        for claim in claims:
            yield ox.Triple(node, SUPPORTED_BY, claim)
