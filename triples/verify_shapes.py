"""SHACL: the data against `shapes.ttl`, the ontology against `style.ttl`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyshacl
import rdflib
from rdflib.namespace import RDF, SH

from xingtu.ontology.schema import FOLDER
from xingtu.triples.iri import ID
from xingtu.triples.problem import Problem

rdflib.NORMALIZE_LITERALS = False  # else "…Z" becomes "…+00:00" on the way in


def read_graph(paths: Iterable[Path]) -> rdflib.Graph:
    """Return the union of Turtle files."""
    graph = rdflib.Graph()
    for path in paths:
        graph.parse(path)
    return graph


def check_shapes(data: rdflib.Graph) -> Iterator[Problem]:
    """Yield each violation of `shapes.ttl` by the data, which includes the ontology."""
    yield from _violations(data, "shapes.ttl", "release")


def check_style(ontology: rdflib.Graph) -> Iterator[Problem]:
    """Yield each violation of `style.ttl` by the ontology's modules."""
    yield from _violations(ontology, "style.ttl", "ontology")


def _violations(data: rdflib.Graph, shapes: str, where: str) -> Iterator[Problem]:
    rules = read_graph([FOLDER / shapes])
    _, report, text = pyshacl.validate(data, shacl_graph=rules)
    if not isinstance(report, rdflib.Graph):
        raise RuntimeError(f"{shapes} cannot be run: {text}")
    for result in sorted(report.subjects(RDF.type, SH.ValidationResult), key=str):
        focus = report.value(result, SH.focusNode)
        parts = (report.value(result, SH.resultPath), report.value(result, SH.value))
        about = " ".join(str(part).removeprefix(ID) for part in (focus, *parts) if part is not None)
        message = " ".join(str(report.value(result, SH.resultMessage)).split())
        yield Problem(where, 0, about, message, f"see {shapes}")
