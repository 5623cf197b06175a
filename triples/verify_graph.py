"""Checks of the built dataset by SPARQL, independent of the code that built it."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from xingtu.ontology import SPARQL_PREFIXES, XT, Schema
from xingtu.triples.edtf import parse_edtf
from xingtu.triples.iri import GRAPH, ID, SLUG
from xingtu.triples.problem import Problem
from xingtu.triples.statement import ANY_URI

FACTS = """
SELECT ?g ?s ?p ?o WHERE {
  GRAPH ?g { ?article xt:textSha256 ?hash . ?s ?p ?o }
  FILTER NOT EXISTS { GRAPH ?g { ?s xt:modality|xt:passageSha256 ?claimOrEvidence } } }"""
"""Every triple of an article graph but the descriptions of claims and evidence."""

HEADERS = """
SELECT ?g ?s ?p ?o WHERE {
  GRAPH ?g { ?article xt:textSha256 ?hash ; xt:republishes? ?s . ?s ?p ?o }
  FILTER(?p IN (rdf:type, rdfs:label, xt:title, xt:textSha256, xt:publishedBy, xt:author,
    xt:republishes, xt:url, xt:publishedWhen, xt:earliest, xt:latest)) }"""
"""What the header of an article says of it and of its original: known without a passage."""

CLAIMED = """
SELECT ?g ?s ?p ?o ?about ?property ?rank WHERE {
  GRAPH ?g { ?c rdf:reifies ?t ; xt:subject ?about ; xt:predicate ?property ; xt:rank ?rank ;
    xt:claimStatus xt:accepted ; xt:modality ?mood }
  FILTER NOT EXISTS { GRAPH ?g { ?c xt:scopeAmbiguous true } }
  FILTER(?mood = xt:factual || ?mood IN (xt:plan, xt:target, xt:proposal)
    && EXISTS { GRAPH graph:ontology { ?property xt:assertedOfPlans true } })
  FILTER(?mood != xt:proposal
    || NOT EXISTS { GRAPH graph:ontology { ?property xt:lowerBound ?bound } })
  BIND(SUBJECT(?t) AS ?s) BIND(PREDICATE(?t) AS ?p) BIND(OBJECT(?t) AS ?o) }"""
"""What claims say that by their status, scope and mood may make their triple true (FORMAT.md)."""

DATES = """
SELECT ?s ?p ?text ?low ?high WHERE {
  GRAPH graph:ontology { ?p xt:lowerBound ?lower ; xt:upperBound ?upper }
  GRAPH ?g { ?s ?p ?text }
  OPTIONAL { GRAPH ?g { ?s ?lower ?low } } OPTIONAL { GRAPH ?g { ?s ?upper ?high } } }"""
"""Every EDTF date with the two ends that stand beside it in its graph."""


def select(store: ox.Store, query: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a SELECT as texts; an unbound variable is ''."""
    solutions = store.query(SPARQL_PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    for row in solutions:
        yield tuple("" if value is None else str(getattr(value, "value", value)) for value in row)


def check_facts_and_claims(store: ox.Store) -> Iterator[Problem]:
    """Yield each fact that no claim makes true, and each claim that should be a fact and is not."""
    facts = set(select(store, FACTS))
    rows = list(select(store, CLAIMED))
    preferred = {row[4:6] for row in rows if row[6] == XT + "preferred"}
    claimed = {row[:4] for row in rows if row[6] == XT + "preferred" or row[4:6] not in preferred}
    for fault, found in (
        ("has no accepted claim", facts - claimed - set(select(store, HEADERS))),
        ("is claimed and not asserted", claimed - facts),
    ):
        for _, s, p, o in sorted(found):
            message = f"{_short(p)} {_short(o)} {fault}"
            yield Problem("dataset", 0, _short(s), message, "build again")


def check_intervals(store: ox.Store) -> Iterator[Problem]:
    """Yield each EDTF date whose two ends are not in its graph."""
    for s, p, text, low, high in sorted(select(store, DATES)):
        interval = parse_edtf(text)
        if (interval.earliest or "", interval.latest or "") != (low, high):
            message = f"{_short(p)} {text} does not mean {low or '..'} to {high or '..'}"
            yield Problem("dataset", 0, _short(s), message, "build again; give it one date")


def check_iris(store: ox.Store, schema: Schema) -> Iterator[Problem]:
    """Yield each IRI of ours that is ill-formed, undeclared or untyped."""
    declared = set(schema.properties) | set(schema.ancestors) | set(schema.individuals)
    declared |= {
        s for (s,) in select(store, "SELECT ?s WHERE { GRAPH graph:ontology { ?s a ?kind } }")
    }
    typed = {s for (s,) in select(store, "SELECT ?s WHERE { GRAPH ?g { ?s a ?kind } }")}
    typed |= {
        s for (s,) in select(store, "SELECT ?s WHERE { GRAPH ?g { ?s owl:deprecated true } }")
    }
    for value in sorted(_nodes(store)):
        if (
            value.startswith(XT)
            and value not in declared
            and value.removeprefix(XT) not in declared
        ):
            yield Problem(
                "dataset", 0, value, "is no term of the ontology", "declare it or mend it"
            )
        if value.startswith(ID) and not SLUG.fullmatch(value.removeprefix(ID)):
            yield Problem("dataset", 0, value, "is ill-formed", "see iri.py")
        if value.startswith(ID) and value not in typed:
            yield Problem("dataset", 0, value, "has no type", "add it to entities/")


def _nodes(store: ox.Store) -> set[str]:
    found = set()
    for quad in store:
        for node in (quad.subject, quad.predicate, quad.object):
            if isinstance(node, ox.NamedNode) and not node.value.startswith(GRAPH):
                found.add(node.value)
    return found


def literals(store: ox.Store) -> Iterator[tuple[str, str]]:
    """Yield (subject, text) of every literal but web addresses, which hold titles."""
    for quad in store:
        if isinstance(quad.object, ox.Literal) and quad.object.datatype != ANY_URI:
            yield _short(str(getattr(quad.subject, "value", ""))), quad.object.value


def _short(value: str) -> str:
    return value.removeprefix(ID).removeprefix(XT)
