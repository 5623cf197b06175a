"""Holds the claims to the ontology, to the entities and to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xingtu.ontology import Property, Schema
from xingtu.triples.article import Article, Claim
from xingtu.triples.edtf import parse_edtf
from xingtu.triples.entity import Entity
from xingtu.triples.problem import Problem
from xingtu.triples.statement import ASSERTED_OF_PLANS, may_be_asserted

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ENUMERATIONS = {"modality": "Modality", "rank": "Rank", "claimStatus": "ClaimStatus"}
AGENTS = {
    "by": "Agent",
    "reportedBy": "Agent",
    "madeIn": "SpeechAct",
    "quotedFrom": "InformationEntity",
}
HEADER_LINKS = {
    "publishedBy": "Agent",
    "author": "Agent",
    "originalAuthor": "Agent",
    "republishes": "Publication",
}
STATUS_FREE = {"InformationEntity", "Concept", "Relator"}
"""Kinds of subject that say of themselves that they are no accomplished facts."""


def fault(claim: Claim, message: str, remedy: str = "") -> Problem:
    """Return a problem at a claim's line."""
    return Problem(claim.file, claim.line, f"{claim.subject} {claim.predicate}", message, remedy)


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, as YYYY-MM-DD."""
    try:
        return bool(DAY.fullmatch(text)) and parse_edtf(text) is not None
    except ValueError:
        return False


class Judge:
    """Judges all articles against all entities."""

    def __init__(
        self, schema: Schema, entities: dict[str, Entity], articles: list[Article]
    ) -> None:
        self.schema = schema
        self.entities = entities
        self.articles = articles
        self.types = {slug: entity.types for slug, entity in entities.items()}
        self.types |= {article.slug: ("Article",) for article in articles}
        self.claims = [claim for article in articles for claim in article.claims]
        self.keys = {claim.one("key") for claim in self.claims} - {""}

    def kinds(self, slug: str) -> frozenset[str]:
        """All classes of an entity or controlled individual; empty if there is none."""
        if slug in self.schema.individuals:
            return self.schema.ancestors[self.schema.individuals[slug]]
        known = (self.schema.ancestors[name] for name in self.types.get(slug, ()))
        return frozenset().union(*known)

    def problems(self) -> Iterator[Problem]:
        """Yield everything wrong between the files, and between them and the ontology."""
        for article in self.articles:
            yield from self._article(article)
        for claim in self.claims:
            yield from self._terms(claim)
            yield from self._qualifiers(claim)
        yield from self._keys()
        yield from self._statuses()
        yield from self._unused()

    def sound_claims(self) -> Iterator[Claim]:
        """Yield the claims whose terms exist, so that they can be typed."""
        for claim in self.claims:
            if not list(self._terms(claim)) and not list(self._qualifiers(claim)):
                yield claim

    def _article(self, article: Article) -> Iterator[Problem]:
        if article.slug in self.entities:
            yield Problem(
                article.file, 1, article.slug, "is an entity too", "rename one of the two"
            )
        for key, kind in HEADER_LINKS.items():
            slug = article.header.get(key)
            if slug and kind not in self.kinds(slug):
                yield Problem(article.file, 1, key, f"{slug!r} is no {kind}", "add it to entities/")

    def _terms(self, claim: Claim) -> Iterator[Problem]:
        prop = self.schema.properties.get(claim.predicate)
        subject = self.kinds(claim.subject)
        if prop is None:
            yield fault(claim, f"no property {claim.predicate!r} in the ontology", "see ontology/")
            return
        if not subject:
            yield fault(claim, f"unknown subject {claim.subject!r}", "add it to entities/")
        elif prop.domain in self.schema.ancestors and prop.domain not in subject:
            yield fault(claim, f"the subject is no {prop.domain}", "mend its type or the property")
        if prop.is_object:
            yield from self._object(claim, prop)

    def _object(self, claim: Claim, prop: Property) -> Iterator[Problem]:
        kinds = self.kinds(claim.value)
        if not kinds:
            yield fault(claim, f"unknown object {claim.value!r}", "add it to entities/")
        elif prop.range in self.schema.ancestors and prop.range not in kinds:
            yield fault(
                claim, f"{claim.value!r} is no {prop.range}", "mend its type or the property"
            )

    def _qualifiers(self, claim: Claim) -> Iterator[Problem]:
        for name, kind in ENUMERATIONS.items():
            for text in claim.qualifiers.get(name, ()):
                if self.schema.individuals.get(text) != kind:
                    yield fault(claim, f"{name}: {text!r} is no {kind}", "see FORMAT.md")
        for name, kind in AGENTS.items():
            for slug in claim.qualifiers.get(name, ()):
                if kind not in self.kinds(slug):
                    yield fault(claim, f"{name}: {slug!r} is no {kind}", "add it to entities/")
        yield from self._dates(claim)

    def _dates(self, claim: Claim) -> Iterator[Problem]:
        if not is_day(claim.one("asOf", "2000-01-01")):
            yield fault(claim, f"asOf: {claim.one('asOf')!r} is no day", "write YYYY-MM-DD")
        if claim.one("scopeAmbiguous", "true") != "true":
            yield fault(claim, "scopeAmbiguous is true or absent")
        try:
            parse_edtf(claim.one("dateAnchor", "2000"))
        except ValueError as error:
            yield fault(claim, f"dateAnchor: {error}", "see FORMAT.md, 'A claim'")

    def _keys(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for claim in self.claims:
            key = claim.one("key")
            if key and key in seen:
                yield fault(claim, f"the key {key!r} is taken", "choose another")
            seen.add(key)
            for name in ("contradicts", "supersedes"):
                for other in claim.qualifiers.get(name, ()):
                    if other not in self.keys:
                        yield fault(claim, f"{name}: no claim has the key {other!r}")

    def _statuses(self) -> Iterator[Problem]:
        """A plan makes a triple only of a subject whose status says that it is a plan."""
        with_status = {claim.subject for claim in self.claims if claim.predicate == "status"}
        for claim in self.claims:
            prop = self.schema.properties.get(claim.predicate)
            planned = claim.modality in ASSERTED_OF_PLANS
            if prop is None or not planned or not may_be_asserted(claim, prop):
                continue
            if claim.subject not in with_status and not STATUS_FREE & self.kinds(claim.subject):
                message = f"a {claim.modality} makes a triple, but the subject has no status"
                yield fault(claim, message, "state its status (planned, proposed …) with a passage")

    def _unused(self) -> Iterator[Problem]:
        used = {claim.subject for claim in self.claims} | {claim.value for claim in self.claims}
        for claim in self.claims:
            for name in AGENTS:
                used.update(claim.qualifiers.get(name, ()))
        for article in self.articles:
            used.update(article.header.get(key, "") for key in HEADER_LINKS)
        for entity in self.entities.values():
            if entity.slug not in used:
                message = "no claim is about it or names it"
                yield Problem(
                    entity.file, entity.line, entity.slug, message, "state a fact or delete it"
                )
