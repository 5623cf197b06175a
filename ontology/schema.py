"""Read the ontology modules into the few look-ups that reading and checking claims needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

FOLDER = Path(__file__).parent
XT = "https://w3id.org/xingtu/ontology#"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SH = "http://www.w3.org/ns/shacl#"
NOT_MODULES = {"shapes.ttl", "style.ttl"}


@dataclass(frozen=True)
class Property:
    """An object or datatype property of ours.

    `domain` and `range` are local names of our classes, or IRIs of datatypes. `bounds` are the
    local names of the two interval properties of a date property.
    """

    name: str
    is_object: bool
    domain: str | None
    range: str | None
    asserted_of_plans: bool
    bounds: tuple[str, str] | None


@dataclass(frozen=True)
class Schema:
    """What the ontology says, by local name.

    `ancestors` maps each class to itself and all its superclasses; `individuals` maps each
    controlled individual to its class; `derivations` maps a property to its CONSTRUCT query.
    """

    properties: dict[str, Property]
    ancestors: dict[str, frozenset[str]]
    individuals: dict[str, str]
    derivations: dict[str, str]
    version: str
    store: ox.Store = field(repr=False)


def module_paths() -> list[Path]:
    """Return the Turtle files of the ontology proper, root first, then by name."""
    found = (path for path in FOLDER.glob("*.ttl") if path.name not in NOT_MODULES)
    return sorted(found, key=lambda path: (path.name != "xingtu.ttl", path.name))


def read_prefixes() -> dict[str, str]:
    """Return prefix → namespace as `shapes.ttl` declares them (SHACL 5.2.1, `sh:declare`)."""
    shapes = ox.Store()
    shapes.load(path=str(FOLDER / "shapes.ttl"), format=ox.RdfFormat.TURTLE)
    rows = shapes.query(
        f"SELECT ?p ?n WHERE {{ ?d <{SH}prefix> ?p ; <{SH}namespace> ?n }} ORDER BY ?p"
    )
    assert isinstance(rows, ox.QuerySolutions)
    return {row["p"].value: row["n"].value for row in rows}


PREFIXES = read_prefixes()
SPARQL_PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
"""The prefixes as the head of a query."""


@cache
def load_schema() -> Schema:
    """Read all modules; the schema is the same for the life of the process.

    Raises:
        SyntaxError: if a module is not Turtle.
    """
    store = ox.Store()
    for path in module_paths():
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    return Schema(
        properties=dict(_properties(store)),
        ancestors=_ancestors(store),
        individuals=dict(_individuals(store)),
        derivations={_local(s): o for s, o in _pairs(store, XT + "derivation")},
        version=next(o for _, o in _pairs(store, OWL + "versionInfo")),
        store=store,
    )


def _local(iri: str) -> str:
    return iri.removeprefix(XT)


def _pairs(store: ox.Store, predicate: str) -> Iterator[tuple[str, str]]:
    """Yield (subject, object) as text, named nodes and literals only."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
            yield quad.subject.value, str(getattr(quad.object, "value", ""))


def _typed(store: ox.Store, owl_class: str) -> list[str]:
    found = store.quads_for_pattern(None, RDF_TYPE, ox.NamedNode(OWL + owl_class))
    iris = (quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))
    return sorted(iri for iri in iris if iri.startswith(XT))


def _properties(store: ox.Store) -> Iterator[tuple[str, Property]]:
    domains = dict(_pairs(store, RDFS + "domain"))
    ranges = dict(_pairs(store, RDFS + "range"))
    plans = dict(_pairs(store, XT + "assertedOfPlans"))
    lower, upper = dict(_pairs(store, XT + "lowerBound")), dict(_pairs(store, XT + "upperBound"))
    for owl_class in ("ObjectProperty", "DatatypeProperty"):
        for iri in _typed(store, owl_class):
            name = _local(iri)
            yield (
                name,
                Property(
                    name=name,
                    is_object=owl_class == "ObjectProperty",
                    domain=_local(domains[iri]) if iri in domains else None,
                    range=_local(ranges[iri]) if iri in ranges else None,
                    asserted_of_plans=plans.get(iri) == "true",
                    bounds=(_local(lower[iri]), _local(upper[iri]))
                    if iri in lower and iri in upper
                    else None,
                ),
            )


def _ancestors(store: ox.Store) -> dict[str, frozenset[str]]:
    parents: dict[str, set[str]] = {_local(iri): set() for iri in _typed(store, "Class")}
    for child, parent in _pairs(store, RDFS + "subClassOf"):
        if _local(child) in parents and parent.startswith(XT):
            parents[_local(child)].add(_local(parent))

    def climb(name: str) -> frozenset[str]:
        found, todo = {name}, [name]
        while todo:
            new = parents.get(todo.pop(), set()) - found
            found |= new
            todo += new
        return frozenset(found)

    return {name: climb(name) for name in parents}


def _individuals(store: ox.Store) -> Iterator[tuple[str, str]]:
    for iri in _typed(store, "NamedIndividual"):
        types = (o for s, o in _pairs(store, RDF_TYPE.value) if s == iri and o.startswith(XT))
        yield _local(iri), _local(next(types, ""))
