"""The graphs that are served: generated ones, and ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from entities import SIZES
from generate import write_graph
from pools import generated_pools, stored_pools
from shapes import all_texts

OURS: Final = Path(__file__).parents[2] / "triples" / "release" / "dataset.nq"
SCALES: Final = (*SIZES, "ours")


@dataclass(frozen=True)
class Graph:
    """A file to serve, its part that RDF 1.1 can say, and the queries to ask of it by shape."""

    scale: str
    path: Path
    plain: Path
    quads: int
    texts: Mapping[str, Sequence[str]]


def make_graph(scale: str, folder: Path, *, reifiers: bool = False) -> Graph:
    """Write the file of a scale into a folder, unless it is there.

    Args:
        scale: One of `SCALES`.
        folder: Where to write.
        reifiers: Whether the claims of a generated graph reify their triples, as those of ours do.

    Returns:
        The graph.
    """
    if scale == "ours":
        return _our_graph(folder)
    path = folder / f"{scale}{'-rdf12' if reifiers else ''}.nq"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        write_graph(unfinished, scale, reifiers=reifiers)
        unfinished.rename(path)
    plain = _plain(path, folder) if reifiers else path
    return Graph(scale, path, plain, _lines(path), all_texts(generated_pools(scale)))


def _our_graph(folder: Path) -> Graph:
    from pyoxigraph import Store

    store = Store()
    store.bulk_load(path=OURS)
    plain = _plain(OURS, folder)
    return Graph("ours", OURS, plain, _lines(OURS), all_texts(stored_pools(store)))


def _plain(path: Path, folder: Path) -> Path:
    """Leave out the triple terms, which no query here asks for."""
    plain = folder / f"{path.stem}-plain.nq"
    with path.open(encoding="utf-8") as source, plain.open("w", encoding="utf-8") as target:
        target.writelines(line for line in source if " <<( " not in line)
    return plain


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
