"""The command `xingtu export quickstatements`: giving back to Wikidata what it lacks."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from xingtu.server.failure import Failure
from xingtu.server.operation.settings import WIKIDATA

if TYPE_CHECKING:
    from xingtu.triples.exports.lacking import Comparison
    from xingtu.triples.exports.quickstatements import Command

_SECONDS: Final = 65.0  # the service gives up after 60
_SHOWN: Final = 200  # characters of what a service says


@click.command()
@click.argument("dataset", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--check",
    metavar="URL",
    default=WIKIDATA[0],
    show_default=True,
    help="SPARQL endpoint to ask which of the statements Wikidata has already.",
)
@click.option("--offline", is_flag=True, help="Ask no endpoint, and write every statement.")
@click.option(
    "--sources",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many claimants must have said it independently of each other.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    default="-",
    help="File to write to; standard output if it is not given.",
)
def quickstatements(
    dataset: tuple[Path, ...], check: str, offline: bool, sources: int, out: Path
) -> None:
    """Write the facts that Wikidata lacks as QuickStatements, with their references.

    Only facts about things with a Wikidata item: no plan, opinion or forecast, and no date that
    Wikidata could not hold exactly.
    """
    from xingtu.server.engine.dataset import open_store
    from xingtu.server.storing import failures
    from xingtu.triples.exports.quickstatements import make_commands

    with failures():
        commands = make_commands(open_store(dataset), sources)
        if offline:
            click.echo("not checked: Wikidata may have some of these already", err=True)
        elif commands:
            commands = _lacking(commands, check)
        with click.open_file(str(out), "w", encoding="utf-8", atomic=True) as file:
            file.writelines(f"{command}\n" for command in commands)


def _lacking(commands: "list[Command]", url: str) -> "list[Command]":
    """Return the commands without those for what the service knows; all, if it cannot be asked."""
    try:
        found = ask(commands, url)
    except Failure as failure:
        click.echo(f"not checked: {failure.message}", err=True)
        return commands
    for command in found.differing:
        click.echo(f"{command.item} {command.pid}: Wikidata has another date", err=True)
    click.echo(
        f"{len(commands)} statements: {len(found.lacking)} lacking, {len(found.known)} known, "
        f"{len(found.differing)} with another date",
        err=True,
    )
    return found.lacking


def ask(commands: "list[Command]", url: str) -> "Comparison":
    """Ask a SPARQL endpoint which statements it lacks.

    Raises:
        Failure: if it cannot be reached, or does not answer as the SPARQL 1.1 Protocol says.
    """
    import httpx2
    from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

    from xingtu.triples.exports.lacking import compare, existing_query

    headers = {
        "accept": "application/sparql-results+json",
        "user-agent": f"xingtu/{version('xingtu')} (https://w3id.org/xingtu)",
    }
    form = {"query": existing_query(commands)}
    try:
        reply = httpx2.post(url, data=form, headers=headers, timeout=_SECONDS)
        if reply.status_code != httpx2.codes.OK:
            raise ValueError(f"it answered {reply.status_code}: {reply.text[:_SHOWN]}")
        results = parse_query_results(reply.content, format=QueryResultsFormat.JSON)
        if not isinstance(results, QuerySolutions):
            raise ValueError("it answered a SELECT query with true or false")
        return compare(commands, results)
    except (httpx2.HTTPError, httpx2.InvalidURL, SyntaxError, ValueError) as error:
        raise Failure(f"{url} could not be asked: {error}") from error
