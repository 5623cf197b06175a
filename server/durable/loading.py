"""Whole datasets into a store on disk."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as change
from pathlib import Path
from typing import IO

import zstandard
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple, parse

from xingtu.server.durable import union
from xingtu.server.durable.documents import data_errors
from xingtu.server.durable.writer import Writer
from xingtu.server.engine.dataset import (
    DEFAULT_GRAPH,
    fingerprint,
    open_file,
    packaged_dataset,
)
from xingtu.server.errors import MalformedData


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file; the commands open it with a progress bar instead."""
    return path.open("rb")


@contextmanager
def open_writer(directory: Path) -> Iterator[Writer]:
    """Open a store for writing, and close it in the end.

    Raises:
        StoreUnusable, StoreFull: see `Writer.open`.
    """
    writer = Writer.open(directory)
    try:
        yield writer
    finally:
        writer.close()


def load(
    writer: Writer,
    files: Sequence[Path],
    graph: NamedNode = DEFAULT_GRAPH,
    opened: Callable[[Path], IO[bytes]] = open_bytes,
) -> int:
    """Add files to a store, all of them or none.

    Args:
        writer: The store.
        files: RDF in any format, perhaps compressed, told by their names; their blank nodes stay
            apart, and relative IRIs are resolved against their paths.
        graph: Where the triples go that are in no graph.
        opened: How to open a file.

    Returns:
        The number of quads read.

    Raises:
        MalformedData: if a file does not parse or cannot be read; it names the file.
        StoreFull, StoreUnusable: if the disk fails.
    """
    total = 0

    def read() -> Iterator[Quad]:
        nonlocal total
        for path in files:
            for quad in read_quads(path, graph, opened):
                total += 1
                yield quad
                yield Quad(quad.subject, quad.predicate, quad.object)

    writer.commit(lambda store: store.bulk_extend(read()))
    return total


def read_quads(
    path: Path,
    graph: NamedNode = DEFAULT_GRAPH,
    opened: Callable[[Path], IO[bytes]] = open_bytes,
) -> Iterator[Quad]:
    """Yield the quads of a file; see `load`.

    Raises:
        MalformedData: if it does not parse or cannot be read; it names the file.
    """
    try:
        with open_file(path, opened) as (stream, format_), data_errors(str(path)):
            base_iri = path.resolve().as_uri()
            for quad in parse(stream, format_, base_iri=base_iri, rename_blank_nodes=True):
                if isinstance(quad.graph_name, DefaultGraph):
                    yield Quad(quad.subject, quad.predicate, quad.object, graph)
                else:
                    yield quad
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise MalformedData(f"{path} cannot be read: {error}") from error


def upgrade(writer: Writer) -> bool:
    """Bring the packaged dataset in a store up to date, or put it there.

    Its graphs are replaced, and dropped if they are packaged no more; other graphs stay.

    Returns:
        Whether there was anything to do.

    Raises:
        MissingDataset: if it has not been built.
        StoreFull, StoreUnusable: if the disk fails.
    """
    version = fingerprint(())
    if writer.marker.packaged == version:
        return False
    contents: dict[NamedNode, set[Triple]] = {}
    with packaged_dataset() as path:
        for quad in read_quads(path):
            assert isinstance(quad.graph_name, NamedNode)
            contents.setdefault(quad.graph_name, set()).add(quad.triple)
    names = tuple(sorted(graph.value for graph in contents))
    gone = [NamedNode(name) for name in writer.marker.graphs if name not in names]

    def replace(store: Store) -> None:
        union.replace(store, contents | {graph: set() for graph in gone})
        for graph in gone:
            union.drop(store, graph)

    writer.commit(replace)
    writer.mark(change(writer.marker, packaged=version, graphs=names))
    return True
