"""Whether one client's endless queries make another wait: point lookups beside a hostile client."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from client import Client, Endpoint
from load import Sample, new_stamp, summary
from shapes import stamped

HOSTILE: Final = "SELECT (COUNT(*) AS ?n) { ?a_V_ ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PAUSE_SECONDS: Final = 0.05  # after a refusal, which comes at once


@dataclass
class Hostile:
    """What the hostile client got: how many of each status (0: none), and the longest wait."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0


@dataclass(frozen=True)
class Trial:
    """Point lookups one after another, while so many connections send endless queries."""

    connections: int
    victim: Sample
    hostile: Hostile


def try_fairness(
    endpoint: Endpoint, texts: tuple[str, ...], connections: int, seconds: float
) -> Trial:
    """Measure point lookups on one connection while others send only queries that time out."""
    hostile = Hostile()
    with _attack(endpoint, connections, hostile):
        victim = _look_up(endpoint, texts, seconds)
    return Trial(connections, victim, hostile)


def _look_up(endpoint: Endpoint, texts: tuple[str, ...], seconds: float) -> Sample:
    client, stamp = Client(endpoint), new_stamp()
    answers: list[tuple[float, int]] = []
    begin = time.perf_counter()
    while time.perf_counter() < begin + seconds:
        turn = len(answers)
        answers.append(client.time(stamped(texts[turn % len(texts)], f"{stamp}{turn}")))
    client.close()
    return summary(answers, time.perf_counter() - begin)


@contextmanager
def _attack(endpoint: Endpoint, connections: int, hostile: Hostile) -> Iterator[None]:
    over, numbers, stamp = threading.Event(), count(), new_stamp()

    def work() -> None:
        client = Client(endpoint)
        while not over.is_set():
            took, status = client.time(stamped(HOSTILE, f"{stamp}{next(numbers)}"))
            hostile.statuses[status] += 1
            hostile.longest = max(hostile.longest, took)
            time.sleep(PAUSE_SECONDS)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    time.sleep(PAUSE_SECONDS)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
