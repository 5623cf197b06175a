"""Measures our SPARQL server beside others in one run, and prints the ratios.

Run as `python tests/bench/run.py`; see README.md. No test: what it finds depends on the machine.
"""

import datetime
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from contest import Contest, Pass, say
from entrants import enter
from fairness import Trial, try_fairness
from graphs import SCALES, Graph, make_graph
from options import NAMES, Options
from peers import Peer, Xingtu
from process import DidNotStart
from report import (
    MAIN,
    Table,
    costs_table,
    fairness_table,
    goals_table,
    kinds_of,
    shapes_table,
    throughput_table,
    write,
)
from rich.console import Console

DATA: Final = Path(os.environ.get("XINGTU_BENCH_DATA", "/tmp/bench-data"))
SLICE_SECONDS: Final = 0.25
SMALL_QUADS: Final = 100_000  # up to here a start is quick, and is measured several times
HOSTILE_CONNECTIONS: Final = (0, 1, 4)
HOSTILE_TIMEOUT: Final = 2.0


def _check_peers(_context: click.Context, _option: click.Parameter, peers: str) -> str:
    if unknown := set(peers.split(",")) - set(NAMES):
        raise click.BadParameter(f"no server {', '.join(sorted(unknown))}")
    return peers


@click.command()
@click.option(
    "--scale",
    "scales",
    multiple=True,
    type=click.Choice(SCALES),
    default=("small", "ours", "medium"),
    show_default=True,
    help="Graph to serve; may be given several times.",
)
@click.option(
    "--peers",
    default=",".join(NAMES),
    show_default=True,
    callback=_check_peers,
    help="Servers, by commas.",
)
@click.option("--reifiers", is_flag=True, help="RDF 1.2 in the generated graphs, where it loads.")
@click.option("--quick", is_flag=True, help="One round, to see that it works.")
@click.option("--full", is_flag=True, help="Both workloads at 1, 8 and 32 connections everywhere.")
@click.option(
    "--fairness/--no-fairness", default=True, help="Point lookups beside endless queries."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Markdown to write.")
def main(**given: Any) -> None:
    """Measure our server beside others, and print tables of ratios."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the servers are stopped
    options = Options(**given)
    tables = measure_all(options)
    for table in tables:
        table.show(Console())
    if options.out:
        text = [_header(), *(table.markdown() for table in tables)]
        write(options.out, "\n\n".join(text) + "\n")


def measure_all(options: Options) -> list[Table]:
    """Measure on one graph after another; return the tables, the goals first."""
    DATA.mkdir(parents=True, exist_ok=True)
    contests: list[Contest] = []
    trials: list[tuple[str, Trial]] = []
    tables: list[Table] = []
    for scale in options.scales:
        graph = make_graph(scale, DATA, reifiers=options.reifiers)
        contest = run_contest(graph, options.servers(scale), options.plan(scale))
        contests.append(contest)
        tables += _contest_tables(contest)
        if seconds := options.fairness_seconds(scale):
            found = run_fairness(graph, seconds)
            trials += [(scale, trial) for trial in found if trial.connections]
            tables.append(fairness_table(scale, found))
    return [table for table in (goals_table(contests, trials), *tables) if table.rows]


def run_contest(graph: Graph, servers: Sequence[Peer], plan: Sequence[Pass]) -> Contest:
    """Measure servers on a graph.

    Args:
        graph: What to serve.
        servers: Who takes part; the answers of the first are the expected ones.
        plan: What to send.

    Returns:
        What was measured; the servers are stopped.
    """
    contest = Contest(graph)
    with _scratch() as folder:
        try:
            for server in servers:
                contest.enter(server, folder, starts=3 if graph.quads < SMALL_QUADS else 1)
            contest.compare_answers()
            contest.warm_up()
            for todo in plan:
                contest.run(todo, SLICE_SECONDS)
        finally:
            contest.stop()
    return contest


def run_fairness(graph: Graph, seconds: float) -> list[Trial]:
    """Measure point lookups at our server, beside none, one and several hostile connections."""
    with _scratch() as folder:
        try:
            entrant = enter(Xingtu(HOSTILE_TIMEOUT), graph, folder)
        except (DidNotStart, OSError) as error:
            say(f"SKIPPED fairness: {error}")
            return []
        try:
            texts = tuple(graph.texts["point"])
            return [
                try_fairness(entrant.endpoint, texts, number, seconds)
                for number in HOSTILE_CONNECTIONS
            ]
        finally:
            entrant.process.stop()


def _contest_tables(contest: Contest) -> Iterator[Table]:
    if contest.entrants:
        yield throughput_table(contest)
        yield costs_table(contest)
        yield from (shapes_table(contest, kind) for kind in kinds_of(contest) if kind[1] == MAIN[1])


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="servers-", dir=DATA) as folder:
        yield Path(folder)


def _header() -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    return f"Measured {today} on {os.cpu_count()} cores, Python {platform.python_version()}."


if __name__ == "__main__":
    main()
