"""The commands for those who use the graph: serve and query."""

import socket
import sys
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from xingtu.server.failure import Failure, UnknownQuery
from xingtu.server.operation.options import settings_options
from xingtu.server.operation.settings import Settings

if TYPE_CHECKING:
    from xingtu.server.engine.evaluate import QueryResults

# The settings of a server that has one client, and no network.
_OF_MCP: Final = frozenset(
    ("dataset", "store", "store_kind", "articles", "timeout", "memory", "services")
)


@click.command()
@settings_options
def serve(settings: Settings) -> None:
    """Serve the dataset: SPARQL endpoint, graph store and pages."""
    import uvloop

    from xingtu.server.errors import MalformedData, MissingDataset, StoreUnusable
    from xingtu.server.running import serve as run

    def announce(base: str) -> None:
        click.echo(f"Xingtu is at {base}/ (Ctrl-C stops it)")

    with listen(settings.host, settings.port) as listener:
        try:
            uvloop.run(run(settings, listener, announce))
        except (MissingDataset, MalformedData, StoreUnusable, OSError) as error:
            raise Failure(error) from error


@click.command()
@partial(settings_options, names=_OF_MCP)
def mcp(settings: Settings) -> None:
    """Answer one language model over standard input and output (Model Context Protocol)."""
    import asyncio

    from xingtu.server.errors import MalformedData, MissingDataset, StoreUnusable
    from xingtu.server.mcp.stdio import serve as run

    try:
        asyncio.run(run(settings))
    except (MissingDataset, MalformedData, StoreUnusable, OSError) as error:
        raise Failure(error) from error


@click.command()
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
    from xingtu.server.engine.dataset import open_store
    from xingtu.server.engine.evaluate import Dataset
    from xingtu.server.engine.faults import engine_errors
    from xingtu.server.errors import MissingDataset, QueryError
    from xingtu.server.gate import inspect_query
    from xingtu.server.http.federation import naming

    text = read_query(source)
    try:
        services = inspect_query(text, services=Settings().services).services
        with naming(services), engine_errors(text):
            print_results(Dataset(open_store()).solve(text), format_, text)
    except (MissingDataset, QueryError) as error:
        raise Failure(error) from error


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
    from xingtu.queries import load_every_question

    stored = load_every_question()
    questions = {question.name: question.text for question in stored}
    try:
        if source == "-":
            return sys.stdin.buffer.read().decode()
        if Path(source).is_file():
            return Path(source).read_text(encoding="utf-8")
        if source in questions:
            return questions[source]
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {source}: {error}") from error
    near = ", ".join(get_close_matches(source, questions, n=5, cutoff=0.4))
    hint = f"; did you mean {near}?" if near else "; `queries/` has them all"
    raise UnknownQuery(f"no file {source}, nor a competency question of this name{hint}")


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
