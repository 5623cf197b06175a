"""What can be asked of a run: which graphs, which servers, how much."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contest import Pass
from peers import Fuseki, OxigraphDisk, OxigraphMemory, Peer, RdflibEndpoint, Xingtu
from virtuoso import Virtuoso

PEERS: Final = (OxigraphDisk, OxigraphMemory, RdflibEndpoint, Virtuoso, Fuseki)
NAMES: Final = ("xingtu", *(peer.name for peer in PEERS))
PLANS: Final = {
    "small": (
        Pass("distinct", 8, 3),
        Pass("repeated", 8, 2),
        Pass("distinct", 1, 1),
        Pass("distinct", 32, 1),
    ),
    "ours": (Pass("distinct", 8, 2), Pass("repeated", 8, 1)),
    "medium": (Pass("distinct", 8, 3),),
    "large": (Pass("distinct", 8, 2),),
}
EVERYTHING: Final = tuple(
    Pass(workload, number, 3) for workload in ("distinct", "repeated") for number in (8, 1, 32)
)
# At 10 million the scans take longer than our default deadline allows.
OUR_TIMEOUTS: Final = {"large": 120.0}
HOSTILE_SECONDS: Final = 6.0
FAIRNESS_SCALES: Final = ("small", "medium")


@dataclass(frozen=True)
class Options:
    """What the command line said."""

    scales: Sequence[str]
    peers: str
    reifiers: bool
    quick: bool
    full: bool
    fairness: bool
    out: Path | None

    def servers(self, scale: str) -> list[Peer]:
        """Return the servers that were asked for, ours first."""
        everyone = [Xingtu(OUR_TIMEOUTS.get(scale)), *(peer() for peer in PEERS)]
        return [server for server in everyone if server.name in self.peers.split(",")]

    def plan(self, scale: str) -> Sequence[Pass]:
        """Return what to measure on a graph."""
        plan = EVERYTHING if self.full else PLANS[scale]
        return [replace(todo, rounds=1) for todo in plan] if self.quick else plan

    def fairness_seconds(self, scale: str) -> float:
        """Return how long to measure fairness on a graph; 0 is not at all."""
        wanted = self.fairness and scale in FAIRNESS_SCALES and "xingtu" in self.peers.split(",")
        return (HOSTILE_SECONDS / 3 if self.quick else HOSTILE_SECONDS) if wanted else 0
