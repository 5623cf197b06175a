"""The RDF documents in the body of a request to the graph store."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from pyoxigraph import RdfFormat
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from xingtu.server.errors import InvalidRequest, UnsupportedBody
from xingtu.server.formats import GRAPH_FORMATS
from xingtu.server.http.message import Request
from xingtu.server.http.parameters import read_content_type, require_plain, require_utf8

Document = tuple[bytes, str]

_RDF_XML: Final = RdfFormat.RDF_XML.media_type
_EMPTY: Final = (b"", RdfFormat.TURTLE.media_type)  # no document, in whatever syntax
_MEDIA_TYPES: Final = frozenset(row.media_type for row in GRAPH_FORMATS)
_MOST_PARTS: Final = 100
_BOM: Final = b"\xef\xbb\xbf"
_ENCODING: Final = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)""")
# Wherever it stands, as parsers differ in where they look; a comment that has it must be reworded.
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


def read_documents(request: Request) -> tuple[Document, ...]:
    """Read the documents of a body, not yet parsed.

    A body without Content-Type is RDF/XML (SPARQL 1.1 Graph Store HTTP Protocol §5.3). The parts
    of `multipart/form-data` are a document each (§5.5).

    Returns:
        Bytes, in UTF-8, and media type of each.

    Raises:
        UnsupportedBody: if one is in no format of `GRAPH_FORMATS`.
        InvalidRequest: if one is not UTF-8, or RDF/XML with a document type declaration, whose
            entities may expand without bounds.
    """
    require_plain(request)
    header = request.headers.get("content-type", _RDF_XML)
    media_type, parameters = read_content_type(header)
    if media_type == "multipart/form-data":
        return (*_read_parts(request.body, parameters.get("boundary", "")),)
    return (_check(request.body, _supported(media_type)),)


def _read_parts(body: bytes, boundary: str) -> Iterator[Document]:
    if not boundary:
        raise InvalidRequest("multipart/form-data needs a boundary")
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=_MOST_PARTS)
    decoder.receive_data(body)
    decoder.receive_data(None)
    try:
        yield from _decode_parts(decoder)
    except ValueError as error:
        raise InvalidRequest(f"the body is not multipart/form-data: {error}") from error
    except RequestEntityTooLarge as error:
        raise InvalidRequest(f"the body has more than {_MOST_PARTS} parts") from error


def _decode_parts(decoder: MultipartDecoder) -> Iterator[Document]:
    media_type, chunks = "", list[bytes]()
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, File | Field):
            media_type, chunks = _part_type(event), []
        elif isinstance(event, Data):
            chunks.append(event.data)
            if not event.more_data:
                yield _check(b"".join(chunks), media_type)


def _part_type(part: File | Field) -> str:
    """Give the media type of a part; browsers and curl do not know it, but send the file's name."""
    header = part.headers.get("content-type", "application/octet-stream")
    require_utf8(header)
    media_type, _ = read_content_type(header)
    if media_type == "application/octet-stream" and isinstance(part, File):
        syntax = RdfFormat.from_extension(PurePath(part.filename).suffix.removeprefix("."))
        media_type = syntax.media_type if syntax else media_type
    return _supported(media_type)


def _supported(media_type: str) -> str:
    if media_type not in _MEDIA_TYPES:
        raise UnsupportedBody(f"RDF must be one of {', '.join(sorted(_MEDIA_TYPES))}")
    return media_type


def _check(data: bytes, media_type: str) -> Document:
    data = data.removeprefix(_BOM)
    if not data:
        return _EMPTY
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the document is not UTF-8: {error}") from error
    if media_type == _RDF_XML:
        _check_xml(data)
    return data, media_type


def _check_xml(data: bytes) -> None:
    declared = _ENCODING.match(data)
    # A NUL shows UTF-16 or UTF-32, in which a declaration could hide.
    if b"\0" in data or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise InvalidRequest("RDF/XML must be encoded in UTF-8")
    if _DOCTYPE.search(data):
        raise InvalidRequest("RDF/XML with a document type declaration (DOCTYPE) is not taken")
