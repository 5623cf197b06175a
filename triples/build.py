"""From the authored files to the release folder; no clock, no network, no randomness."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from xingtu.triples.dataset import dataset_lines, gather, served_graphs
from xingtu.triples.owl import release_triples, serialize_release
from xingtu.triples.source import FOLDER, Source, load_source

RELEASE = FOLDER / "release"


def build(out: Path = RELEASE, folder: Path = FOLDER) -> list[Path]:
    """Write the release files of the authored files in `folder`.

    Args:
        out: the folder to write to; made if it is not there.
        folder: holds `articles/`, `entities/` and `mappings/`.

    Returns:
        The paths written.

    Raises:
        InvalidAuthoredFiles: if anything is wrong with the authored files; then nothing is written.
    """
    files = render(load_source(folder))
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
    return [out / name for name in files]


def render(source: Source) -> dict[str, bytes]:
    """Return the content of every release file by its name."""
    knowledge = gather(source)
    triples = release_triples(knowledge)
    files = {
        "xingtu.rdf": serialize_release(triples, ox.RdfFormat.RDF_XML),
        "xingtu.ttl": serialize_release(triples, ox.RdfFormat.TURTLE),
    }
    lines = dataset_lines(served_graphs(knowledge, files))
    return {"dataset.nq": "".join(lines).encode(), **files}
