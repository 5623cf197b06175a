"""Whole datasets out of a store on disk."""

import bz2
import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import IO, Final, cast

import zstandard
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, serialize

from xingtu.server.durable.backups import request_backup
from xingtu.server.durable.directory import Directory
from xingtu.server.durable.faults import disk_errors
from xingtu.server.durable.union import list_quads
from xingtu.server.errors import NotFound

_COMPRESSORS: Final[dict[str, Callable[[Path, str], object]]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".zst": zstandard.open,
}
_STRIDE: Final = 1000


@contextmanager
def open_reader(directory: Path) -> Iterator[Store]:
    """Open a store or a backup for reading; of a store that is being served, as it is now.

    Raises:
        StoreUnusable: if it is no store, is damaged or is in use by another command.
        StoreFull: if there is no room for a snapshot of what is served.
    """
    copy = directory / f"dump-{os.getpid()}"
    place = Directory(copy if request_backup(directory, copy) else directory)
    try:
        with disk_errors():
            yield place.open_to_read()
    finally:
        place.close()
        rmtree(copy, ignore_errors=True)


@contextmanager
def create_file(path: Path) -> Iterator[tuple[IO[bytes], RdfFormat]]:
    """Make a file, compressed if its name says so, with its format by its name (`.nq.gz` …).

    An error within leaves what was there before.

    Raises:
        ValueError: if the name has no known ending.
        OSError: if it cannot be written.
    """
    compress = _COMPRESSORS.get(path.suffix)
    ending = (path.with_suffix("") if compress else path).suffix
    format_ = RdfFormat.from_extension(ending.removeprefix("."))
    if format_ is None:
        raise ValueError(f"{path}: no RDF format has the ending {ending or '(none)'}")
    with replace_file(path, compress or open_new) as stream:
        yield stream, format_


def open_new(path: Path, mode: str) -> IO[bytes]:
    """Open a file as it is."""
    return cast(IO[bytes], path.open(mode))


@contextmanager
def replace_file(
    path: Path, opened: Callable[[Path, str], object] = open_new
) -> Iterator[IO[bytes]]:
    """Make a file, opened for writing by `opened`; an error within leaves what was there before.

    Raises:
        OSError: if it cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        with cast(IO[bytes], opened(partial, "wb")) as stream:
            yield stream
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def create_folder(path: Path) -> Iterator[Path]:
    """Make a folder, which is not there yet or is empty; an error within leaves nothing.

    Raises:
        OSError: if it cannot be written, or holds files.
    """
    if path.is_dir() and any(path.iterdir()):
        raise FileExistsError(f"{path} is there already, and not empty")
    partial = path.with_name(f"{path.name}.partial")
    partial.mkdir()
    try:
        yield partial
        partial.rename(path)
    finally:
        rmtree(partial, ignore_errors=True)


def dump(
    store: Store,
    output: IO[bytes],
    format_: RdfFormat,
    graph: NamedNode | None = None,
    advance: Callable[[int], object] = lambda number: None,
) -> None:
    """Write a store, or one graph of it.

    Args:
        store: What to write; triples that were written without a graph are in none again.
        output: Where to.
        format_: A format that has graphs, unless one is given.
        graph: The graph.
        advance: Is told how many more quads are done.

    Raises:
        NotFound: if there is no such graph.
        ValueError: if the format cannot hold it.
    """
    if graph is not None:
        if not store.contains_named_graph(graph):
            raise NotFound(f"there is no graph {graph}")
        quads = _counted(store.quads_for_pattern(None, None, None, graph), advance)
        serialize((quad.triple for quad in quads), output, format_)
    elif format_.supports_datasets:
        serialize(_counted(list_quads(store), advance), output, format_)
    else:
        raise ValueError(f"{format_.name} has no graphs: name one, or choose N-Quads or TriG")


def _counted(quads: Iterable[Quad], advance: Callable[[int], object]) -> Iterator[Quad]:
    number = 0
    for number, quad in enumerate(quads, 1):
        yield quad
        if number % _STRIDE == 0:
            advance(_STRIDE)
    advance(number % _STRIDE)
