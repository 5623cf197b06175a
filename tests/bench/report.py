"""Tables of what was measured, for the terminal and for the README."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contest import Contest
from entrants import Entrant
from fairness import Trial
from ratios import (
    NAMES,
    Kind,
    failures,
    mean_middle,
    mean_ratio,
    middle,
    throughput_ratio,
)
from rich.console import Console
from rich.table import Table as RichTable

PLACE: Final = re.compile(r"(<!-- measured -->\n).*(<!-- end -->)", re.DOTALL)
NOTHING: Final = "–"
MAIN: Final = ("distinct", 8)
# The graph, what was sent, the peer to beat, and by how much.
GOALS: Final = (
    ("small", MAIN, "oxigraph", 1.0),
    ("small", MAIN, "rdflib", 20.0),
    ("small", ("repeated", 8), "oxigraph", 3.0),
    ("medium", MAIN, "oxigraph", 0.8),
)
FAIR_SECONDS: Final = 0.020


@dataclass(frozen=True)
class Table:
    """A table: its title, the names of the columns, and the rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """Return the table as Markdown, under its title."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join([f"**{self.title}**", "", *(f"| {' | '.join(row)} |" for row in lines)])

    def show(self, console: Console) -> None:
        """Print the table."""
        table = RichTable(*self.columns, title=self.title, title_justify="left")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)


def throughput_table(contest: Contest) -> Table:
    """Compare the servers on a graph: geometric means over the shapes, and the mix."""
    base, kinds = _baseline(contest), kinds_of(contest)
    rows = []
    for entrant in contest.entrants:
        ratios = [mean_ratio(contest, kind, entrant, base) for kind in kinds]
        ratios.append(throughput_ratio(contest, MAIN, "mix", entrant, base))
        rows.append([entrant.peer.title, *map(_ratio, ratios)])
    columns = [f"{workload} × {connections}" for workload, connections in kinds]
    title = f"{_graph(contest)}: throughput, {base.peer.title} = 1 (workload × connections)"
    return Table(title, ["server", *columns, f"mix × {MAIN[1]}"], rows)


def costs_table(contest: Contest) -> Table:
    """Show what the servers take: time for a request, memory, time to start; and what is wrong."""
    rows = []
    for entrant in contest.entrants:
        p50 = _ms(mean_middle(contest, MAIN, entrant, lambda sample: sample.p50))
        p99 = _ms(mean_middle(contest, MAIN, entrant, lambda sample: sample.p99))
        seconds = [f"{entrant.cold_seconds:.2f}", f"{entrant.load_seconds:.1f}"]
        refused = failures(contest, entrant).items()
        differs = ", ".join(f"{name} ({how})" for name, how in entrant.differs.items())
        row = [entrant.peer.title, p50, p99, f"{entrant.memory / 1e6:,.0f}", *seconds]
        failed = ", ".join(f"{share:.1%} of {where}" for where, share in refused)
        rows.append([*row, failed or NOTHING, differs or NOTHING])
    columns = ["server", "p50 ms", "p99 ms", "memory MB", "first answer s", "load s"]
    title = f"{_graph(contest)}: times at distinct × {MAIN[1]}, memory after the load, start"
    return Table(title, [*columns, "requests that failed", "answers that differ"], rows)


def shapes_table(contest: Contest, kind: Kind) -> Table:
    """Compare the servers shape by shape at one workload and number of connections."""
    base, rows = _baseline(contest), []
    others = [entrant for entrant in contest.entrants if entrant is not base]
    for name in (*NAMES, "mix"):
        ratios = [throughput_ratio(contest, kind, name, other, base) for other in others]
        speed = middle(contest, kind, name, base, lambda sample: sample.throughput)
        shown = NOTHING if speed is None else f"{speed:,.0f}" if speed > 99 else f"{speed:.3g}"
        rows.append([name, shown, *map(_ratio, ratios)])
    titles = [other.peer.title for other in others]
    title = f"{_graph(contest)}, {kind[0]} × {kind[1]}: throughput, {base.peer.title} = 1"
    return Table(title, ["shape", f"{base.peer.title}, a second", *titles], rows)


def goals_table(contests: Sequence[Contest], trials: Sequence[tuple[str, Trial]]) -> Table:
    """Hold our server to its goals, as far as they were measured."""
    rows = []
    for contest in contests:
        for scale, (workload, number), name, goal in GOALS:
            ratio = _against(contest, (workload, number), name)
            if scale == contest.graph.scale and ratio is not None:
                what = f"{scale}, {workload} × {number}: throughput by that of {name}"
                rows.append([what, f"≥ {goal:g}", f"{ratio:.2f}", _verdict(ratio >= goal)])
    for scale, trial in trials:
        what = f"{scale}: p99 of a point lookup beside {trial.connections} hostile connections, ms"
        met = trial.victim.p99 < FAIR_SECONDS and not trial.victim.failed + trial.victim.broken
        wanted = f"< {FAIR_SECONDS * 1000:g}"
        rows.append([what, wanted, _ms(trial.victim.p99), _verdict(met)])
    return Table("Goals", ["goal", "wanted", "measured", ""], rows)


def fairness_table(scale: str, trials: Sequence[Trial]) -> Table:
    """Show what point lookups cost beside a client whose queries never end."""
    columns = ["hostile connections", "lookups", "p50 ms", "p99 ms", "failed"]
    rows = []
    for trial in trials:
        victim, statuses = trial.victim, sorted(trial.hostile.statuses.items())
        got = ", ".join(f"{number} × {status or 'nothing'}" for status, number in statuses)
        times = [f"{victim.requests:,}", _ms(victim.p50), _ms(victim.p99)]
        bad = str(victim.failed + victim.broken)
        longest = f"{trial.hostile.longest:.2f}"
        rows.append([str(trial.connections), *times, bad, got or NOTHING, longest])
    title = f"{scale}: point lookups, one at a time, beside endless queries"
    return Table(title, [*columns, "hostile got", "longest s"], rows)


def write(path: Path, text: str) -> None:
    """Write a report, into its marked place if the file has one."""
    old = path.read_text("utf-8") if path.exists() else ""
    if PLACE.search(old):
        text = PLACE.sub(lambda match: f"{match[1]}\n{text}\n{match[2]}", old)
    path.write_text(text, "utf-8")


def kinds_of(contest: Contest) -> list[Kind]:
    """Return the workloads and numbers of connections that were measured."""
    return sorted({(workload, number) for workload, number, *_ in contest.samples})


def _baseline(contest: Contest) -> Entrant:
    named = (entrant for entrant in contest.entrants if entrant.peer.name == "oxigraph")
    return next(named, contest.entrants[0])


def _graph(contest: Contest) -> str:
    return f"{contest.graph.scale}, {contest.graph.quads:,} quads"


def _against(contest: Contest, kind: Kind, name: str) -> float | None:
    entrants = {entrant.peer.name: entrant for entrant in contest.entrants}
    if not {"xingtu", name} <= entrants.keys():
        return None
    return mean_ratio(contest, kind, entrants["xingtu"], entrants[name])


def _verdict(met: bool) -> str:
    return "met" if met else "**missed**"


def _ratio(ratio: float | None) -> str:
    return NOTHING if ratio is None else f"{ratio:.2f}"


def _ms(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{seconds * 1000:.3g}"
