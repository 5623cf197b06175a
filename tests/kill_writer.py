"""Kills a process that writes to a store, again and again (for `test_durable.py`).

Usage: kill_writer.py DIRECTORY ROUNDS SEED. Each round forks a process that looks through the store
and then writes to it until it is killed; it tells every write that was acknowledged. This process
never opens the store itself: it could not be forked then.
"""

import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from xingtu.server.durable.loading import load
from xingtu.server.durable.writer import Writer
from xingtu.server.engine.tasks import Update, WriteGraph

SIZE = 5  # triples a write
GRAPHS = 3  # that are replaced in turn
LOADED = NamedNode("u:loaded")


def triples(number: int, ballast: int = 0) -> bytes:
    lines = (b"<u:%d> <u:p%d> _:b .\n" % (number, place) for place in range(1, SIZE))
    return b"".join([*lines, b"<u:%d> <u:p> '%s' ." % (number, b"x" * ballast)])


def write(writer: Writer, number: int, folder: Path) -> None:
    """Write one number, by turns in a way of its own."""
    data = triples(number).decode()
    document = ((triples(number, 100_000), "text/turtle"),)  # longer than what is written at once
    match number % 5:
        case 0:
            writer.do(Update(f"INSERT DATA {{ GRAPH <u:in> {{ {data} }} }}", "u:"))
        case 1:
            writer.do(
                Update(f"INSERT DATA {{ {data} }}; DELETE WHERE {{ <u:{number - 5}> ?p ?o }}", "u:")
            )
        case 2:
            writer.do(WriteGraph(f"u:put{number % GRAPHS}", document, "u:", replace=True))
        case 3:
            writer.do(WriteGraph("u:post", document, "u:", replace=False))
        case 4:
            (folder / "load.ttl").write_bytes(triples(number))
            load(writer, [folder / "load.ttl"], LOADED)


def check(store: Store, acknowledged: int) -> int:
    """Find every acknowledged write whole, and the one after it whole or absent."""
    graphs = {quad.graph_name for quad in store}
    assert not any("scratch" in str(graph) for graph in graphs), graphs
    named = {quad.triple for quad in store if quad.graph_name != DefaultGraph()}
    union = {quad.triple for quad in store if quad.graph_name == DefaultGraph()}
    assert named == union, "the default graph is not the union"
    counts = Counter(int(triple.subject.value[2:]) for triple in named)
    assert set(counts.values()) <= {SIZE}, f"a write is there in part: {counts}"
    last = max(counts, default=0)
    assert last in (acknowledged, acknowledged + 1), f"{acknowledged} acknowledged, {last} there"
    missing = set(lasting(last)) - set(counts)
    assert not missing, f"{sorted(missing)} lost of {last}"
    return last


def lasting(last: int) -> Iterator[int]:
    """Give the numbers that later writes do not remove."""
    for number in range(1, last + 1):
        deleted = number % 5 == 1 and number + 5 <= last
        replaced = number % 5 == 2 and number + 5 * GRAPHS <= last
        if not deleted and not replaced:
            yield number


def live(directory: Path, acknowledged: int, pipe: int) -> None:
    """Check, then write and snapshot until killed."""
    writer = Writer.open(directory)
    number = writer.use(lambda store: check(store, acknowledged))
    snapshot = directory / "snapshots" / "one"
    while True:
        os.write(pipe, b"%d\n" % number)
        number += 1
        write(writer, number, directory)
        if number % 7 == 0:
            shutil.rmtree(snapshot, ignore_errors=True)
            writer.publish(snapshot)


def play_round(directory: Path, acknowledged: int, moment: tuple[int, float]) -> int:
    """Let a process live, kill it so many lines and seconds later; give what it acknowledged."""
    ours, theirs = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(ours)
        try:
            live(directory, acknowledged, theirs)
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        told = [stream.readline() for _ in range(moment[0])]
        time.sleep(moment[1])
        os.kill(pid, signal.SIGKILL)
        told += stream.readlines()
    _, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status):
        sys.exit("the writer failed")
    return max([acknowledged, *(int(line) for line in told if line.endswith(b"\n"))])


def main() -> None:
    directory, rounds, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    acknowledged = busy = 0
    for _ in range(rounds):
        lines = chance.choice([0, 1, 1, 2, 3, 5, 8])  # with none it may still be opening the store
        now = play_round(directory, acknowledged, (lines, chance.random() * 0.03))
        busy += now > acknowledged
        acknowledged = now
    print(f"{rounds} rounds, {busy} of them busy, {acknowledged} writes")


if __name__ == "__main__":
    main()
