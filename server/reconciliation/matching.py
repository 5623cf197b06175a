"""From a query to its candidates; the first is declared a match only where that is safe."""

from dataclasses import replace
from typing import Final

from xingtu.server.reconciliation.index import LEAST_LIKE, RecordIndex
from xingtu.server.reconciliation.queries import ReconciliationQuery
from xingtu.server.reconciliation.scoring import Candidate, Scorer

SAFE_SCORE: Final = 95.0
SAFE_GAP: Final = 10.0
"""How far the next candidate stays behind a match, so that namesakes are left to the user."""


def match(query: ReconciliationQuery, index: RecordIndex) -> list[Candidate]:
    """Find the candidates for a query, the best first.

    A match has an identifier or the whole of a name, the type asked for, and no rival.

    Raises:
        MalformedEntry: if the query asks for very many comparisons.
    """
    candidates = [each for each in Scorer(query, index).candidates() if each.score >= LEAST_LIKE]
    candidates.sort(key=_rank)
    if candidates:
        candidates[0] = replace(candidates[0], match=_is_safe(*candidates[:2]))
    return candidates[: query.limit]


def _is_safe(first: Candidate, second: Candidate | None = None) -> bool:
    gap = first.score - (second.score if second else 0.0)
    return first.certain and first.score >= SAFE_SCORE and gap >= SAFE_GAP


def _rank(candidate: Candidate) -> tuple[float, bool, int, str]:
    """Order by score, then names before descriptions, then by how much is said of a record."""
    record = candidate.record
    return -candidate.score, not record.named, -record.weight, record.slug
