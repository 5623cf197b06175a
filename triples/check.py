"""Every quality bar that needs neither a network nor Java; `xingtu check` prints what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from xingtu.ontology import module_paths
from xingtu.triples import verify_graph, verify_shapes, verify_text
from xingtu.triples.build import RELEASE, render
from xingtu.triples.problem import Problem
from xingtu.triples.source import FOLDER, Source, read_source


@dataclass
class Report:
    """What a run found, and which checks it had to leave out."""

    problems: list[Problem] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, problems: Iterable[Problem]) -> None:
        """Take in the problems of one check, sorted."""
        self.problems += sorted(set(problems))


def run_checks(
    articles: Path | None = None, folder: Path = FOLDER, release: Path = RELEASE
) -> Report:
    """Check the authored files and the release made from them.

    Args:
        articles: the folder with the snapshots; without it the checks that need them are skipped.
        folder: holds `articles/`, `entities/` and `mappings/`.
        release: holds the built files.
    """
    report = Report()
    source, problems = read_source(folder)
    report.add(problems)
    texts = _texts(source, articles, report)
    report.add(verify_text.check_passages(source.articles, texts))
    if problems:
        report.skipped.append("checks of the built graph: mend the authored files first")
        return report
    report.add(check_drift(source, release))
    report.add(_built(source, release, texts))
    report.add(verify_shapes.check_style(verify_shapes.read_graph(module_paths())))
    return report


def _texts(source: Source, articles: Path | None, report: Report) -> dict[str, str]:
    if articles is None or not articles.is_dir():
        where = f"no folder {articles}" if articles else "no --articles folder given"
        report.skipped.append(f"offsets, hashes and copied text: {where}")
        return {}
    texts, problems = verify_text.read_texts(source.articles, articles)
    report.add(problems)
    report.add(verify_text.check_snapshots(source.articles, texts))
    return texts


def check_drift(source: Source, release: Path) -> Iterator[Problem]:
    """Yield each release file that is missing or is not what the authored files give."""
    for name, data in render(source).items():
        path = release / name
        if not path.is_file():
            yield Problem(name, 0, "", "is missing", "run `xingtu build`")
        elif path.read_bytes() != data:
            yield Problem(
                name, 0, "", "differs from what the authored files give", "run `xingtu build`"
            )


def _built(source: Source, release: Path, texts: dict[str, str]) -> Iterator[Problem]:
    dataset = release / "dataset.nq"
    if not dataset.is_file() or not (release / "xingtu.ttl").is_file():
        return
    store = ox.Store()
    store.bulk_load(path=str(dataset), format=ox.RdfFormat.N_QUADS)
    yield from verify_graph.check_facts_and_claims(store)
    yield from verify_graph.check_intervals(store)
    yield from verify_graph.check_iris(store, source.schema)
    yield from verify_text.check_copied_text(verify_graph.literals(store), texts, _titles(source))
    yield from verify_shapes.check_shapes(verify_shapes.read_graph([release / "xingtu.ttl"]))


def _titles(source: Source) -> set[str]:
    """Titles of publications may stand as printed."""
    stated = {s.claim.value for s in source.statements if s.claim.predicate == "title"}
    return stated | {article.header["title"] for article in source.articles}
