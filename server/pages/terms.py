"""What the documentation says of the ontology and of a term (the list of features is WIDOCO's)."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import pyoxigraph as ox

from xingtu.ontology import XT, load_schema
from xingtu.queries import Question, load_questions
from xingtu.server.pages import expressions
from xingtu.server.pages.addresses import ONTOLOGY
from xingtu.server.pages.expressions import Piece
from xingtu.server.pages.vocabulary import (
    ANNOTATION,
    CLASS,
    DATA,
    DATATYPE,
    INDIVIDUAL,
    OBJECT,
    OWL,
    Labels,
    Term,
    ancestors,
    read_vocabulary,
)

_DCTERMS: Final = "http://purl.org/dc/terms/"


@dataclass
class Header:
    """What the ontology says of itself: texts by language, other values by local name."""

    titles: Labels = field(default_factory=dict)
    descriptions: Labels = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)

    @property
    def modules(self) -> list[str]:
        """The IRIs of the modules."""
        return self.values.get("imports", [])


@dataclass
class Sections:
    """The terms by kind: the classes without a superclass of ours, and the others in lists."""

    roots: list[Term]
    properties: dict[str, list[Term]]
    individuals: dict[str, list[Term]]


@dataclass
class Described:
    """What OWL and our own questions say of a term."""

    equivalents: list[list[Piece]]
    chains: list[list[Piece]]
    characteristics: list[str]
    disjoints: list[str]
    mappings: list[tuple[str, str]]
    changes: list[str]
    notes: list[str]
    outgoing: list[Term]
    incoming: list[Term]
    members: list[Term]
    questions: list[Question]


@cache
def read_header() -> Header:
    """Read the header of the packaged ontology."""
    header = Header()
    quads = load_schema().store.quads_for_pattern(ox.NamedNode(ONTOLOGY), None, None)
    for quad in sorted(quads, key=str):
        name, value = _local(quad.predicate.value), quad.object
        if isinstance(value, ox.Literal) and value.language and name in {"title", "description"}:
            texts = header.titles if name == "title" else header.descriptions
            texts[value.language] = value.value
        elif isinstance(value, ox.Literal | ox.NamedNode):
            header.values.setdefault(name, []).append(value.value)
    return header


@cache
def group_terms() -> Sections:
    """Group all terms for the table of contents."""
    terms = read_vocabulary().values()
    roots = [
        t for t in terms if t.kind == CLASS and not any(p in read_vocabulary() for p in t.parents)
    ]
    properties = {
        kind: [term for term in terms if term.kind == kind]
        for kind in (OBJECT, DATA, ANNOTATION, DATATYPE)
    }
    individuals: dict[str, list[Term]] = {}
    for term in terms:
        if term.kind == INDIVIDUAL:
            classes = [iri for iri in term.types if iri in read_vocabulary()]
            individuals.setdefault(classes[0] if classes else OWL + "NamedIndividual", []).append(
                term
            )
    return Sections(roots, properties, individuals)


@cache
def _describe(iri: str) -> Described:
    near = {iri, *ancestors(iri)}
    properties = [t for t in read_vocabulary().values() if t.kind in {OBJECT, DATA}]
    return Described(
        equivalents=expressions.equivalents(iri),
        chains=expressions.chains(iri),
        characteristics=expressions.characteristics(iri),
        disjoints=expressions.disjoints(iri),
        mappings=expressions.mappings(iri),
        changes=expressions.notes(iri, "changeNote"),
        notes=[*expressions.notes(iri, "scopeNote"), *expressions.notes(iri, "example")],
        outgoing=[t for t in properties if near & set(t.domains)],
        incoming=[t for t in properties if near & set(t.ranges)],
        members=[t for t in read_vocabulary().values() if t.kind == INDIVIDUAL and iri in t.types],
        questions=_questions_with(iri.removeprefix(XT)),
    )


def describe_term(term: Term) -> Described:
    """Gather what is said of a term beyond its names and its place in the hierarchy."""
    return _describe(term.iri)


def _questions_with(name: str) -> list[Question]:
    """Find the first stored questions that use a term."""
    used = re.compile(rf"\bxt:{re.escape(name)}\b")
    return [question for question in _read_questions() if used.search(question.text)][:8]


@cache
def _read_questions() -> list[Question]:
    return load_questions()


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]
