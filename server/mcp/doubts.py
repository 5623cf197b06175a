"""What in a query may not be what its writer meant: names that are not there."""

from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode

from xingtu.ontology import XT
from xingtu.server.gate.reading import Reading
from xingtu.server.mcp.finding import suggest_things
from xingtu.server.mcp.terms import shorten, suggest_terms
from xingtu.server.pages.addresses import ID
from xingtu.server.pages.asking import ask, nodes_of
from xingtu.server.pages.vocabulary import read_vocabulary

_MOST: Final = 5  # doubts about one query
_LOOKED_UP: Final = 50  # things of one query


def doubt(text: str, *, empty: bool) -> list[str]:
    """Name what a query that has been answered asks for in vain.

    Args:
        text: The query.
        empty: Whether its answer was empty; only then things are looked up.
    """
    named = set(_iris(text))
    found = [*_unknown_terms(named), *(_unknown_things(named) if empty else ())]
    if empty and not found:
        found.append(
            "No rows. Is the property right (describe_term), the thing (find_entity), the language "
            'tag of strings ("…"@en)? What is only claimed is no plain triple: ask for xt:Claim.'
        )
    return found[:_MOST]


def _iris(text: str) -> Iterator[str]:
    """Give our IRIs that stand in a query."""
    reading = Reading(text, None)
    for token in dict.fromkeys(reading.tokens[reading.prologue.length :]):
        iri = reading.prologue.resolve(token)
        if iri is not None and iri.startswith((XT, ID)) and iri not in {XT, ID}:
            yield iri


def _unknown_terms(iris: set[str]) -> Iterator[str]:
    for iri in sorted(iris):
        if iri.startswith(XT) and iri not in read_vocabulary():
            yield f"The ontology has no {shorten(iri)}{suggest_terms(iri)}."


def _unknown_things(iris: set[str]) -> Iterator[str]:
    things = [NamedNode(iri) for iri in sorted(iris) if iri.startswith(ID)][:_LOOKED_UP]
    known = nodes_of(ask("known", {"thing": things}), "thing") if things else []
    for thing in things:
        if thing not in known:
            yield f"There is no {shorten(thing.value)}{suggest_things(thing.value)}."
