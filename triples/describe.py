"""The quads of one thing: an entity, an article, a claim with its evidence."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from xingtu.ontology.schema import OWL, RDF_TYPE, RDFS
from xingtu.triples import iri
from xingtu.triples.article import UNSAID, Article, Passage
from xingtu.triples.edtf import parse_edtf
from xingtu.triples.entity import Entity
from xingtu.triples.mapping import Mapping
from xingtu.triples.statement import ANY_URI, BOOLEAN, Statement, date_time

SKOS = "http://www.w3.org/2004/02/skos/core#"
REIFIES = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
INDIVIDUAL = ox.NamedNode(OWL + "NamedIndividual")
LABEL = ox.NamedNode(RDFS + "label")
NON_NEGATIVE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#nonNegativeInteger")

THINGS = {
    "by": "claimedBy",
    "reportedBy": "reportedBy",
    "quotedFrom": "quotedFrom",
    "madeIn": "madeIn",
}
OTHERS = {"contradicts": "contradicts", "supersedes": "supersedesClaim"}
TEXTS = ("dateAnchor", "subjectNamedAs")


def describe_entity(entity: Entity) -> Iterator[ox.Triple]:
    """Yield an entity's types, names and definition."""
    node = iri.thing(entity.slug)
    yield ox.Triple(node, RDF_TYPE, INDIVIDUAL)
    for name in entity.types:
        yield ox.Triple(node, RDF_TYPE, iri.term(name))
    for names, tag, predicate in (
        ((entity.en,), "en", LABEL),
        ((entity.zh,), "zh", LABEL),
        (entity.alt, "en", ox.NamedNode(SKOS + "altLabel")),
        (entity.alt_zh, "zh", ox.NamedNode(SKOS + "altLabel")),
        ((entity.definition,), "en", ox.NamedNode(SKOS + "definition")),
    ):
        for name in names:
            if name:
                yield ox.Triple(node, predicate, ox.Literal(name, language=tag))


def describe_mapping(mapping: Mapping) -> ox.Triple:
    """Return the link of an entity to its Wikidata item."""
    match = ox.NamedNode(SKOS + mapping.predicate)
    return ox.Triple(iri.thing(mapping.subject), match, iri.wikidata(mapping.item))


def describe_article(article: Article) -> Iterator[ox.Triple]:
    """Yield what the header of an article says of it."""
    node = iri.thing(article.slug)
    header = article.header
    yield ox.Triple(node, RDF_TYPE, INDIVIDUAL)
    yield ox.Triple(node, RDF_TYPE, iri.term("Article"))
    yield ox.Triple(node, LABEL, ox.Literal(header["title"], language="en"))
    yield ox.Triple(node, iri.term("title"), ox.Literal(header["title"]))
    yield ox.Triple(node, iri.term("textSha256"), ox.Literal(header["sha256"]))
    for key in ("publishedBy", "author", "republishes"):
        if key in header:
            yield ox.Triple(node, iri.term(key), iri.thing(header[key]))
    yield from _publication(node, header.get("url"), header.get("publishedWhen"))
    if "republishes" in header:
        yield from _original(header)


def _original(header: dict[str, str]) -> Iterator[ox.Triple]:
    """Yield what is known of the publication that an article repeats."""
    node = iri.thing(header["republishes"])
    if "originalAuthor" in header:
        yield ox.Triple(node, iri.term("author"), iri.thing(header["originalAuthor"]))
    yield from _publication(node, header.get("originalUrl"), header.get("originalPublishedWhen"))


def _publication(node: ox.NamedNode, url: str | None, when: str | None) -> Iterator[ox.Triple]:
    if url:
        yield ox.Triple(node, iri.term("url"), ox.Literal(url, datatype=ANY_URI))
    if when:
        yield ox.Triple(node, iri.term("publishedWhen"), ox.Literal(when))
        interval = parse_edtf(when)
        for name, end in (("earliest", interval.earliest), ("latest", interval.latest)):
            if end:
                yield ox.Triple(node, iri.term(name), date_time(end))


def describe_evidence(passage: Passage) -> Iterator[ox.Triple]:
    """Yield a passage's article, offsets and hash."""
    node = iri.evidence(passage.article, passage.start, passage.end)
    yield ox.Triple(node, RDF_TYPE, INDIVIDUAL)
    yield ox.Triple(node, RDF_TYPE, iri.term("Evidence"))
    yield ox.Triple(node, iri.term("inArticle"), iri.thing(passage.article))
    yield ox.Triple(node, iri.term("start"), ox.Literal(str(passage.start), datatype=NON_NEGATIVE))
    yield ox.Triple(node, iri.term("end"), ox.Literal(str(passage.end), datatype=NON_NEGATIVE))
    yield ox.Triple(node, iri.term("passageSha256"), ox.Literal(passage.sha256))


def describe_claim(statement: Statement, keys: dict[str, str]) -> Iterator[ox.Triple]:
    """Yield a claim as an individual; `keys` maps claim keys to claim IRIs. No reification here."""
    claim, node = statement.claim, statement.iri
    passage = claim.passage
    yield ox.Triple(node, RDF_TYPE, INDIVIDUAL)
    yield ox.Triple(node, RDF_TYPE, iri.term("Claim"))
    yield ox.Triple(node, iri.term("subject"), statement.triples[0].subject)
    yield ox.Triple(node, iri.term("predicate"), iri.term(claim.predicate))
    for name, value in statement.form:
        yield ox.Triple(node, iri.term(name), value)
    evidence = iri.evidence(passage.article, passage.start, passage.end)
    yield ox.Triple(node, iri.term("evidence"), evidence)
    yield ox.Triple(node, iri.term("asOf"), date_time(f"{claim.one('asOf')}T00:00:00Z"))
    yield from _qualifiers(statement, keys)


def _qualifiers(statement: Statement, keys: dict[str, str]) -> Iterator[ox.Triple]:
    claim, node = statement.claim, statement.iri
    for name in UNSAID:
        yield ox.Triple(node, iri.term(name), iri.term(claim.one(name)))
    for key, name in THINGS.items():
        for slug in claim.qualifiers.get(key, ()):
            yield ox.Triple(node, iri.term(name), iri.thing(slug))
    for key, name in OTHERS.items():
        for other in claim.qualifiers.get(key, ()):
            yield ox.Triple(node, iri.term(name), ox.NamedNode(keys[other]))
    for name in TEXTS:
        for text in claim.qualifiers.get(name, ()):
            yield ox.Triple(node, iri.term(name), ox.Literal(text))
    if claim.one("scopeAmbiguous"):
        yield ox.Triple(node, iri.term("scopeAmbiguous"), ox.Literal("true", datatype=BOOLEAN))


def describe_reification(statement: Statement) -> Iterator[ox.Triple]:
    """Yield the RDF 1.2 triples by which a claim reifies what it claims."""
    for triple in statement.triples:
        yield ox.Triple(statement.iri, REIFIES, triple)
