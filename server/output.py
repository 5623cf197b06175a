"""What pyoxigraph's serialisers leave undone: what XML cannot hold, and the version announced."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, QueryResultsFormat, RdfFormat, Triple

from xingtu.server.errors import NotAcceptable

_START: Final = (  # NameStartChar of XML 1.0 without the colon, which no local name has
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = re.compile(rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*\Z")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_XML_BYTES: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NO_PROPERTY: Final = frozenset(  # RDF/XML §6.1: as an element they mean something else
    _RDF + name
    for name in (
        "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li",
        "aboutEach", "aboutEachPrefix", "bagID", "version", "annotation", "annotationNodeID",
    )
)  # fmt: skip

_XMLNS: Final = "http://www.w3.org/2000/xmlns/"  # no prefix may be bound to it

_TURTLE_FAMILY: Final = {
    RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.TRIG, RdfFormat.N_QUADS,
}  # fmt: skip
_XML: Final = {RdfFormat.RDF_XML, QueryResultsFormat.XML}
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_DIRECTION: Final = re.compile(rb'""@[A-Za-z0-9-]*?--(?:ltr|rtl)')
_RDF_VERSION: Final = re.compile(rb'<[^<>]*\srdf:version="([^"]*)"')
_ITS_DIRECTION: Final = re.compile(rb"<literal [^<>]*its:dir=")


def has_triple_terms(triples: Iterable[Triple]) -> bool:
    """Tell a graph with triple terms (RDF 1.2), which JSON-LD 1.1 has no way to write."""
    return any(isinstance(triple.object, Triple) for triple in triples)


def breaks_xml(triples: Sequence[Triple]) -> bool:
    """Tell a graph that RDF/XML has no way to write.

    That is one with a predicate that makes no element name, a literal with a character that XML
    does not allow, or a blank node whose label is no XML name.
    """
    flat = [*_flatten(triples)]
    predicates = {triple.predicate.value for triple in flat}
    terms = {term for triple in flat for term in (triple.subject, triple.object)}
    return (
        not predicates.isdisjoint(_NO_PROPERTY)
        or any(predicate.startswith(_XMLNS) for predicate in predicates)
        or not all(_NAME.search(predicate) for predicate in predicates)
        or any(isinstance(term, Literal) and _NOT_XML.search(term.value) for term in terms)
        or any(isinstance(term, BlankNode) and not _NAME.match(term.value) for term in terms)
    )


def mend(body: bytes, syntax: QueryResultsFormat | RdfFormat) -> tuple[bytes, str]:
    """Mend what pyoxigraph wrote.

    A carriage return in XML is escaped, or it would be read back as a line feed. Content of
    RDF 1.2 is announced in the `version` parameter of the media type (RDF 1.2 Concepts §2.1), where
    the format has one; other content is not, since older clients compare the whole string.

    Returns:
        The body, the same object if there was nothing to mend, and its Content-Type.

    Raises:
        NotAcceptable: if the body is XML with a character that XML does not allow.
    """
    if syntax in _XML:
        if _NOT_XML_BYTES.search(body):
            raise NotAcceptable("these results have characters that XML cannot hold: format=json")
        if b"\r" in body:
            body = body.replace(b"\r", b"&#13;")
    version = _version(body, syntax)
    content_type = syntax.media_type
    return body, f"{content_type}; version={version}" if version else content_type


def _flatten(triples: Iterable[Triple]) -> Iterator[Triple]:
    for triple in triples:
        yield triple
        if isinstance(triple.object, Triple):
            yield from _flatten([triple.object])


def _version(body: bytes, syntax: QueryResultsFormat | RdfFormat) -> str | None:
    """Find the version of RDF that the content needs, None if that is 1.1.

    What is looked for cannot stand in a literal: there its quotes or brackets are escaped.
    """
    if syntax == QueryResultsFormat.JSON:
        return _first(b'"type":"triple"' in body, b'"its:dir":' in body)
    if syntax == QueryResultsFormat.XML:
        directed = b"its:dir=" in body and _ITS_DIRECTION.search(body) is not None
        return _first(b"<triple>" in body, directed)
    if syntax == RdfFormat.RDF_XML and b"rdf:version=" in body:
        versions = set(_RDF_VERSION.findall(body))
        return _first(b"1.2" in versions, bool(versions))
    marked = b"<<(" in body or b"--ltr" in body or b"--rtl" in body
    if marked and syntax in _TURTLE_FAMILY:
        bare = _STRING.sub(b'""', body)
        return _first(b"<<(" in bare, _DIRECTION.search(bare) is not None)
    return None


def _first(full: bool, basic: bool) -> str | None:
    if full:
        return "1.2"
    return "1.2-basic" if basic else None
