"""Files into a store in memory, its default graph the union of all graphs.

The dataset of a query (SPARQL 1.1 Query §13.2, Protocol §2.1.4) is the one the request names, else
the one its FROM clauses name, else every named graph, with their union as default graph. We keep
that union as triples of the default graph, since pyoxigraph 0.5, asked to make it, is deaf to FROM
and yields a triple once for each graph that holds it (oxigraph#1919): two articles that state one
fact would double every count.
"""

import bz2
import gzip
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

import zstandard
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from xingtu.server.errors import MalformedData, MissingDataset

# Where queries see the triples that were given without a graph.
DEFAULT_GRAPH: Final = NamedNode("https://w3id.org/xingtu/graph/default")

_MOST_COPIED: Final = 5_000_000

_DECOMPRESSORS: Final[dict[str, Callable[[IO[bytes]], object]]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".zst": lambda raw: zstandard.open(cast(BinaryIO, raw)),
}


@contextmanager
def packaged_dataset() -> Iterator[Path]:
    """Give the path of the packaged dataset, `triples/release/dataset.nq`.

    Raises:
        MissingDataset: if it has not been built.
    """
    dataset = files("xingtu.triples") / "release" / "dataset.nq"
    if not dataset.is_file():
        raise MissingDataset(f"no dataset at {dataset}; run `xingtu build` to make it")
    with as_file(dataset) as path:
        yield path


def open_store(paths: Sequence[Path] = ()) -> Store:
    """Load files, or the packaged dataset if there are none, into a store in memory.

    Raises:
        MissingDataset: if the packaged dataset has not been built.
        MalformedData: if a file is not of the format of its name; it names the file.
        OSError: if a file cannot be read.
    """
    if paths:
        return load_store(paths)
    with packaged_dataset() as path:
        return load_store([path])


def load_store(paths: Sequence[Path]) -> Store:
    """Load files of RDF, perhaps compressed, into a store in memory; see the module."""
    store = Store()
    for path in paths:
        with open_file(path) as (stream, format_):
            try:
                store.bulk_load(stream, format_)
            except SyntaxError as error:
                raise MalformedData(f"{path}: {error}") from error
    unite_graphs(store)
    return store


@contextmanager
def open_file(
    path: Path, open_bytes: Callable[[Path], IO[bytes]] = lambda path: path.open("rb")
) -> Iterator[tuple[IO[bytes], RdfFormat]]:
    """Open a file of RDF, decompressed, with its format by its name (`.nq`, `.ttl.gz` …).

    Args:
        path: The file.
        open_bytes: How to open it as it is.

    Raises:
        MalformedData: if the name has no known ending.
    """
    decompress = _DECOMPRESSORS.get(path.suffix)
    ending = (path.with_suffix("") if decompress else path).suffix
    format_ = RdfFormat.from_extension(ending.removeprefix("."))
    if format_ is None:
        raise MalformedData(f"{path}: no RDF format has the ending {ending or '(none)'}")
    with open_bytes(path) as raw, cast(IO[bytes], decompress(raw) if decompress else raw) as stream:
        yield stream, format_


def unite_graphs(store: Store) -> None:
    """Make the default graph the union; what it held is then the graph `DEFAULT_GRAPH` too."""
    unnamed = [*store.quads_for_pattern(None, None, None, DefaultGraph())]
    if len(unnamed) < len(store):
        store.bulk_extend({Quad(quad.subject, quad.predicate, quad.object) for quad in store})
    store.bulk_extend(Quad(q.subject, q.predicate, q.object, DEFAULT_GRAPH) for q in unnamed)


def copy_union(store: Store) -> Store | None:
    """Copy the default graph into a store of its own, which answers two or three times as quickly.

    pyoxigraph keeps chains of the quads of each term, in which those of the named graphs stand
    too. None where there are so many quads that the memory matters more.
    """
    if len(store) > _MOST_COPIED:
        return None
    union = Store()
    union.bulk_extend(store.quads_for_pattern(None, None, None, DefaultGraph()))
    return union


def choose_graphs(
    store: Store, default_graphs: Sequence[NamedNode], named_graphs: Sequence[NamedNode]
) -> Store:
    """Copy graphs into a store of their own.

    Returns:
        A store whose default graph is the merge of the `default_graphs`, each triple once (see the
        module), beside the `named_graphs`.
    """
    chosen = Store()
    merged = (q for g in default_graphs for q in store.quads_for_pattern(None, None, None, g))
    chosen.bulk_extend({Quad(q.subject, q.predicate, q.object) for q in merged})
    for graph in named_graphs:
        chosen.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return chosen


def fingerprint(paths: Sequence[Path]) -> str:
    """Name the content of files, or of the packaged dataset if there are none, by 16 hex digits."""
    if not paths:
        with packaged_dataset() as path:
            return fingerprint([path])
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()[:16]
