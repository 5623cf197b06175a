"""Trusty URIs of module RA: an IRI that ends in the hash of the RDF that it names.

Source: http://trustyuri.net/spec/v1.html, without what it says of blank nodes: we have none.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable

import pyoxigraph as ox


def artifact_code(quads: Iterable[ox.Quad], place: str) -> str:
    """Return the code of a document.

    Args:
        quads: its content.
        place: the text that stands in its IRIs where the code will stand.

    Returns:
        `RA` and 43 characters of Base64 (RFC 4648 §5).
    """
    rows = {tuple(_key(term, place) for term in _terms(quad)) for quad in quads}
    text = "".join(_write(*key) for row in sorted(rows) for key in row)
    digest = hashlib.sha256(text.encode()).digest()
    return "RA" + urlsafe_b64encode(digest).decode().rstrip("=")


def _terms(quad: ox.Quad) -> tuple[object, ...]:
    return quad.graph_name, quad.subject, quad.predicate, quad.object


def _key(term: object, place: str) -> tuple[bool, str, str, str]:
    """Put IRIs before literals, and these in the order of text, datatype and language."""
    if isinstance(term, ox.NamedNode):
        return False, term.value.replace(place, " "), "", ""
    assert isinstance(term, ox.Literal)
    language = term.language or ""
    return True, term.value, "" if language else term.datatype.value, language.lower()


def _write(is_literal: bool, value: str, datatype: str, language: str) -> str:
    if not is_literal:
        return f"{value}\n"
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
    return f"@{language} {escaped}\n" if language else f"^{datatype} {escaped}\n"
