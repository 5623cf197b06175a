"""Loading a store elsewhere, for the command `xingtu load`."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xingtu.server.failure import Failure

if TYPE_CHECKING:
    from pyoxigraph import Quad


def push_files(url: str, kind: str, files: tuple[Path, ...]) -> None:
    """Put files, or the packaged graph if there are none, into a store, with a progress bar.

    Args:
        url: Its query endpoint.
        kind: What it is; see `remote/store.py`.
        files: RDF, perhaps compressed; each graph replaces that of its name in the store.

    Raises:
        Failure: if the store does not take it.
    """
    from xingtu.server import errors
    from xingtu.server.remote.login import read_login
    from xingtu.server.remote.push import push
    from xingtu.server.remote.store import store_at
    from xingtu.server.storing import bars

    store = store_at(url, kind, **read_login(os.environ))
    try:
        with bars("quads") as progress:
            task = progress.add_task(url, total=None)
            pushed = push(
                store, _read(files), advance=lambda number: progress.advance(task, number)
            )
    except (errors.QueryError, errors.ServerBusy, errors.LoadIncomplete, OSError) as error:
        raise Failure(error) from error
    click.echo(f"{sum(pushed.graphs.values()):,} triples in {len(pushed.graphs)} graphs at {url}")
    if pushed.left_out:
        click.echo(f"{pushed.left_out:,} triple terms (RDF 1.2) left out: the store has none")


def _read(files: tuple[Path, ...]) -> "Iterator[Quad]":
    from pyoxigraph import parse

    from xingtu.server.engine.dataset import open_file, packaged_dataset

    if not files:
        with packaged_dataset() as path:
            yield from _read((path,))
    for path in files:
        with open_file(path) as (stream, format_):
            yield from parse(stream, format_, rename_blank_nodes=True)
