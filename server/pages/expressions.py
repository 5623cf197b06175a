"""What OWL says of a term beyond names: class expressions in Manchester's words, other axioms."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import pyoxigraph as ox

from xingtu.ontology import XT, load_schema
from xingtu.server.pages.vocabulary import OWL, RDFS

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_JOINED: Final = {"intersectionOf": "and", "unionOf": "or"}
_QUANTIFIED: Final = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}
_CARDINAL: Final = {
    "minQualifiedCardinality": "min",
    "maxQualifiedCardinality": "max",
    "qualifiedCardinality": "exactly",
}
_CHARACTERISTICS: Final = (
    "Functional",
    "InverseFunctional",
    "Transitive",
    "Symmetric",
    "Asymmetric",
    "Reflexive",
    "Irreflexive",
)

Node = ox.NamedNode | ox.BlankNode


class Piece(NamedTuple):
    """A word of an expression, or an IRI in it."""

    text: str
    is_iri: bool


def equivalents(iri: str) -> list[list[Piece]]:
    """Give the class expressions that a class is defined by (OWL 2 §9.1.2)."""
    found = _objects(ox.NamedNode(iri), OWL + "equivalentClass")
    return [list(_express(node)) for node in found if isinstance(node, ox.BlankNode)]


def chains(iri: str) -> list[list[Piece]]:
    """Give the chains of properties that a property follows from (OWL 2 §9.2.1)."""
    heads = _objects(ox.NamedNode(iri), OWL + "propertyChainAxiom")
    return [list(_join(_members(head), "o")) for head in heads]


def characteristics(iri: str) -> list[str]:
    """Give the characteristics of a property: functional, transitive and so on."""
    types = {str(getattr(o, "value", "")) for o in _objects(ox.NamedNode(iri), _RDF + "type")}
    return [name.lower() for name in _CHARACTERISTICS if f"{OWL}{name}Property" in types]


def disjoints(iri: str) -> list[str]:
    """Give the classes of ours that share no member with a class, by axiom."""
    store, node = load_schema().store, ox.NamedNode(iri)
    found = set(_objects(node, OWL + "disjointWith"))
    disjoint = ox.NamedNode(OWL + "disjointWith")
    found |= {q.subject for q in store.quads_for_pattern(None, disjoint, node)}
    for quad in store.quads_for_pattern(None, ox.NamedNode(OWL + "members"), None):
        members = list(_members(quad.object))
        kind = ox.NamedNode(OWL + "AllDisjointClasses")
        if node in members and kind in _objects(quad.subject, _RDF + "type"):
            found |= set(members)
    return sorted(n.value for n in found if isinstance(n, ox.NamedNode) and n != node)


def mappings(iri: str) -> list[tuple[str, str]]:
    """Give the links to other vocabularies: the property of each, and the IRI elsewhere."""
    store = load_schema().store
    quads = store.quads_for_pattern(ox.NamedNode(iri), None, None)
    return sorted(
        (quad.predicate.value, quad.object.value)
        for quad in quads
        if isinstance(quad.object, ox.NamedNode)
        and not quad.object.value.startswith(XT)
        and (
            quad.predicate.value.endswith("Match") or quad.predicate.value.startswith(RDFS + "sub")
        )
    )


def notes(iri: str, name: str) -> list[str]:
    """Give the texts of an annotation of SKOS, such as `changeNote`."""
    found = _objects(ox.NamedNode(iri), "http://www.w3.org/2004/02/skos/core#" + name)
    return sorted(node.value for node in found if isinstance(node, ox.Literal))


def _express(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Iterator[Piece]:
    if isinstance(node, ox.NamedNode):
        yield Piece(node.value, is_iri=True)
    elif isinstance(node, ox.Literal):
        yield Piece(node.value, is_iri=False)
    elif isinstance(node, ox.BlankNode):
        yield from _express_blank(node)


def _express_blank(node: ox.BlankNode) -> Iterator[Piece]:
    for name, word in _JOINED.items():
        for head in _objects(node, OWL + name):
            yield from _join(_members(head), word)
    for prop in _objects(node, OWL + "onProperty"):
        yield from _express(prop)
        yield from _restrict(node)
    for datatype in _objects(node, OWL + "onDatatype"):
        yield from _express(datatype)
        for head in _objects(node, OWL + "withRestrictions"):
            yield from _facets(head)


def _restrict(node: ox.BlankNode) -> Iterator[Piece]:
    for name, word in _QUANTIFIED.items():
        for filler in _objects(node, OWL + name):
            yield Piece(word, is_iri=False)
            yield from _bracket(filler)
    for name, word in _CARDINAL.items():
        for number in _objects(node, OWL + name):
            yield Piece(f"{word} {getattr(number, 'value', '')}", is_iri=False)
            for filler in _objects(node, OWL + "onClass"):
                yield from _bracket(filler)


def _facets(head: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Iterator[Piece]:
    for facet in _members(head):
        if isinstance(facet, ox.BlankNode):
            for quad in load_schema().store.quads_for_pattern(facet, None, None):
                name = quad.predicate.value.rpartition("#")[2]
                yield Piece(f"[{name} {getattr(quad.object, 'value', '')}]", is_iri=False)


def _bracket(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Iterator[Piece]:
    """Write an expression as a part of another one: in parentheses unless it is a name."""
    if isinstance(node, ox.BlankNode) and not _objects(node, OWL + "onDatatype"):
        yield Piece("(", is_iri=False)
        yield from _express(node)
        yield Piece(")", is_iri=False)
    else:
        yield from _express(node)


def _join(
    nodes: Iterator[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple], word: str
) -> Iterator[Piece]:
    for place, node in enumerate(nodes):
        if place:
            yield Piece(word, is_iri=False)
        yield from _bracket(node)


def _members(
    head: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
    """Walk an RDF list."""
    while isinstance(head, ox.BlankNode):
        yield from _objects(head, _RDF + "first")[:1]
        rest = _objects(head, _RDF + "rest")
        head = rest[0] if rest else ox.NamedNode(_RDF + "nil")


def _objects(
    node: Node | ox.Triple, predicate: str
) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
    store = load_schema().store
    found = store.quads_for_pattern(node, ox.NamedNode(predicate), None)
    return sorted((quad.object for quad in found), key=str)
