"""The commands for those who keep a store on disk: load, dump, backup, restore, upgrade."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xingtu.server.failure import Failure

if TYPE_CHECKING:
    from pyoxigraph import NamedNode
    from rich.progress import Progress

STORE = click.argument("store", metavar="STORE", type=click.Path(file_okay=False, path_type=Path))
GRAPH = click.option("--graph", metavar="IRI", callback=lambda *given: read_graph(given[2]))


@click.command()
@click.argument("store", metavar="DIR|URL")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@GRAPH
@click.option(
    "--store-kind",
    type=click.Choice(["sparql", "oxigraph", "fuseki", "virtuoso"]),
    default="sparql",
    show_default=True,
    help="Which kind of store a URL is.",
)
def load(store: str, files: tuple[Path, ...], graph: "NamedNode | None", store_kind: str) -> None:
    """Add FILES to a store, all or none; without FILES, the packaged graph.

    A store at a URL (its query endpoint) gets each graph in place of the one of that name; log in
    by XINGTU_STORE_USER and XINGTU_STORE_PASSWORD, or XINGTU_STORE_TOKEN.

    Formats are known by their endings, compressed or not: .nq .trig .ttl .nt .rdf .jsonld, with .gz
    .bz2 .zst. The directory is made if it is absent or empty. --graph is where triples go that are
    in no graph.
    """
    from xingtu.server.durable.loading import load as load_files
    from xingtu.server.durable.loading import open_writer, upgrade
    from xingtu.server.engine.dataset import DEFAULT_GRAPH
    from xingtu.server.operation.values import is_http
    from xingtu.server.pushing import push_files

    if is_http(store):
        push_files(store, store_kind, files)
        return
    with failures(), open_writer(Path(store)) as writer, bars("bytes") as progress:
        if not files:
            upgrade(writer)
            click.echo(f"{store} has the packaged graph")
            return
        number = load_files(
            writer,
            files,
            graph or DEFAULT_GRAPH,
            lambda path: progress.open(path, "rb", description=path.name),
        )
    click.echo(f"{number:,} quads added to {store}")


@click.command()
@STORE
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@GRAPH
def dump(store: Path, file: Path, graph: "NamedNode | None") -> None:
    """Write a store on disk, or one graph of it, to FILE in the format of its ending.

    It may be compressed (.nq.gz); - is N-Quads on standard output. The store may be served at the
    same time; it may be a backup.
    """
    from pyoxigraph import RdfFormat

    from xingtu.server.durable.dumping import create_file, open_reader
    from xingtu.server.durable.dumping import dump as write
    from xingtu.server.durable.union import count_quads

    with failures(), open_reader(store) as opened, bars("quads") as progress:
        total = None if graph else count_quads(opened)
        task = progress.add_task(file.name, total=total)

        def advance(number: int) -> None:
            progress.advance(task, number)

        if str(file) == "-":
            format_ = RdfFormat.N_TRIPLES if graph else RdfFormat.N_QUADS
            write(opened, sys.stdout.buffer, format_, graph, advance)
        else:
            with create_file(file) as (stream, format_):
                write(opened, stream, format_, graph, advance)


@click.command()
@STORE
@click.argument("target", type=click.Path(path_type=Path))
def backup(store: Path, target: Path) -> None:
    """Copy a store on disk, which may be served at the same time, into the new directory TARGET.

    On the same file system it takes an instant and hardly any room, but shares the disk's fate.
    """
    from xingtu.server.durable.backups import request_backup
    from xingtu.server.durable.loading import open_writer

    with failures():
        if not request_backup(store, target):
            if not store.is_dir():
                raise Failure(f"{store} is no store")
            with open_writer(store) as writer:
                writer.backup(target)
    click.echo(f"{target} is a backup of {store}")


@click.command()
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@STORE
def restore(source: Path, store: Path) -> None:
    """Make a store on disk, whose directory is absent or empty, from a backup."""
    from xingtu.server.durable.backups import restore as copy

    size = sum(path.stat().st_size for path in source.glob("data/*"))
    with failures(), bars("bytes") as progress:
        task = progress.add_task(source.name, total=size)
        copy(source, store, lambda copied: progress.advance(task, copied))
    click.echo(f"{store} is restored from {source}")


@click.command()
@STORE
def upgrade(store: Path) -> None:
    """Bring the packaged graph in a store on disk up to date; other graphs stay."""
    from xingtu.server.durable.loading import open_writer
    from xingtu.server.durable.loading import upgrade as replace_graphs

    if not store.is_dir():
        raise Failure(f"{store} is no store")
    with failures(), open_writer(store) as writer:
        changed = replace_graphs(writer)
    click.echo(f"{store} is {'now' if changed else 'already'} up to date")


def read_graph(iri: str | None) -> "NamedNode | None":
    """Read the name of a graph.

    Raises:
        BadParameter: if it is no absolute IRI.
    """
    from pyoxigraph import NamedNode

    try:
        return None if iri is None else NamedNode(iri)
    except ValueError as error:
        raise click.BadParameter(f"a graph is named by an absolute IRI: {error}") from error


@contextmanager
def failures() -> Iterator[None]:
    """Turn what can go wrong with files and stores into a `Failure`."""
    from xingtu.server import errors

    try:
        yield
    except (
        errors.QueryError,
        errors.NotFound,
        errors.MissingDataset,
        errors.StoreFull,
        errors.StoreUnusable,
        OSError,
        ValueError,
    ) as error:
        raise Failure(error) from error


@contextmanager
def bars(unit: str) -> "Iterator[Progress]":
    """Show progress on standard error, in `bytes` or `quads`."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn() if unit == "bytes" else MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as progress:
        yield progress
