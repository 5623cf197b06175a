"""Ratios from samples: each server against another in the same round, the median of the rounds."""

import math
from collections.abc import Callable, Iterable
from statistics import median

from contest import Contest
from entrants import Entrant
from load import Sample
from shapes import SHAPES

Kind = tuple[str, int]  # workload and connections
NAMES = tuple(shape.name for shape in SHAPES)


def throughput_ratio(
    contest: Contest, kind: Kind, name: str, entrant: Entrant, other: Entrant
) -> float | None:
    """Return by how much a server outdoes another at a shape; None if they were not compared."""
    if {entrant.differs.get(name), other.differs.get(name)} & {"rows", "no answer"}:
        return None
    pairs = zip(
        _samples(contest, kind, name, entrant), _samples(contest, kind, name, other), strict=True
    )
    ratios = [a.throughput / b.throughput for a, b in pairs if a and b and b.throughput]
    return median(ratios) if ratios else None


def mean_ratio(contest: Contest, kind: Kind, entrant: Entrant, other: Entrant) -> float | None:
    """Return the geometric mean of the ratios over the shapes (not the mix)."""
    ratios = (throughput_ratio(contest, kind, name, entrant, other) for name in NAMES)
    return geometric_mean(ratio for ratio in ratios if ratio is not None)


def middle(
    contest: Contest, kind: Kind, name: str, entrant: Entrant, value: Callable[[Sample], float]
) -> float | None:
    """Return the median over the rounds of something measured."""
    values = [value(sample) for sample in _samples(contest, kind, name, entrant) if sample]
    return median(values) if values else None


def mean_middle(
    contest: Contest, kind: Kind, entrant: Entrant, value: Callable[[Sample], float]
) -> float | None:
    """Return the geometric mean over the shapes of the medians over the rounds."""
    values = (middle(contest, kind, name, entrant, value) for name in NAMES)
    return geometric_mean(value for value in values if value)


def failures(contest: Contest, entrant: Entrant) -> dict[str, float]:
    """Return what share of the requests a server refused or broke off, by shape and kind."""
    shares = {}
    for (workload, connections, name, server), taken in contest.samples.items():
        samples = [sample for sample in taken if sample and server == entrant.peer.name]
        if bad := sum(sample.failed + sample.broken for sample in samples):
            sent = sum(sample.requests + sample.broken for sample in samples)
            shares[f"{name}, {workload} × {connections}"] = bad / sent
    return shares


def geometric_mean(values: Iterable[float]) -> float | None:
    """Return the geometric mean: 0 if one of the numbers is, None of none."""
    numbers = list(values)
    if not numbers or 0 in numbers:
        return 0.0 if numbers else None
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def _samples(contest: Contest, kind: Kind, name: str, entrant: Entrant) -> list[Sample | None]:
    return contest.samples.get((*kind, name, entrant.peer.name), [])
