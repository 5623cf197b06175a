"""The command line `xingtu`. Commands import what they need when they run, so help is quick."""

import socket
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from xingtu.server.store import QueryResults
    from xingtu.triples.problem import InvalidAuthoredFiles

ARTICLES = click.option(
    "--articles",
    type=click.Path(path_type=Path),
    envvar="XINGTU_ARTICLES",
    help="Folder with the texts of the articles; also XINGTU_ARTICLES.",
)


class Failure(click.ClickException):
    """A message for the user on one line, and exit status 1."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message))


class UnknownQuery(Failure):
    """No such file, nor such a competency question; exit status 2."""

    exit_code = 2


@click.group()
@click.version_option(package_name="xingtu")
def main() -> None:
    """Xingtu (星图): the knowledge graph of China's space sector."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free."
)
def serve(host: str, port: int) -> None:
    """Serve the dataset: SPARQL endpoint and home page."""
    from waitress.server import create_server

    from xingtu.server import create_app
    from xingtu.server.store import MissingDataset

    with listen(host, port) as listener:
        try:
            server = create_server(create_app(), sockets=[listener], threads=8, ident="xingtu")
        except MissingDataset as error:
            raise Failure(error) from error
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"Xingtu is at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C stops it)")
        server.run()


@main.command()
@click.argument("source", metavar="FILE|NAME|-")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print solutions; triples are always Turtle.",
)
def query(source: str, format_: str) -> None:
    """Answer a query from a file, from a packaged competency question, or from standard input."""
    from xingtu.server.store import MissingDataset, QueryError, evaluate, open_store

    text = read_query(source)
    try:
        results = evaluate(open_store(), text)
    except (MissingDataset, QueryError) as error:
        raise Failure(error) from error
    print_results(results, format_, text)


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
def build(out: Path | None) -> None:
    """Make the release files from the authored files; write nothing if anything is wrong."""
    from xingtu.triples.build import RELEASE
    from xingtu.triples.build import build as build_release
    from xingtu.triples.problem import InvalidAuthoredFiles

    try:
        paths = build_release(out or RELEASE)
    except InvalidAuthoredFiles as error:
        raise refuse(error) from error
    for path in paths:
        click.echo(f"{path} ({path.stat().st_size:,} bytes)")


@main.command()
@ARTICLES
def check(articles: Path | None) -> None:
    """Hold the authored files and the release to every quality bar; status 1 if one is missed."""
    from xingtu.triples.check import run_checks

    report = run_checks(articles)
    for problem in report.problems:
        click.echo(problem)
    for skipped in report.skipped:
        click.echo(f"SKIPPED {skipped}", err=True)
    if report.problems:
        raise Failure(f"{len(report.problems)} problems")
    click.echo("no problems")


@main.command()
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


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def expect(names: tuple[str, ...]) -> None:
    """Store the present answers of the competency questions as the expected ones."""
    from xingtu.queries import InvalidQuestion, load_questions, write_expected
    from xingtu.server.store import MissingDataset, open_store

    try:
        chosen = [q for q in load_questions() if not names or q.name in names]
        changed = write_expected(chosen, open_store())
    except (InvalidQuestion, MissingDataset) as error:
        raise Failure(error) from error
    if missing := set(names) - {question.name for question in chosen}:
        raise UnknownQuery(f"no competency question {', '.join(sorted(missing))}")
    for path in changed:
        click.echo(f"{path.name} changed: review the diff")


def refuse(error: "InvalidAuthoredFiles") -> Failure:
    """Print every problem of the authored files; return the failure to raise."""
    for problem in error.problems:
        click.echo(problem)
    return Failure(f"{len(error.problems)} problems in the authored files; nothing was written")


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Args:
        host: A host name or an IPv4 or IPv6 address.
        port: The port; 0 for any free one.

    Returns:
        The socket.

    Raises:
        Failure: if the port is taken or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Failure(f"cannot listen on {host}:{port}: {error}; try another --port") from error


def read_query(source: str) -> str:
    """Read a query from `-` (standard input), else a path, else the name of a packaged question.

    Raises:
        UnknownQuery: if there is no such file and no such question.
        Failure: if the text cannot be read.
    """
    questions = packaged_questions()
    try:
        if source == "-":
            return sys.stdin.buffer.read().decode()
        if Path(source).is_file():
            return Path(source).read_text(encoding="utf-8")
        if source in questions:
            return questions[source].read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {source}: {error}") from error
    known = ", ".join(sorted(questions)) or "none"
    raise UnknownQuery(f"no file {source}, nor a competency question of this name (there: {known})")


def packaged_questions() -> "dict[str, Traversable]":
    """List the packaged competency questions: files `.rq` by their stems."""
    found = [file for file in files("xingtu.queries").iterdir() if file.name.endswith(".rq")]
    return {file.name.removesuffix(".rq"): file for file in found}


def print_results(results: "QueryResults", format_: str, text: str) -> None:
    """Print the results of a query; the prefixes of its text shorten IRIs.

    `format_` is `table`, `csv` or `json`: for solutions; ASK heeds only `json`, triples neither.
    """
    from pyoxigraph import QueryBoolean, QueryResultsFormat, QueryTriples, RdfFormat, serialize

    from xingtu.server.table import print_table, read_prefixes

    if isinstance(results, QueryTriples):
        turtle = serialize(results, format=RdfFormat.TURTLE, prefixes=read_prefixes(text))
        click.echo(turtle, nl=False)
    elif format_ == "json":
        click.echo(results.serialize(format=QueryResultsFormat.JSON))
    elif isinstance(results, QueryBoolean):
        click.echo("true" if results else "false")
    elif format_ == "csv":
        click.echo(results.serialize(format=QueryResultsFormat.CSV), nl=False)
    else:
        print_table(results, read_prefixes(text))
