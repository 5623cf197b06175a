"""Through what an inferred statement follows: the things whose pages have its evidence."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT, load_schema
from xingtu.server.pages.asking import Term, Terms, Values, ask
from xingtu.server.pages.claims import iri_of
from xingtu.server.pages.statements import Statement
from xingtu.server.pages.vocabulary import OWL, read_vocabulary

_SHOWN: Final = 3  # for one statement
_MOST: Final = 1000  # for a page
_DERIVATION: Final = re.compile(r"CONSTRUCT \{ \?(\w+) xt:\w+ \?(\w+) \} WHERE \{ (.*) \}")


def find_premises(thing: NamedNode, statements: Iterable[Statement]) -> None:
    """Note on each inferred statement that no claim states through what it follows.

    It takes one query, and none if there is no such statement.
    """
    inferred: dict[tuple[str, Term], Statement] = {}
    pairs: list[Values] = []
    for each in statements:
        if each.inferred and not each.claims and isinstance(each.value, NamedNode | Literal):
            inferred[each.predicate, each.value] = each
            pairs.append((NamedNode(each.predicate), each.value))
    if not inferred:
        return
    derived = sorted({prop for prop, _ in inferred} & _derivations().keys())
    where = " ".join(
        f"UNION {{ VALUES ?thing {{ {thing} }} {pattern} }}"
        for prop in derived
        for pattern in _derivations()[prop]
    )
    terms: Terms = {"thing": [thing], "property value": pairs}
    for row in ask("premises", terms, where=where, limit=_MOST):
        statement = inferred.get((iri_of(row["property"]), row["value"]))
        if statement and len(statement.through) < _SHOWN:
            statement.through.append(iri_of(row["through"]))


@cache
def _derivations() -> dict[str, list[str]]:
    """Write the derivations of the ontology as patterns of `premises.rq`, by property (IRI)."""
    rules = load_schema().derivations
    return {XT + name: [*_patterns(XT + name, rule)] for name, rule in rules.items()}


def _patterns(prop: str, rule: str) -> Iterator[str]:
    """Give what a derivation demands, of a symmetric property from both of its sides."""
    match = _DERIVATION.fullmatch(rule)
    assert match, f"the derivation of {prop} relates two variables by one property"
    names = {match[1]: "thing", match[2]: "value"}
    yield _pattern(prop, match[3], names)
    if OWL + "SymmetricProperty" in read_vocabulary()[prop].types:
        yield _pattern(prop, match[3], {match[1]: "value", match[2]: "thing"})


def _pattern(prop: str, body: str, names: dict[str, str]) -> str:
    """Rename the variables of a derivation: its subject, its object, and what is in between."""
    renamed = re.sub(r"\?(\w+)", lambda match: "?" + names.get(match[1], "through"), body)
    return f"{renamed} BIND(<{prop}> AS ?property)"
