"""SHACL: the data against `shapes.ttl`, the ontology against `style.ttl`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyshacl
import rdflib
from rdflib.namespace import RDF, SH

from xingtu.ontology import module_paths
from xingtu.ontology.schema import FOLDER
from xingtu.triples.iri import ID
from xingtu.triples.problem import Problem

rdflib.NORMALIZE_LITERALS = False  # else "…Z" becomes "…+00:00" on the way in


def check_shapes(release: Path) -> Iterator[Problem]:
    """Yield each violation of `shapes.ttl` by the release (Turtle)."""
    yield from _violations(rdflib.Graph().parse(release), "shapes.ttl", release.name)


def check_style(modules: list[Path] | None = None) -> Iterator[Problem]:
    """Yield each violation of `style.ttl` by the ontology's modules."""
    graph = rdflib.Graph()
    for path in modules or module_paths():
        graph.parse(path)
    yield from _violations(graph, "style.ttl", "ontology")


def _violations(data: rdflib.Graph, shapes: str, file: str) -> Iterator[Problem]:
    rules = rdflib.Graph().parse(FOLDER / shapes)
    _, report, text = pyshacl.validate(data, shacl_graph=rules)
    if not isinstance(report, rdflib.Graph):
        raise RuntimeError(f"{shapes} cannot be run: {text}")
    for result in sorted(report.subjects(RDF.type, SH.ValidationResult)):
        focus = report.value(result, SH.focusNode)
        parts = (report.value(result, SH.resultPath), report.value(result, SH.value))
        about = " ".join(str(part).removeprefix(ID) for part in (focus, *parts) if part is not None)
        yield Problem(file, 0, about, str(report.value(result, SH.resultMessage)), f"see {shapes}")
