"""All authored files, typed against the ontology; everything wrong with them in one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xingtu.ontology import Property, Schema, load_schema
from xingtu.triples.article import Article, Claim, read_articles
from xingtu.triples.edtf import parse_edtf
from xingtu.triples.entity import Entity, read_entities
from xingtu.triples.problem import InvalidAuthoredFiles, Problem
from xingtu.triples.statement import ASSERTED_OF_PLANS, Statement, make_statement, may_be_asserted

FOLDER = Path(__file__).parent
ENUMERATIONS = {"modality": "Modality", "rank": "Rank", "status": "ClaimStatus"}
AGENTS = {
    "by": "Agent",
    "reportedBy": "Agent",
    "madeIn": "SpeechAct",
    "quotedFrom": "InformationEntity",
}
HEADER_LINKS = {"publishedBy": "Agent", "author": "Agent", "republishes": "Publication"}
STATUS_FREE = {"InformationEntity", "Concept", "Relator"}
"""Kinds of subject that say of themselves that they are no accomplished facts."""


@dataclass(frozen=True)
class Source:
    """The entities by slug, the articles, and the typed claims in authored order."""

    schema: Schema
    entities: dict[str, Entity]
    articles: tuple[Article, ...]
    statements: tuple[Statement, ...]


def load_source(folder: Path = FOLDER) -> Source:
    """Read and type everything under `entities/` and `articles/` of a folder.

    Raises:
        InvalidAuthoredFiles: with every problem found; nothing is half read.
    """
    source, problems = read_source(folder)
    if problems:
        raise InvalidAuthoredFiles(sorted(set(problems)))
    return source


def read_source(folder: Path = FOLDER) -> tuple[Source, list[Problem]]:
    """Read and type as much as can be; also return what is wrong."""
    schema = load_schema()
    entities, problems = read_entities(folder / "entities", schema)
    articles, found = read_articles(folder / "articles")
    judge = _Judge(schema, entities, articles)
    problems += found + list(judge.problems())
    statements, found = _statements(judge)
    problems += found
    return Source(schema, entities, tuple(articles), tuple(statements)), problems


def _statements(judge: _Judge) -> tuple[list[Statement], list[Problem]]:
    statements: dict[str, Statement] = {}
    problems = []
    for claim in judge.sound_claims():
        try:
            statement = make_statement(claim, judge.schema)
        except ValueError as error:
            problems.append(_fault(claim, str(error), "see FORMAT.md, 'A claim'"))
            continue
        first = statements.setdefault(statement.iri.value, statement)
        if first is not statement:
            where = f"{first.claim.file}:{first.claim.line}"
            message = f"has the IRI of the claim at {where}: {statement.iri.value}"
            problems.append(_fault(claim, message, "the same claim is written twice; delete one"))
    return list(statements.values()), problems


def _fault(claim: Claim, message: str, remedy: str = "") -> Problem:
    return Problem(claim.file, claim.line, f"{claim.subject} {claim.predicate}", message, remedy)


class _Judge:
    """Holds the claims to the ontology and to the entities."""

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
            yield from self._header(article)
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

    def _header(self, article: Article) -> Iterator[Problem]:
        for key, kind in HEADER_LINKS.items():
            slug = article.header.get(key)
            if slug and kind not in self.kinds(slug):
                yield Problem(article.file, 1, key, f"{slug!r} is no {kind}", "add it to entities/")

    def _terms(self, claim: Claim) -> Iterator[Problem]:
        prop = self.schema.properties.get(claim.predicate)
        subject = self.kinds(claim.subject)
        if prop is None:
            yield _fault(claim, f"no property {claim.predicate!r} in the ontology", "see ontology/")
            return
        if not subject:
            yield _fault(claim, f"unknown subject {claim.subject!r}", "add it to entities/")
        elif prop.domain in self.schema.ancestors and prop.domain not in subject:
            yield _fault(claim, f"the subject is no {prop.domain}", "mend its type or the property")
        if prop.is_object:
            yield from self._object(claim, prop)

    def _object(self, claim: Claim, prop: Property) -> Iterator[Problem]:
        kinds = self.kinds(claim.value)
        if not kinds:
            yield _fault(claim, f"unknown object {claim.value!r}", "add it to entities/")
        elif prop.range in self.schema.ancestors and prop.range not in kinds:
            yield _fault(
                claim, f"{claim.value!r} is no {prop.range}", "mend its type or the property"
            )

    def _qualifiers(self, claim: Claim) -> Iterator[Problem]:
        for name, kind in ENUMERATIONS.items():
            for text in claim.qualifiers.get(name, ()):
                if self.schema.individuals.get(text) != kind:
                    yield _fault(claim, f"{name}: {text!r} is no {kind}", "see FORMAT.md")
        for name, kind in AGENTS.items():
            for slug in claim.qualifiers.get(name, ()):
                if kind not in self.kinds(slug):
                    yield _fault(claim, f"{name}: {slug!r} is no {kind}", "add it to entities/")
        yield from self._dates(claim)

    def _dates(self, claim: Claim) -> Iterator[Problem]:
        try:
            date.fromisoformat(claim.one("asOf"))
        except ValueError:
            yield _fault(claim, f"asOf: {claim.one('asOf')!r} is no day", "write YYYY-MM-DD")
        if claim.one("scopeAmbiguous", "true") != "true":
            yield _fault(claim, "scopeAmbiguous is true or absent")
        try:
            parse_edtf(claim.one("dateAnchor", "2000"))
        except ValueError as error:
            yield _fault(claim, f"dateAnchor: {error}")

    def _keys(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for claim in self.claims:
            key = claim.one("key")
            if key and key in seen:
                yield _fault(claim, f"the key {key!r} is taken", "choose another")
            seen.add(key)
            for name in ("contradicts", "supersedes"):
                for other in claim.qualifiers.get(name, ()):
                    if other not in self.keys:
                        yield _fault(claim, f"{name}: no claim has the key {other!r}")

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
                yield _fault(
                    claim, message, "state its status (planned, proposed …) with a passage"
                )

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


def claim_iris(source: Source) -> dict[str, str]:
    """Return claim key → claim IRI."""
    pairs = ((statement.claim.one("key"), statement.iri.value) for statement in source.statements)
    return {key: value for key, value in pairs if key}
