"""The RDF documents that are written into a graph."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse

from xingtu.server.errors import MalformedData, UnsupportedBody

_PLACE: Final = re.compile(r"\AParser error (?:at|between) line .*?: ")


def read_triples(documents: Iterable[tuple[bytes, str]], base_iri: str) -> Iterator[Triple]:
    """Parse documents, bytes and media type of each, their blank nodes apart.

    Raises:
        MalformedData: if one is malformed, or has triples in a named graph.
        UnsupportedBody: if a media type is that of no RDF format.
    """
    for document, media_type in documents:
        if (format_ := RdfFormat.from_media_type(media_type)) is None:
            raise UnsupportedBody(f"{media_type} is no media type of RDF")
        with data_errors():
            for quad in parse(
                document,
                format_,
                base_iri=base_iri,
                without_named_graphs=True,
                rename_blank_nodes=True,
            ):
                yield quad.triple


@contextmanager
def data_errors(file: str = "") -> Iterator[None]:
    """Turn a parser's `SyntaxError` into `MalformedData`, whose detail names the file if given."""
    try:
        yield
    except SyntaxError as error:
        problem = MalformedData(_PLACE.sub("", error.msg), error.lineno, error.offset)
        raise (MalformedData(f"{file}: {problem}") if file else problem) from error
