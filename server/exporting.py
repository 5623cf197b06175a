"""The command `xingtu export`: the graph in the formats of other tools."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from xingtu.server.quickstatements import quickstatements
from xingtu.server.storing import bars, failures

if TYPE_CHECKING:
    from xingtu.triples.exports.facts import Facts

DATASET = click.argument(
    "dataset", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
FILE = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    default="-",
    help="File to write to; standard output if it is not given.",
)


@click.group()
def export() -> None:
    """Write the graph in the formats of other tools.

    What is exported is the packaged graph, or the files DATASET instead. A plan is never exported
    as a fact.
    """


export.add_command(quickstatements)


@export.command()
@DATASET
@FILE
def nanopublications(dataset: tuple[Path, ...], out: Path) -> None:
    """Write each claim as a nanopublication, in TriG.

    The assertion of a plan or an opinion describes the claim; only a fact is asserted plainly.
    """
    from xingtu.triples.exports.nanopublications import write_nanopublications

    write_file(dataset, out, write_nanopublications)


@export.command()
@DATASET
@FILE
def followthemoney(dataset: tuple[Path, ...], out: Path) -> None:
    """Write the facts, without plans, as FollowTheMoney statements, in CSV."""
    from xingtu.triples.exports.followthemoney import write_statements

    write_file(dataset, out, write_statements)


@export.command()
@DATASET
@FILE
def graphml(dataset: tuple[Path, ...], out: Path) -> None:
    """Write things and what relates them as GraphML; each edge says whether it is a fact."""
    from xingtu.triples.exports.graphml import write_graphml

    write_file(dataset, out, write_graphml)


@export.command()
@DATASET
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write to; it must not be there yet, or be empty.",
)
def csvw(dataset: tuple[Path, ...], out: Path) -> None:
    """Write a table for each class in CSV, with their metadata (CSV on the Web)."""
    from xingtu.server.durable.dumping import create_folder
    from xingtu.triples.exports.csvw import write_tables

    with failures(), create_folder(out) as folder:
        write_tables(gather(dataset), folder)


def write_file(
    dataset: tuple[Path, ...], out: Path, write: "Callable[[Facts, IO[bytes]], None]"
) -> None:
    """Write what a dataset states to a file, whole or not at all, or to standard output."""
    from xingtu.server.durable.dumping import replace_file

    with failures():
        facts = gather(dataset)
        if str(out) == "-":
            write(facts, sys.stdout.buffer)
        else:
            with replace_file(out) as stream:
                write(facts, stream)


def gather(dataset: tuple[Path, ...]) -> "Facts":
    """Read files, or the packaged dataset if there are none, with a progress bar."""
    from xingtu.ontology import load_schema
    from xingtu.server.durable.loading import read_quads
    from xingtu.server.engine.dataset import packaged_dataset
    from xingtu.triples.exports.facts import read_facts

    if not dataset:
        with packaged_dataset() as path:
            return gather((path,))
    with bars("bytes") as progress:
        quads = (
            quad
            for path in dataset
            for quad in read_quads(
                path, opened=lambda path: progress.open(path, "rb", description=path.name)
            )
        )
        return read_facts(quads, load_schema())
