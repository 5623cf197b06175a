"""The command that looks for links to Wikidata, and looks after those there are: link."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xingtu.server.failure import Failure

if TYPE_CHECKING:
    from xingtu.triples.linking.checking import Finding
    from xingtu.triples.linking.review import Row
    from xingtu.triples.linking.subjects import Subject
    from xingtu.triples.linking.wikidata import Wikidata

_SEARCH = "https://www.wikidata.org/w/api.php"
_SPARQL = "https://query.wikidata.org/sparql"


@click.command()
@click.option(
    "--class", "classes", metavar="CLASS", multiple=True, help="Things of this class (repeatable)."
)
@click.option("--slug", "slugs", metavar="SLUG", multiple=True, help="This thing (repeatable).")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="So many things at most.")
@click.option(
    "--check",
    is_flag=True,
    help="Look at the links there are instead; status 1 if one may be wrong.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="candidates.sssom.tsv",
    show_default=True,
    help="The review file; rows of other things stay in it.",
)
@click.option(
    "--search-url",
    metavar="URL",
    default=_SEARCH,
    show_default=True,
    help="API with wbsearchentities.",
)
@click.option(
    "--sparql-url", metavar="URL", default=_SPARQL, show_default=True, help="Query service."
)
@click.option(
    "--contact",
    envvar="XINGTU_CONTACT",
    default="",
    help="Your address, for the User-Agent; also XINGTU_CONTACT.",
)
@click.option(
    "--interval",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="From one request to the next.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the answers.  [default: below XDG_CACHE_HOME]",
)
@click.option(
    "--max-age",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=7.0,
    show_default=True,
    help="How long an answer is good.",
)
def link(
    classes: tuple[str, ...],
    slugs: tuple[str, ...],
    limit: int | None,
    check: bool,
    out: Path,
    **service: Any,
) -> None:
    """Find Wikidata items for things without a link, as candidates for a curator.

    Asks a search API and a query service, one request after the other, and scores what they have by
    names, type, dates and linked neighbours. What was answered is kept: interrupted, it goes on
    where it was. The mappings are never written; move what is right there by hand.
    """
    with _failures(), _open(**service) as wikidata:
        subjects = _read()
        if check:
            _check(subjects, wikidata)
        else:
            _find(_choose(subjects, classes, slugs)[:limit], wikidata, out)


@contextmanager
def _open(cache: Path | None, max_age: float, **service: Any) -> "Iterator[Wikidata]":
    from xingtu.triples.linking.answers import Answers
    from xingtu.triples.linking.asking import Asker
    from xingtu.triples.linking.wikidata import Wikidata

    folder = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xingtu"
    answers = Answers(folder / "wikidata.jsonl", max_age * 86_400, time.time)
    urls = service.pop("search_url"), service.pop("sparql_url")
    with Asker(answers, clock=time.monotonic, pause=time.sleep, **service) as asker:
        yield Wikidata(asker, *urls)


def _read() -> "list[Subject]":
    from xingtu.server.engine.dataset import open_store
    from xingtu.server.engine.evaluate import Dataset
    from xingtu.triples.linking.subjects import read_subjects

    return read_subjects(Dataset(open_store()).solve)


def _choose(
    subjects: "list[Subject]", classes: tuple[str, ...], slugs: tuple[str, ...]
) -> "list[Subject]":
    from xingtu.triples.linking.candidates import choose, find_unknown_classes

    if unknown := find_unknown_classes(classes):
        raise click.BadParameter(f"no class {', '.join(unknown)} in the ontology")
    linked = {subject.slug: bool(subject.items) for subject in subjects}
    for slug in slugs:
        if linked.get(slug, True):
            why = "is linked already: see --check" if slug in linked else "is nothing in the graph"
            raise click.BadParameter(f"{slug} {why}")
    return choose(subjects, classes, slugs)


def _find(subjects: "list[Subject]", wikidata: "Wikidata", out: Path) -> None:
    from xingtu.server.storing import bars
    from xingtu.triples.linking.candidates import find_candidates
    from xingtu.triples.linking.review import make_rows, read_review, write_review

    rows, today = read_review(out), date.today()
    found: dict[str, list[Row]] = {}
    try:
        with bars("things") as progress:
            task = progress.add_task("asking Wikidata", total=len(subjects))
            for subject in subjects:
                candidates = find_candidates(subject, wikidata)
                found[f"id:{subject.slug}"] = make_rows(subject, candidates, today)
                progress.advance(task)
    finally:  # what was found before a failure or an interruption is kept
        if found:
            write_review(out, rows | found)
        total = sum(map(len, found.values()))
        asked = f"{len(found)} of {len(subjects)} things asked for"
        click.echo(f"{asked}; {total} candidates in {out}")


def _check(subjects: "list[Subject]", wikidata: "Wikidata") -> None:
    from xingtu.server.storing import bars
    from xingtu.triples.linking.checking import check_links

    total = sum(len(subject.items) for subject in subjects)
    with bars("links") as progress:
        task = progress.add_task("asking Wikidata", total=total)
        findings = check_links(subjects, wikidata, lambda number: progress.advance(task, number))
    _show(findings)
    if findings:
        raise Failure(f"links that may be wrong: {len(findings)} of {total}")
    click.echo(f"all {total} links are as they should be")


def _show(findings: "list[Finding]") -> None:
    from xingtu.server.table import print_rows

    if findings:
        rows = [(each.slug, each.item, each.fault, each.detail) for each in findings]
        print_rows(("thing", "item", "fault", "told by"), rows)


@contextmanager
def _failures() -> Iterator[None]:
    from xingtu.server.errors import MissingDataset
    from xingtu.triples.linking.faults import InvalidLine, NoAnswer

    try:
        yield
    except NoAnswer as error:
        raise Failure(f"{error}; what was answered is kept, start again to go on") from error
    except (InvalidLine, MissingDataset, OSError) as error:
        raise Failure(error) from error
