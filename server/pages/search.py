"""Search over every name: `/search` for people, `/suggest` for the search box."""

from threading import Lock
from typing import Final

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from pyoxigraph import Literal, NamedNode

from xingtu.server.pages.addresses import link_to
from xingtu.server.pages.asking import read_query, solve
from xingtu.server.pages.frame import language, names
from xingtu.server.pages.index import Entry, Found, Name, NameIndex
from xingtu.server.pages.vocabulary import CLASS, RDFS, most_specific, read_vocabulary

blueprint = Blueprint("search", __name__)
_SHOWN: Final = 60
_SUGGESTED: Final = 8
_indexes: dict[str, NameIndex] = {}
_lock: Final = Lock()


@blueprint.get("/search")
def show() -> str:
    """Answer a search by a page."""
    query = request.args.get("q", "").strip()
    found = name_index().find(query, _SHOWN) if query else []
    _learn(found)
    return render_template("search.html", query=query, found=found)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Suggest things by the start of a name, as JSON, for the search box."""
    found = name_index().find(request.args.get("q", ""), _SUGGESTED)
    _learn(found)
    return jsonify([_describe(hit) for hit in found])


@blueprint.get("/opensearch.xml")
def describe() -> Response:
    """Describe the search to browsers (OpenSearch 1.1)."""
    document = render_template("opensearch.xml")
    return Response(document, mimetype="application/opensearchdescription+xml")


def name_index() -> NameIndex:
    """Give the index of the present dataset; the first to ask for it waits while it is made."""
    version = current_app.config["ENGINE"].version
    with _lock:
        if version not in _indexes:
            _indexes.clear()
            _indexes[version] = build_index()
        return _indexes[version]


def build_index() -> NameIndex:
    """Index the names in the graph, and the classes of the ontology, by two queries."""
    found = [*graph_names(), *_class_names()]
    entries = graph_entries()
    for name in found:
        entries.setdefault(name.iri, Entry(name.iri, (), 0))
    return NameIndex(found, entries)


def graph_names() -> list[Name]:
    """Read the names in the graph."""
    return [
        Name(thing.value, name.value, name.language or "", prop.value == RDFS + "label")
        for row in solve(read_query("names"))
        if isinstance(thing := row["thing"], NamedNode)
        and isinstance(name := row["name"], Literal)
        and isinstance(prop := row["property"], NamedNode)
    ]


def _class_names() -> list[Name]:
    return [
        Name(term.iri, text, tag, True)
        for term in read_vocabulary().values()
        if term.kind == CLASS
        for tag, text in term.labels.items()
    ]


def graph_entries() -> dict[str, Entry]:
    """Read the things in the graph that have a name, by IRI."""
    entries = {}
    for row in solve(read_query("classes")):
        thing, classes, claims = row["thing"], row["classes"], row.get("claims")
        if isinstance(thing, NamedNode) and isinstance(classes, Literal):
            weight = int(claims.value) if isinstance(claims, Literal) else 0
            specific = tuple(most_specific(classes.value.split()))
            entries[thing.value] = Entry(thing.value, specific, weight)
    return entries


def _learn(found: list[Found]) -> None:
    """Make the labels of what was found known to the page, by one query."""
    names().learn(hit.entry.iri for hit in found)


def _describe(hit: Found) -> dict[str, str]:
    label = names().label(hit.entry.iri)
    other = names().label(hit.entry.iri, "en" if language() == "zh" else "zh")
    kind = hit.entry.classes[0] if hit.entry.classes else None
    return {
        "iri": hit.entry.iri,
        "address": link_to(hit.entry.iri) or "",
        "label": label.text,
        "language": label.language,
        "other": other.text if other != label else "",
        "matched": hit.name.text,
        "type": names().label(kind).text if kind else "",
    }


def suggest_slugs(text: str, limit: int = 6) -> list[Found]:
    """Suggest things for an address that does not exist."""
    found = name_index().find(text.replace("-", " "), limit)
    _learn(found)
    return found
