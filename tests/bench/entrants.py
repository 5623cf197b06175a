"""Peers at work on a graph: loaded, started, and asked until the first right answer."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from client import Endpoint, NoAnswer, fetch
from graphs import Graph
from peers import Peer
from process import POLL_SECONDS, START_SECONDS, DidNotStart, Process, free_port
from shapes import stamped


@dataclass
class Entrant:
    """A server that runs, and what is known of it.

    `one` is how long one query of a shape takes alone; `differs` says in which shapes its answers
    are not those of the first server, and how.
    """

    peer: Peer
    process: Process
    endpoint: Endpoint
    load_seconds: float
    cold_seconds: float
    one: dict[str, float] = field(default_factory=dict)
    differs: dict[str, str] = field(default_factory=dict)
    memory: int = 0


def enter(peer: Peer, graph: Graph, folder: Path, starts: int = 1) -> Entrant:
    """Load and start a server.

    Args:
        peer: The server.
        graph: What to serve.
        folder: Where it may write.
        starts: How many times to start it; the median time to the first right answer is kept.

    Returns:
        The server, running.

    Raises:
        DidNotStart: if it ends or does not answer.
        OSError: if it cannot be run or loaded.
        subprocess.SubprocessError: if its loader fails.
    """
    data = graph.path if peer.loads_rdf12 else graph.plain
    place = folder / peer.name
    begin = time.perf_counter()
    peer.load(data, place)
    load_seconds = time.perf_counter() - begin
    cold: list[float] = []
    while True:
        process, endpoint, took = _start(peer, data, place, graph)
        cold.append(took)
        if len(cold) == starts:
            return Entrant(peer, process, endpoint, load_seconds, sorted(cold)[starts // 2])
        process.stop()


def _start(peer: Peer, data: Path, place: Path, graph: Graph) -> tuple[Process, Endpoint, float]:
    endpoint = Endpoint(free_port(), peer.path)
    command = peer.command(data, place, endpoint.port)
    query = stamped(graph.texts["point"][0], "cold")
    begin = time.perf_counter()
    process = Process(command, place.with_suffix(".log"), place.parent)
    try:
        peer.fill(data, endpoint, process)
        _wait_for_answer(process, endpoint, query)
    except BaseException:
        process.stop()
        raise
    return process, endpoint, time.perf_counter() - begin


def _wait_for_answer(process: Process, endpoint: Endpoint, query: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        process.check_alive()
        try:
            if json.loads(fetch(endpoint, query)[0])["results"]["bindings"]:
                return
        except (NoAnswer, ValueError):
            time.sleep(POLL_SECONDS)
    raise DidNotStart(f"no right answer in {START_SECONDS:.0f} s")
