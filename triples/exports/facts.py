"""A dataset as the exports need it: things with what is stated of them, facts with their claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from xingtu.ontology import Schema
from xingtu.triples import iri
from xingtu.triples.describe import INDIVIDUAL, REIFIES
from xingtu.triples.description.record import DCTERMS
from xingtu.triples.exports.thing import DEFINITION, LABEL, Thing, Values
from xingtu.triples.statement import mood_asserts

_INFERRED = iri.graph("inferred")
_MODIFIED = ox.NamedNode(DCTERMS + "modified")


@dataclass(frozen=True)
class Facts:
    """Everything stated in a dataset; `released` is the day of the version of its ontology.

    `things` are by IRI; `reified` is the triples of each claim, by its IRI, the one claimed and its
    bounds, or its unit and comparator; `claims` is the reverse.
    """

    schema: Schema
    things: dict[str, Thing]
    reified: dict[str, list[ox.Triple]]
    claims: dict[ox.Triple, list[Thing]]
    released: str

    def support(self, triple: ox.Triple) -> list[Thing]:
        """Return the claims that make a triple true: none if we state it ourselves."""
        return [claim for claim in self.claims.get(triple, []) if self._asserts(claim)]

    def states_fact(self, claim: Thing) -> bool:
        """Tell whether a claim states a fact that holds: accepted, of the best rank, no plan."""
        triples = self.reified[claim.iri.value]
        return is_factual([claim]) and self._asserts(claim) and all(map(self._holds, triples))

    def linked(self, thing: Thing, name: str) -> list[Thing]:
        """Return the things that a property of ours relates a thing to."""
        return [self.things[v.value] for v in thing.get(name) if v.value in self.things]

    def is_a(self, thing: Thing, *classes: str) -> bool:
        """Tell whether a thing is of one of these classes or of a class under them."""
        return any(
            not self.schema.ancestors.get(name, frozenset()).isdisjoint(classes)
            for name in thing.types
        )

    def is_pending(self, thing: Thing) -> bool:
        """Tell a thing that is only planned, proposed, under study or in development."""
        kinds = {self.schema.individuals.get(name) for name in thing.names("status")}
        return "PendingStatus" in kinds and "SettledStatus" not in kinds

    def standing_of(self, thing: Thing) -> str:
        """Return `fact` or `plan`, nothing for a claim or a passage: a claim has its modality."""
        if self.is_a(thing, "Claim", "Evidence"):
            return ""
        return "plan" if self.is_pending(thing) else "fact"

    def term_label(self, term: ox.NamedNode) -> str:
        """Return the English name of a term of the ontology; empty if it has none."""
        return self._term_text(term, LABEL)

    def term_definition(self, term: ox.NamedNode) -> str:
        """Return the English definition of a term of the ontology; empty if it has none."""
        return self._term_text(term, DEFINITION)

    def _term_text(self, term: ox.NamedNode, predicate: str) -> str:
        found = self.schema.store.quads_for_pattern(term, ox.NamedNode(predicate), None)
        texts = (quad.object for quad in found if isinstance(quad.object, ox.Literal))
        return next((text.value for text in texts if text.language == "en"), "")

    def _asserts(self, claim: Thing) -> bool:
        prop = self.schema.properties.get(claim.name("predicate"))
        return (
            prop is not None
            and claim.name("claimStatus") == "accepted"
            and not claim.get("scopeAmbiguous")
            and mood_asserts(claim.name("modality"), prop)
        )

    def _holds(self, triple: ox.Triple) -> bool:
        assert isinstance(triple.subject, ox.NamedNode)
        thing = self.things.get(triple.subject.value)
        return thing is not None and triple.object in thing.values.get(triple.predicate.value, ())


def is_factual(support: Sequence[Thing]) -> bool:
    """Tell a fact from what is planned, aimed at or proposed: one of its claims says it is so."""
    return not support or any(claim.name("modality") == "factual" for claim in support)


def standing(support: Sequence[Thing]) -> str:
    """Return `fact`, or `plan` for what is only planned, aimed at or proposed."""
    return "fact" if is_factual(support) else "plan"


def modalities(support: Sequence[Thing]) -> list[str]:
    """Return in which moods claims are made."""
    return sorted({claim.name("modality") for claim in support})


def claimants(support: Sequence[Thing]) -> list[str]:
    """Return the IRIs of those who make claims: the independent sources of a fact."""
    return sorted({value.value for claim in support for value in claim.get("claimedBy")})


def read_facts(quads: Iterable[ox.Quad], schema: Schema) -> Facts:
    """Gather what a dataset states of its individuals, inferences left out.

    Raises:
        ValueError: if it holds no claims: without them nothing tells a fact from a plan.
    """
    stated: dict[str, Values] = {}
    reified: dict[str, set[ox.Triple]] = {}
    released = ""
    for quad in quads:
        subject, value = quad.subject, quad.object
        if not isinstance(subject, ox.NamedNode) or quad.graph_name == _INFERRED:
            continue
        if value == INDIVIDUAL:
            continue  # says nothing outside OWL
        if subject == iri.ONTOLOGY and quad.predicate == _MODIFIED:
            released = str(getattr(value, "value", ""))
        elif isinstance(value, ox.Triple):
            if quad.predicate == REIFIES:
                reified.setdefault(subject.value, set()).add(value)
        elif subject.value.startswith(iri.ID) and not isinstance(value, ox.BlankNode):
            stated.setdefault(subject.value, {}).setdefault(quad.predicate.value, []).append(value)
    things = {name: Thing(ox.NamedNode(name), _sorted(stated[name])) for name in sorted(stated)}
    return _join(schema, things, reified, released)


def _join(
    schema: Schema, things: dict[str, Thing], reified: dict[str, set[ox.Triple]], released: str
) -> Facts:
    of_claims = {
        name: sorted(reified[name], key=str)
        for name, thing in things.items()
        if name in reified and "Claim" in thing.types
    }
    if not of_claims:
        raise ValueError("the dataset has no claims, so that nothing tells a fact from a plan")
    claims: dict[ox.Triple, list[Thing]] = {}
    for name, triples in of_claims.items():
        for triple in triples:
            claims.setdefault(triple, []).append(things[name])
    return Facts(schema, things, of_claims, claims, released)


def _sorted(values: Values) -> Values:
    return {predicate: sorted(set(terms), key=str) for predicate, terms in sorted(values.items())}
