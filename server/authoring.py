"""The commands for those who write the graph: build, check, expect, anchor."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xingtu.server.failure import Failure, UnknownQuery

if TYPE_CHECKING:
    from xingtu.triples.problem import InvalidAuthoredFiles

ARTICLES = click.option(
    "--articles",
    type=click.Path(path_type=Path),
    envvar="XINGTU_ARTICLES",
    help="Folder with the texts of the articles; also XINGTU_ARTICLES.",
)


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
def build(out: Path | None) -> None:
    """Make the release files from the authored files; write nothing if anything is wrong."""
    from xingtu.queries import InvalidQuestion
    from xingtu.triples.build import RELEASE
    from xingtu.triples.build import build as build_release
    from xingtu.triples.problem import InvalidAuthoredFiles

    try:
        paths = build_release(out or RELEASE)
    except InvalidAuthoredFiles as error:
        raise refuse(error) from error
    except InvalidQuestion as error:
        raise Failure(f"{error}; nothing was written") from error
    except OSError as error:
        raise Failure(f"cannot write the release: {error}") from error
    for path in paths:
        click.echo(f"{path} ({path.stat().st_size:,} bytes)")


@click.command()
@ARTICLES
def check(articles: Path | None) -> None:
    """Hold the authored files and the release to every quality bar; status 1 if one is missed."""
    from xingtu.queries import InvalidQuestion
    from xingtu.triples.check import run_checks

    try:
        report = run_checks(articles)
    except InvalidQuestion as error:
        raise Failure(error) from error
    for problem in report.problems:
        click.echo(problem)
    for skipped in report.skipped:
        click.echo(f"SKIPPED {skipped}", err=True)
    if report.problems:
        raise Failure(f"problems found: {len(report.problems)}")
    click.echo("no problems found")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def expect(names: tuple[str, ...]) -> None:
    """Store the present answers of the competency questions as the expected ones."""
    from xingtu.queries import InvalidQuestion, load_questions, write_expected
    from xingtu.server.engine.dataset import open_store
    from xingtu.server.engine.evaluate import Dataset
    from xingtu.server.errors import MissingDataset, QueryError

    try:
        questions = {question.name: question for question in load_questions()}
        if missing := sorted(set(names) - questions.keys()):
            raise UnknownQuery(f"no competency question {', '.join(missing)}")
        chosen = [questions[name] for name in names or sorted(questions)]
        changed = write_expected(chosen, Dataset(open_store()).solve)
    except (InvalidQuestion, MissingDataset, QueryError) as error:
        raise Failure(error) from error
    for path in changed:
        click.echo(f"{path.name} changed: review the diff")


@click.command()
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ARTICLES
def anchor(draft: Path, articles: Path | None) -> None:
    """Turn the quotes of a draft article file into offsets and hashes, in place."""
    from xingtu.triples.anchor import anchor_file
    from xingtu.triples.problem import InvalidAuthoredFiles

    if articles is None:
        raise Failure("anchoring needs the texts: say --articles DIR")
    try:
        anchor_file(draft, articles)
    except InvalidAuthoredFiles as error:
        raise refuse(error) from error


def refuse(error: "InvalidAuthoredFiles") -> Failure:
    """Print every problem of the authored files; return the failure to raise."""
    for problem in error.problems:
        click.echo(problem)
    return Failure(f"problems in the authored files: {len(error.problems)}; nothing was written")
