"""The ontology for people and for programs: `/ontology`, its terms, and it whole for Protégé."""

from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Final

import pyoxigraph as ox
from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from xingtu.ontology import PREFIXES, load_schema
from xingtu.server.errors import NotFound
from xingtu.server.formats import prefers_page, rank_formats, serialize_graph
from xingtu.server.pages import jsonld
from xingtu.server.pages.addresses import ONTOLOGY, XT, absolute
from xingtu.server.pages.asking import ask, nodes_of
from xingtu.server.pages.browse import count_rows
from xingtu.server.pages.claims import gather_claims
from xingtu.server.pages.dereference import MEDIA_TYPES, SUFFIXES, link_formats, split_suffix
from xingtu.server.pages.frame import names
from xingtu.server.pages.hierarchy import draw_hierarchy
from xingtu.server.pages.panels import iris_of_claim
from xingtu.server.pages.terms import describe_term, group_terms, read_header
from xingtu.server.pages.vocabulary import CLASS, INDIVIDUAL, OWL, RDF_TYPE, Term, read_vocabulary
from xingtu.triples.dataset import ontology_graph

blueprint = Blueprint("ontology", __name__)
_EXAMPLES: Final = 5


@blueprint.get("/ontology")
def show() -> Response:
    """Answer for the ontology as a whole: its documentation, or its triples."""
    if "format" not in request.args and prefers_page(request.headers.get("Accept", "")):
        return _link(make_response(_render_whole()), ONTOLOGY, "/ontology")
    return _link(_send(whole_ontology(), None), ONTOLOGY, "/ontology")


@blueprint.get("/ontology.<suffix>")
def show_file(suffix: str) -> Response:
    """Give the ontology as one file that imports nothing, as Protégé opens from a URL."""
    if suffix not in SUFFIXES:
        raise NotFound(f"the ontology has the endings {', '.join(SUFFIXES)}")
    return _link(_send(whole_ontology(), suffix), ONTOLOGY, "/ontology")


@blueprint.get("/ontology/<name>")
def show_term(name: str) -> Response:
    """Answer for a term: a page, or the triples about it; for a module or a version, the whole."""
    stem, suffix = split_suffix(name)
    term = read_vocabulary().get(XT + stem)
    if term is None:
        return _answer_module(stem)
    page = suffix is None and "format" not in request.args
    if page and prefers_page(request.headers.get("Accept", "")):
        answer = make_response(_render_term(term))
    else:
        answer = _send(_triples_about(term.iri), suffix)
    return _link(answer, term.iri, f"/ontology/{stem}")


def _render_whole() -> str:
    return render_template(
        "ontology.html",
        header=read_header(),
        jsonld=jsonld.describe_ontology(read_header(), _files()),
        media_types=MEDIA_TYPES,
        sections=group_terms(),
        terms=read_vocabulary(),
        changes=[
            (t, found) for t in read_vocabulary().values() if (found := describe_term(t).changes)
        ],
        prefixes=PREFIXES,
        class_counts=count_rows("class-counts", "class"),
        property_counts=count_rows("property-counts", "property"),
        claim_counts=count_rows("predicate-counts", "property"),
    )


def _files() -> dict[str, str]:
    """Give the address of the ontology in each media type."""
    return {
        media_type: absolute(url_for("ontology.show_file", suffix=suffix))
        for suffix, media_type in MEDIA_TYPES.items()
    }


def _render_term(term: Term) -> str:
    """Show a term, with examples of its use by two queries."""
    rows = ask(_examples_query(term), {"term": [ox.NamedNode(term.iri)]}, limit=_EXAMPLES)
    claims = gather_claims(nodes_of(rows, "claim"))
    names().learn(node.value for node in nodes_of(rows, "thing", "value"))
    names().learn(iri for claim in claims.values() for iri in iris_of_claim(claim))
    return render_template(
        "term.html",
        term=term,
        jsonld=jsonld.describe_term(term),
        rows=rows,
        claims=list(claims.values()),
        facts=describe_term(term),
        classes=[iri for iri in term.types if iri in read_vocabulary()],
        drawing=draw_hierarchy(term, names()) if term.kind == CLASS else None,
        count=count_rows("class-counts", "class") | count_rows("property-counts", "property"),
        claim_count=count_rows("predicate-counts", "property").get(term.iri, 0),
    )


def _examples_query(term: Term) -> str:
    if term.kind == CLASS:
        return "examples-of-class"
    return "examples-of-individual" if term.kind == INDIVIDUAL else "examples-of-property"


def _answer_module(name: str) -> Response:
    """Send a client that asks for a module or a version of the ontology on to the whole of it."""
    modules = {module.rpartition("/")[2] for module in read_header().modules}
    if name not in modules | {load_schema().version}:
        raise NotFound(f"the ontology has no term {name!r}")
    answer = make_response(redirect(absolute(url_for("ontology.show")), HTTPStatus.SEE_OTHER))
    answer.vary.add("Accept")
    return answer


def _triples_about(iri: str) -> list[ox.Triple]:
    """Give the triples about a term, blank nodes and what hangs on them included."""
    whole, found, todo = whole_ontology(), [], [ox.NamedNode(iri)]
    by_subject: dict[object, list[ox.Triple]] = {}
    for triple in whole:
        by_subject.setdefault(triple.subject, []).append(triple)
    pending: list[object] = [*todo]
    while pending:
        for triple in by_subject.pop(pending.pop(), []):
            found.append(triple)
            if isinstance(triple.object, ox.BlankNode):
                pending.append(triple.object)
    return found


@cache
def whole_ontology() -> tuple[ox.Triple, ...]:
    """Give all modules as one ontology that imports nothing, so that it opens without the web."""
    triples = sorted(ontology_graph(load_schema()), key=str)
    root = ox.NamedNode(ONTOLOGY)
    kind = ox.NamedNode(OWL + "Ontology")
    headers = {t.subject for t in triples if t.predicate == RDF_TYPE and t.object == kind}
    headers.discard(root)
    imports = ox.NamedNode(OWL + "imports")
    return tuple(t for t in triples if t.subject not in headers and t.predicate != imports)


def _send(triples: Sequence[ox.Triple], suffix: str | None) -> Response:
    name = SUFFIXES[suffix] if suffix else request.args.get("format")
    formats = rank_formats(request.headers.get("Accept", ""), name, "CONSTRUCT")
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if prefix not in {"id", "graph"}}
    body, content_type = serialize_graph(triples, formats, prefixes)
    return Response(body, content_type=content_type)


def _link(answer: Response, iri: str, path: str) -> Response:
    """Tell of the canonical IRI and of the other formats (RFC 8288)."""
    answer.vary.add("Accept")
    link_formats(answer, iri, lambda end: absolute(f"{request.script_root}{path}.{end}"))
    return answer
