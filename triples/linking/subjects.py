"""What is to be linked, read from the graph: its names, classes, years, link and neighbours."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from xingtu.ontology import PREFIXES, SPARQL_PREFIXES

Evaluate = Callable[[str], ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples]
Name = tuple[str, str]
"""A name and its language tag."""

_THING: Final = f'FILTER(STRSTARTS(STR(?x), "{PREFIXES["id"]}"))'
_TERM: Final = f'FILTER(STRSTARTS(STR(?value), "{PREFIXES["xt"]}"))'
_ITEM: Final = f'FILTER(STRSTARTS(STR(?value), "{PREFIXES["wd"]}"))'
_NAMES: Final = f"""SELECT ?x ?value {{
  {{ ?x rdfs:label ?value BIND(0 AS ?n) }} UNION {{ ?x skos:altLabel ?value BIND(1 AS ?n) }}
  {_THING} }} ORDER BY ?n ?value"""
_TYPES: Final = f"SELECT ?x ?value {{ ?x a ?value {_THING} {_TERM} }}"
_LINKS: Final = f"SELECT ?x ?value {{ ?x skos:exactMatch|skos:closeMatch ?value {_THING} {_ITEM} }}"
_YEARS: Final = f"""SELECT ?x ?value {{
  {{ ?x xt:when|xt:launchDate|xt:publishedWhen ?value }} UNION {{ ?x xt:hasEvent/xt:when ?value }}
  {_THING} }}"""
_NEIGHBOURS: Final = f"""SELECT DISTINCT ?x ?value {{
  {{ ?x ?p ?y }} UNION {{ ?y ?p ?x }} FILTER(STRSTARTS(STR(?p), "{PREFIXES["xt"]}"))
  ?y skos:exactMatch ?value {_THING} {_ITEM} }}"""


@dataclass(frozen=True)
class Subject:
    """A thing of our graph.

    `types` are the local names of its classes, superclasses included; `years` those in which
    something of it happened; `items` the Wikidata items it is linked to, `neighbours` those of
    the things that it has a statement with.
    """

    slug: str
    names: tuple[Name, ...]
    types: frozenset[str]
    years: frozenset[int]
    items: tuple[str, ...]
    neighbours: frozenset[str]

    @property
    def label(self) -> str:
        """The name that stands for it."""
        return next((text for text, language in self.names if language == "en"), self.slug)


def read_subjects(evaluate: Evaluate) -> list[Subject]:
    """Read all things that have a name, by slug.

    Args:
        evaluate: Answers a query over our graph.
    """
    names = _gather(evaluate, _NAMES)
    types, links = _gather(evaluate, _TYPES), _gather(evaluate, _LINKS)
    years, neighbours = _gather(evaluate, _YEARS), _gather(evaluate, _NEIGHBOURS)
    return [
        Subject(
            slug=slug,
            names=tuple((term.value, _language(term)) for term in names[slug]),
            types=frozenset(_local(term, "xt") for term in types[slug]),
            years=frozenset(int(y[:4]) for y in _texts(years[slug]) if y[:4].isdecimal()),
            items=tuple(_local(term, "wd") for term in links[slug]),
            neighbours=frozenset(_local(term, "wd") for term in neighbours[slug]),
        )
        for slug in sorted(names)
    ]


def _gather(evaluate: Evaluate, query: str) -> defaultdict[str, list[ox.NamedNode | ox.Literal]]:
    """Give the values of each thing, those of `rdfs:label` first, each once."""
    found: defaultdict[str, list[ox.NamedNode | ox.Literal]] = defaultdict(list)
    solutions = evaluate(SPARQL_PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        slug, value = _local(solution["x"], "id"), solution["value"]
        if isinstance(value, ox.NamedNode | ox.Literal) and value not in found[slug]:
            found[slug].append(value)
    return found


def _texts(terms: list[ox.NamedNode | ox.Literal]) -> Iterator[str]:
    return (term.value for term in terms)


def _local(term: ox.NamedNode | ox.Literal, prefix: str) -> str:
    return term.value.removeprefix(PREFIXES[prefix])


def _language(term: ox.NamedNode | ox.Literal) -> str:
    return (term.language or "") if isinstance(term, ox.Literal) else ""
