"""Claims that stand against each other, and claims that have taken the place of others."""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from xingtu.ontology import XT
from xingtu.server.pages.asking import Row
from xingtu.server.pages.claims import Claim, gather_claims
from xingtu.server.pages.rows import value_of

CONTRADICTS = XT + "contradicts"
SUPERSEDES = XT + "supersedesClaim"


def read_pairs(rows: Iterable[Row]) -> dict[str, list[tuple[Claim, Claim]]]:
    """Read `view-disputes.rq`, and ask for the claims that it names by one query.

    Returns:
        The pairs of claims by the IRI of what relates the first to the second.
    """
    named = [tuple(value_of(row, name) for name in ("relation", "one", "other")) for row in rows]
    wanted = sorted({iri for _, *pair in named for iri in pair})
    claims = gather_claims(map(NamedNode, wanted)) if wanted else {}
    pairs: dict[str, list[tuple[Claim, Claim]]] = {CONTRADICTS: [], SUPERSEDES: []}
    for relation, one, other in named:
        if one in claims and other in claims:
            pairs[relation].append((claims[one], claims[other]))
    return pairs
