"""Documents that a client puts into a graph, read here, so that all stores get the same triples."""

import re
from collections.abc import Iterable
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse, serialize

from xingtu.server.errors import MalformedData, UnsupportedBody

_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_POSITION: Final = re.compile(r"at line (\d+)(?: between)? columns? (\d+)")


def to_ntriples(documents: Iterable[tuple[bytes, str]], base_iri: str) -> bytes:
    """Merge documents into N-Triples.

    Args:
        documents: Pairs of bytes and media type; their blank nodes stay apart.
        base_iri: Against which relative IRIs are resolved.

    Raises:
        MalformedData: if one does not parse, has named graphs, or a document type, by which a
            small RDF/XML document could grow without bound.
        UnsupportedBody: if one is not RDF.
    """
    merged = {triple: None for document in documents for triple in _read(*document, base_iri)}
    return serialize(merged, format=RdfFormat.N_TRIPLES) or b""


def _read(data: bytes, media_type: str, base_iri: str) -> list[Triple]:
    syntax = RdfFormat.from_media_type(media_type)
    if syntax is None:
        raise UnsupportedBody(f"{media_type} is no format of RDF known here")
    if syntax == RdfFormat.RDF_XML and _DOCTYPE.search(data):
        raise MalformedData("a document type (<!DOCTYPE) is not taken")
    try:
        quads = parse(
            data,
            format=syntax,
            base_iri=base_iri,
            without_named_graphs=True,
            rename_blank_nodes=True,
        )
        return [quad.triple for quad in quads]
    except SyntaxError as error:
        place = _POSITION.search(str(error))
        line, column = map(int, place.groups()) if place else (None, None)
        raise MalformedData(str(error), line, column) from error
