"""What is said of a thing: statements, the claims behind each, and the passages behind those."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.asking import Term, Values, ask
from xingtu.server.pages.claims import Claim, iri_of, read_claims
from xingtu.server.pages.moods import (
    DISPUTED,
    INFERRED,
    OUTRANKED,
    RECORDED,
    Mood,
    show_moods,
)
from xingtu.server.pages.vocabulary import read_vocabulary

MIN_VALUE: Final = XT + "minValue"
NUMERIC_VALUE: Final = XT + "numericValue"
_DECIMAL: Final = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
_INTEGER: Final = NamedNode("http://www.w3.org/2001/XMLSchema#integer")


@dataclass
class Statement:
    """A property and a value of a thing.

    `held` tells whether the graph has the plain triple, `inferred` whether by inference, `through`
    by what things (IRIs) it then follows; see `premises.py`.
    """

    predicate: str
    value: Term
    held: bool
    inferred: bool = False
    claims: list[Claim] = field(default_factory=list)
    through: list[str] = field(default_factory=list)

    @property
    def moods(self) -> list[Mood]:
        """The moods and the standing of its claims, as badges."""
        modalities = (iri for claim in self.claims for iri in claim.iris("modality"))
        standing = [] if self.held else list(self._standing())
        if self.held and any(claim.disputed for claim in self.claims):
            standing.append(DISPUTED)
        found = list(dict.fromkeys(show_moods(modalities, held=self.held) + standing))
        return found or [INFERRED if self.inferred else RECORDED]

    def _standing(self) -> Iterator[Mood]:
        for claim in self.claims:
            yield from claim.standing
            if not claim.standing and self._could_hold(claim):
                yield OUTRANKED

    def _could_hold(self, claim: Claim) -> bool:
        """Tell whether a claim makes its triple true unless a better one does (FORMAT.md)."""
        term = read_vocabulary().get(self.predicate)
        intended = {XT + "plan", XT + "target"} if term and term.of_plans else set()
        return claim.one("modality") in {XT + "factual", *intended}

    @property
    def sources(self) -> list[str]:
        """The independent sources: distinct claimants, whoever repeats them (`xt:claimedBy`)."""
        return sorted({iri for claim in self.claims for iri in claim.iris("claimedBy")})

    @property
    def articles(self) -> list[str]:
        """The articles whose passages carry it."""
        return sorted({p.article for claim in self.claims for p in claim.passages.values()})


def gather_statements(
    thing: NamedNode, limit: int, offset: int = 0, where: str = ""
) -> list[Statement]:
    """Gather what is said of a thing, by two queries, ordered by property.

    Args:
        thing: Its IRI.
        limit: How many statements at most.
        offset: How many to pass over.
        where: Filters of `?property` and `?value`, if not all are to be gathered.
    """
    rows = ask("statements", {"thing": [thing]}, limit=limit, offset=offset, where=where)
    statements = [
        Statement(
            row["property"].value, row["value"], _is_one(row["held"]), _is_one(row["inferred"])
        )
        for row in rows
        if isinstance(row["property"], NamedNode)
    ]
    _support(thing, statements)
    return statements


def _support(thing: NamedNode, statements: list[Statement]) -> None:
    """Find the claims behind statements, by one query."""
    by_key = {_key(s.predicate, s.value): s for s in statements}
    pairs = [pair for s in statements for pair in _pairs(s)]
    rows = ask("support", {"thing": [thing], "property value": pairs}) if pairs else []
    claims = read_claims(rows)
    for key, iri in dict.fromkeys(
        (_key(iri_of(r["property"]), r["value"]), iri_of(r["claim"])) for r in rows
    ):
        if key in by_key and claims[iri] not in by_key[key].claims:
            by_key[key].claims.append(claims[iri])
    for statement in statements:
        statement.claims.sort(key=lambda claim: (claim.one("asOf"), claim.iri))


def _pairs(statement: Statement) -> Iterator[Values]:
    """Give a statement as its claims may write it: a claim has decimals for integers too."""
    prop, value = NamedNode(statement.predicate), statement.value
    if isinstance(value, NamedNode | Literal):
        yield (prop, value)
    if isinstance(value, Literal) and value.datatype == _INTEGER:
        yield (prop, Literal(value.value, datatype=_DECIMAL))
    elif isinstance(value, Literal) and value.datatype != _DECIMAL:
        yield (prop, Literal(value.value))


def _key(prop: str, value: Term) -> tuple[str, str, bool]:
    return prop, str(getattr(value, "value", value)), isinstance(value, NamedNode)


def _is_one(term: Term) -> bool:
    return isinstance(term, Literal) and term.value == "1"
