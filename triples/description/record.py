"""The record of the dataset: `dataset.ttl`, and what the build adds to it (DCAT 3, VoID, SPDX)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache

import pyoxigraph as ox

from xingtu.ontology import PREFIXES
from xingtu.ontology.schema import RDF_TYPE, SH
from xingtu.triples import iri
from xingtu.triples.description.counting import FOLDER, Counts
from xingtu.triples.description.partitions import VOID

DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
SPDX = "http://spdx.org/rdf/terms#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATASET = iri.graph("dataset")
PREFIX_LIST = iri.part("dataset", "prefixes")

Value = ox.NamedNode | ox.Literal


@cache
def read_record() -> ox.Store:
    """Read the authored part."""
    store = ox.Store()
    store.load(path=str(FOLDER / "dataset.ttl"), format=ox.RdfFormat.TURTLE)
    return store


def values_of(predicate: str) -> list[Value]:
    """Return what the authored part says of the dataset by a predicate."""
    quads = read_record().quads_for_pattern(DATASET, ox.NamedNode(predicate), None)
    return [q.object for q in quads if isinstance(q.object, ox.NamedNode | ox.Literal)]


def describe_record(
    version: str, counts: Counts, articles: list[str], files: Mapping[str, bytes]
) -> Iterator[ox.Triple]:
    """Yield the record; for the arguments see `describe_dataset`."""
    yield from (quad.triple for quad in read_record())
    yield _say(DATASET, DCAT + "version", ox.Literal(version))
    yield _say(DATASET, DCAT + "hasCurrentVersion", iri.part("dataset", f"version-{version}"))
    for name, value in counts.solve("totals")[0].items():
        yield _say(DATASET, VOID + name, value)
    for name, size in counts.sizes.items():
        yield _say(DATASET, VOID + "subset", iri.graph(name))
        yield _say(iri.graph(name), VOID + "triples", ox.Literal(size))
    for name in articles:
        yield _say(DATASET, DCTERMS + "source", iri.thing(name))
        yield _say(iri.graph(name), DCTERMS + "source", iri.thing(name))
    yield from _coverage(counts)
    yield from _links(counts)
    yield from _files(files)
    yield from _prefixes()


def _coverage(counts: Counts) -> Iterator[ox.Triple]:
    period, ends = iri.part("dataset", "period"), counts.solve("coverage")[0]
    if ends:
        yield _say(DATASET, DCTERMS + "temporal", period)
        yield _say(period, RDF_TYPE.value, ox.NamedNode(DCTERMS + "PeriodOfTime"))
    for name, value in ends.items():
        yield _say(period, DCAT + name, value)


def _links(counts: Counts) -> Iterator[ox.Triple]:
    """Yield a link set for each property by which things are linked to Wikidata (VoID §5)."""
    for row in counts.solve("links"):
        node = iri.part("dataset", "links-" + row["property"].value.rpartition("#")[2])
        yield _say(node, RDF_TYPE.value, ox.NamedNode(VOID + "Linkset"))
        yield _say(node, VOID + "linkPredicate", row["property"])
        yield _say(node, VOID + "subjectsTarget", DATASET)
        yield _say(node, VOID + "objectsTarget", iri.part("dataset", "wikidata"))
        yield _say(node, VOID + "triples", row["triples"])


def _files(files: Mapping[str, bytes]) -> Iterator[ox.Triple]:
    """Yield size and checksum of the release files; none can hold its own."""
    download = ox.NamedNode(DCAT + "downloadURL")
    for name, data in files.items():
        address = ox.NamedNode(f"{iri.ROOT}release/{name}")
        for quad in read_record().quads_for_pattern(None, download, address):
            checksum = iri.part("dataset", f"checksum-{name}")
            yield ox.Triple(quad.subject, ox.NamedNode(SPDX + "checksum"), checksum)
            size = _typed(str(len(data)), "nonNegativeInteger")
            yield ox.Triple(quad.subject, ox.NamedNode(DCAT + "byteSize"), size)
            digest = _typed(hashlib.sha256(data).hexdigest(), "hexBinary")
            yield _say(
                checksum, SPDX + "algorithm", ox.NamedNode(SPDX + "checksumAlgorithm_sha256")
            )
            yield _say(checksum, SPDX + "checksumValue", digest)


def _prefixes() -> Iterator[ox.Triple]:
    """Yield our prefixes (SHACL §5.2.1), for the questions and for editors."""
    for prefix, namespace in PREFIXES.items():
        node = iri.part("dataset", f"prefix-{prefix}")
        yield _say(PREFIX_LIST, SH + "declare", node)
        yield _say(node, SH + "prefix", ox.Literal(prefix))
        yield _say(node, SH + "namespace", _typed(namespace, "anyURI"))


def _say(subject: ox.NamedNode, predicate: str, value: Value) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)


def _typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
