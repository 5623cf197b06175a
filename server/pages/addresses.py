"""Our IRIs and the paths of this server that answer for them."""

import re
from typing import Final
from urllib.parse import urljoin

from flask import current_app, g, url_for
from pyoxigraph import NamedNode

ROOT: Final = "https://w3id.org/xingtu/"
ID: Final = ROOT + "id/"
GRAPH: Final = ROOT + "graph/"
ONTOLOGY: Final = ROOT + "ontology"
XT: Final = ONTOLOGY + "#"

# What each kind of IRI begins with, and the endpoint and the parameter of its page.
_PAGES: Final = (
    (ID, "entity.show", "slug"),
    (XT, "ontology.show_term", "name"),
    (GRAPH, "graphs.show", "name"),
)
_SEGMENT: Final = re.compile(r"[^/?#%]+")


def page_of(iri: str) -> str | None:
    """Give the path of the page about one of our IRIs; None if the IRI is not ours."""
    known: dict[str, str | None] = g.setdefault("pages", {})
    if iri not in known:
        known[iri] = _find_page(iri)
    return known[iri]


def _find_page(iri: str) -> str | None:
    if iri == ONTOLOGY:
        return url_for("ontology.show")
    for start, endpoint, parameter in _PAGES:
        name = iri.removeprefix(start)
        if name != iri and _SEGMENT.fullmatch(name):
            return url_for(endpoint, _external=None, **{parameter: name})
    return None


def link_to(iri: str) -> str | None:
    """Give the target of a link to an IRI: our page, or the IRI if it is of the web, or None."""
    outside = iri if iri.lower().startswith(("http://", "https://")) else None
    return page_of(iri) or outside


def absolute(path: str) -> str:
    """Make a path of ours absolute by the configured public base, never by the Host header."""
    base: str = current_app.config["BASE"]
    return urljoin(base + "/", path)


def thing_iri(slug: str) -> NamedNode | None:
    """Give the IRI of a thing, or None if the slug cannot be part of one."""
    return _named(ID + slug)


def term_iri(name: str) -> NamedNode | None:
    """Give the IRI of a term of the ontology, or None if the name cannot be part of one."""
    return _named(XT + name)


def graph_iri(name: str) -> NamedNode | None:
    """Give the IRI of a named graph, or None if the name cannot be part of one."""
    return _named(GRAPH + name)


def _named(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None
