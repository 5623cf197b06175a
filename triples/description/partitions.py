"""What is in the dataset by class and property (VoID §4.5), as schema-aware tools read it.

In the dataset: how many things of each class, how often each property. In each class of ours: how
often each property; and in that, to which classes (`void:classPartition`) and datatypes
(`void-ext:datatypePartition`) it leads. VoID has no word for the class of an object: the innermost
pair is the convention of SIB's void-generator, which sparql-editor and sparql-llm rely on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyoxigraph as ox

from xingtu.ontology import PREFIXES, XT
from xingtu.triples import iri
from xingtu.triples.description.counting import Counts, Row

VOID = "http://rdfs.org/ns/void#"
VOID_EXT = "http://ldf.fi/void-ext#"

KINDS = {
    "class": (VOID + "classPartition", VOID + "class"),
    "property": (VOID + "propertyPartition", VOID + "property"),
    "datatype": (VOID_EXT + "datatypePartition", VOID_EXT + "datatype"),
}
PARTITIONS = (
    ("classes", (), "class", "class"),
    ("properties", (), "property", "property"),
    ("class-properties", ("class",), "property", "property"),
    ("class-objects", ("class", "property"), "class", "object"),
    ("class-datatypes", ("class", "property"), "datatype", "datatype"),
)
"""Query, variables that name what is parted, kind of part, variable that it is told apart by."""


def describe_partitions(counts: Counts) -> Iterator[ox.Triple]:
    """Yield the partitions; all else that a query gives is a count, by VoID's name for it."""
    for query, whole, kind, by in PARTITIONS:
        link, term = (ox.NamedNode(name) for name in KINDS[kind])
        for row in counts.solve(query):
            node = _part(row, *whole, by)
            yield ox.Triple(_part(row, *whole) if whole else iri.graph("dataset"), link, node)
            yield ox.Triple(node, term, row[by])
            for name in row.keys() - {*whole, by}:
                yield ox.Triple(node, ox.NamedNode(VOID + name), row[name])


def _part(row: Row, *variables: str) -> ox.NamedNode:
    return iri.part("void", "-".join(_shorten(row[name].value) for name in variables))


def _shorten(name: str) -> str:
    """Name a term within a fragment: a term of ours by its local name."""
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace):
            return (
                name.removeprefix(XT) if namespace == XT else f"{prefix}.{name[len(namespace) :]}"
            )
    return hashlib.sha256(name.encode()).hexdigest()[:12]
