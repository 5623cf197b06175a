"""Servers side by side on one graph: held to the same answers, then measured in turns."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from answers import Answer, compare, sample
from client import NoAnswer
from entrants import Entrant, enter
from graphs import Graph
from load import Load, Sample, measure
from peers import Peer
from process import DidNotStart
from shapes import SHAPES

REPEATED_TEXTS: Final = 10
SLOW_PEER_ROUNDS: Final = 1
WARM_UP_SECONDS: Final = 3.0
FAILS: Final = "no answer"


@dataclass(frozen=True)
class Pass:
    """All shapes at all servers, some times over, at one number of connections."""

    workload: str  # distinct or repeated
    connections: int
    rounds: int


class Contest:
    """The servers on one graph, and the samples taken of them.

    `samples` are by workload, connections, shape and server: one for each round, None where the
    server does not answer or is left out.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.entrants: list[Entrant] = []
        self.samples: dict[tuple[str, int, str, str], list[Sample | None]] = {}

    def enter(self, peer: Peer, folder: Path, starts: int) -> None:
        """Load and start a server; say on standard error if it cannot take part."""
        if peer.find() is None:
            say(f"SKIPPED {peer.title}: not installed")
        elif self.graph.scale in peer.too_slow_for:
            say(f"SKIPPED {peer.title}: too slow for the graph {self.graph.scale}")
        else:
            try:
                say(f"{self.graph.scale}: starting {peer.title}")
                self.entrants.append(enter(peer, self.graph, folder, starts))
            except (DidNotStart, OSError, subprocess.SubprocessError) as error:
                say(f"SKIPPED {peer.title}: {error}")

    def compare_answers(self) -> None:
        """Hold every server to the answers of the first, for some queries of each shape."""
        for shape in SHAPES:
            expected: list[Answer] | None = None
            for entrant in self.entrants:
                try:
                    texts = list(self.graph.texts[shape.name])
                    given, entrant.one[shape.name] = sample(entrant.endpoint, texts)
                except NoAnswer as error:
                    entrant.differs[shape.name] = FAILS
                    say(f"{entrant.peer.title} fails at {shape.name}: {error}")
                    continue
                expected = given if expected is None else expected
                if how := compare(shape, expected, given):
                    entrant.differs[shape.name] = how

    def warm_up(self) -> None:
        """Send every server the mix for a moment: caches fill, and Java compiles."""
        for entrant in self.entrants:
            entrant.one["mix"] = sum(entrant.one.values()) / max(len(entrant.one), 1)
            measure(entrant.endpoint, self._load("mix", 8), WARM_UP_SECONDS, entrant.one["mix"])

    def run(self, todo: Pass, seconds: float) -> None:
        """Take samples: the servers take turns at each shape, in another order each round."""
        say(f"{self.graph.scale}: {todo.workload} × {todo.connections}")
        for turn in range(todo.rounds):
            for name in self.graph.texts:
                shift = turn % len(self.entrants)
                for entrant in self.entrants[shift:] + self.entrants[:shift]:
                    key = (todo.workload, todo.connections, name, entrant.peer.name)
                    taken = self._take(entrant, todo, name, turn, seconds)
                    self.samples.setdefault(key, []).append(taken)
        for entrant in self.entrants:
            entrant.memory = max(entrant.memory, entrant.process.memory())

    def stop(self) -> None:
        """Stop all servers."""
        for entrant in self.entrants:
            entrant.process.stop()

    def _take(
        self, entrant: Entrant, todo: Pass, name: str, turn: int, seconds: float
    ) -> Sample | None:
        rested = entrant.peer.is_slow and turn >= SLOW_PEER_ROUNDS
        if rested or entrant.differs.get(name) == FAILS:
            return None
        load = self._load(name, todo.connections, todo.workload == "distinct", turn * 97)
        return measure(entrant.endpoint, load, seconds, entrant.one[name])

    def _load(self, name: str, connections: int, distinct: bool = True, first: int = 0) -> Load:
        texts = self.graph.texts[name]
        if not distinct:
            texts = texts[: REPEATED_TEXTS * (len(SHAPES) if name == "mix" else 1)]
        return Load(tuple(texts), connections, distinct, first)


def say(message: str) -> None:
    """Tell of progress on standard error."""
    click.echo(message, err=True)
