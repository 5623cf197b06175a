"""The terms of the ontology as pages need them: names, definitions, places in the hierarchy."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import pyoxigraph as ox

from xingtu.ontology import XT, load_schema

OWL: Final = "http://www.w3.org/2002/07/owl#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
RDF_TYPE: Final = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"

CLASS, OBJECT, DATA, ANNOTATION = "class", "object property", "data property", "annotation property"
DATATYPE, INDIVIDUAL = "datatype", "individual"
# The most telling declaration first: a term is of the first kind that fits.
_KINDS: Final = (
    ("Class", CLASS),
    ("ObjectProperty", OBJECT),
    ("DatatypeProperty", DATA),
    ("AnnotationProperty", ANNOTATION),
    ("NamedIndividual", INDIVIDUAL),
)

Labels = dict[str, str]
"""Language tag → text."""


@dataclass
class Term:
    """A term of ours; relations are to IRIs, in the order of their names."""

    iri: str
    kind: str
    labels: Labels = field(default_factory=dict)
    definitions: Labels = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    inverses: list[str] = field(default_factory=list)
    of_plans: bool = False

    @property
    def name(self) -> str:
        """The local name."""
        return self.iri.removeprefix(XT)


@cache
def read_vocabulary() -> dict[str, Term]:
    """Read the terms of the packaged ontology, by IRI, sorted."""
    store = load_schema().store
    terms = {iri: Term(iri, kind) for iri, kind in sorted(_declared(store).items())}
    for term in terms.values():
        _describe(term, store)
    for term in terms.values():
        for parent in term.parents:
            if parent in terms:
                terms[parent].children.append(term.iri)
    return terms


@cache
def ancestors(iri: str) -> frozenset[str]:
    """Give all that a class or property of ours specialises, without itself."""
    term = read_vocabulary().get(iri)
    if term is None:
        return frozenset()
    return frozenset(term.parents).union(*(ancestors(parent) for parent in term.parents))


def most_specific(classes: list[str]) -> list[str]:
    """Leave out of some classes those that another of them specialises, and foreign ones."""
    known = [iri for iri in classes if iri in read_vocabulary()]
    general = frozenset[str]().union(*(ancestors(iri) for iri in known))
    return sorted(iri for iri in known if iri not in general)


def _declared(store: ox.Store) -> dict[str, str]:
    kinds: dict[str, str] = {}
    rows = [(OWL + name, kind) for name, kind in _KINDS] + [(RDFS + "Datatype", DATATYPE)]
    for declaration, kind in rows:
        for quad in store.quads_for_pattern(None, RDF_TYPE, ox.NamedNode(declaration)):
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(XT):
                kinds.setdefault(quad.subject.value, kind)
    return kinds


def _describe(term: Term, store: ox.Store) -> None:
    term.labels = dict(_texts(store, term.iri, RDFS + "label"))
    term.definitions = dict(_texts(store, term.iri, SKOS + "definition"))
    term.parents = _named(store, term.iri, "subClassOf") or _named(store, term.iri, "subPropertyOf")
    types = store.quads_for_pattern(ox.NamedNode(term.iri), RDF_TYPE, None)
    term.types = sorted(q.object.value for q in types if isinstance(q.object, ox.NamedNode))
    term.domains, term.ranges = _named(store, term.iri, "domain"), _named(store, term.iri, "range")
    term.inverses = sorted(_inverses(store, ox.NamedNode(term.iri)))
    plans = store.quads_for_pattern(
        ox.NamedNode(term.iri), ox.NamedNode(XT + "assertedOfPlans"), ox.Literal(True)
    )
    term.of_plans = any(True for _ in plans)


def _texts(store: ox.Store, iri: str, predicate: str) -> Iterator[tuple[str, str]]:
    for quad in store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(predicate), None):
        if isinstance(quad.object, ox.Literal):
            yield quad.object.language or "", quad.object.value


def _named(store: ox.Store, iri: str, name: str) -> list[str]:
    found = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(RDFS + name), None)
    return sorted(quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode))


def _inverses(store: ox.Store, node: ox.NamedNode) -> Iterator[str]:
    inverse = ox.NamedNode(OWL + "inverseOf")
    for quad in store.quads_for_pattern(node, inverse, None):
        if isinstance(quad.object, ox.NamedNode):
            yield quad.object.value
    for quad in store.quads_for_pattern(None, inverse, node):
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject.value
