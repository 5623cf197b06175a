"""IRIs of things that answer: `/id/X`, and the data about X at `/data/X`.

`/id/X` names a thing that no server can send, so it answers 303 (RFC 9110 §15.4.4) with a page or
with data about it, as the client prefers. The graph itself says of an IRI that it is gone:
`dcterms:isReplacedBy` its successor (301), or `owl:deprecated true` without one (410).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NoReturn, TypeVar

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from pyoxigraph import NamedNode, RdfFormat, parse
from werkzeug.wrappers import Response as BaseResponse

from xingtu.ontology import PREFIXES
from xingtu.server.formats import GRAPH_FORMATS, prefers_page, rank_formats, serialize_graph
from xingtu.server.pages import search
from xingtu.server.pages.about import About, read_about
from xingtu.server.pages.addresses import ID, absolute, thing_iri
from xingtu.server.pages.asking import body_of, fill, run
from xingtu.server.pages.frame import names
from xingtu.server.problems import problem_document

blueprint = Blueprint("dereference", __name__)

AnyResponse = TypeVar("AnyResponse", bound=BaseResponse)
SUFFIXES: Final = {
    "ttl": "turtle",
    "nt": "ntriples",
    "rdf": "rdfxml",
    "jsonld": "jsonld",
    "trig": "trig",
    "nq": "nquads",
}
"""File name endings, and the `format=` each stands for."""
MEDIA_TYPES: Final = {
    suffix: next(row.media_type for row in GRAPH_FORMATS if name in row.names)
    for suffix, name in SUFFIXES.items()
}


@blueprint.get("/id/<slug>")
def identify(slug: str) -> BaseResponse:
    """Send the client on from a thing to a page or to data about it."""
    stem, suffix = split_suffix(slug)
    about = find_thing(stem, "dereference.identify")
    if suffix:
        answer = redirect(_data_address(stem, suffix), HTTPStatus.SEE_OTHER)
    elif prefers_page(request.headers.get("Accept", "")):
        answer = redirect(absolute(url_for("entity.show", slug=stem)), HTTPStatus.SEE_OTHER)
    else:
        answer = redirect(_data_address(stem), HTTPStatus.SEE_OTHER)
    answer.vary.add("Accept")
    return link_thing(answer, about)


@blueprint.get("/data/<slug>")
def data(slug: str) -> Response:
    """Give data about a thing, in the format of the suffix, of `format=` or of Accept."""
    stem, suffix = split_suffix(slug)
    about = find_thing(stem, "dereference.data", suffix)
    node = [NamedNode(about.iri)]
    query = fill("describe", {"thing": node, "s": node})
    return link_thing(send_graph(query, suffix), about)


def send_graph(query: str, suffix: str | None) -> Response:
    """Answer a CONSTRUCT query in the format that a suffix, `format=` or Accept asks for.

    Raises:
        NotAcceptable: if none of our formats is asked for.
    """
    name = SUFFIXES[suffix] if suffix else request.args.get("format")
    formats = rank_formats(request.headers.get("Accept", ""), name, "CONSTRUCT")
    triples = parse(body_of(run(query, ("application/n-triples",))), RdfFormat.N_TRIPLES)
    body, content_type = serialize_graph([quad.triple for quad in triples], formats, PREFIXES)
    answer = Response(body, content_type=content_type)
    answer.vary.add("Accept")
    return answer


def split_suffix(name: str) -> tuple[str, str | None]:
    """Part a name from the ending that names a format, if it has one."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, suffix) if dot and suffix in SUFFIXES else (name, None)


def find_thing(slug: str, endpoint: str, suffix: str | None = None) -> About:
    """Find what the graph says of a thing as such.

    Args:
        slug: The last part of its IRI.
        endpoint: Where its successor would be asked for, if it has one.
        suffix: The ending of the address asked for.

    Returns:
        What it is; else the request is answered with 301, 410 or 404.
    """
    thing = thing_iri(slug)
    about = read_about(thing, names()) if thing else About(ID)
    successor = (about.replaced_by or "").removeprefix(ID)
    if thing_iri(successor) and successor and successor != about.replaced_by:
        tail = f".{suffix}" if suffix else ""
        abort(redirect(absolute(url_for(endpoint, slug=successor + tail)), 301))
    if about.deprecated:
        why = about.definitions.get("en")
        detail = f"the IRI {about.iri} has been withdrawn" + (f": {why}" if why else "")
        _refuse(HTTPStatus.GONE, detail, slug, about)
    if not about.known:
        _refuse(HTTPStatus.NOT_FOUND, f"there is no thing {slug!r}", slug, about)
    return about


def link_thing(answer: AnyResponse, about: About) -> AnyResponse:
    """Tell of the canonical IRI of a thing and of all that is to be had about it (RFC 8288)."""
    page = absolute(url_for("entity.show", slug=about.slug))
    answer.headers.add("Link", f'<{page}>; rel="alternate"; type="text/html"')
    link_formats(answer, about.iri, lambda suffix: _data_address(about.slug, suffix))
    return answer


def link_formats(answer: BaseResponse, iri: str, address: Callable[[str], str]) -> None:
    """Tell of a canonical IRI, and of the address of the data with each suffix (RFC 8288)."""
    answer.headers.add("Link", f'<{iri}>; rel="canonical"')
    for suffix, media_type in MEDIA_TYPES.items():
        answer.headers.add("Link", f'<{address(suffix)}>; rel="alternate"; type="{media_type}"')


def _data_address(slug: str, suffix: str | None = None) -> str:
    return absolute(url_for("dereference.data", slug=f"{slug}.{suffix}" if suffix else slug))


def _refuse(status: HTTPStatus, detail: str, slug: str, about: About) -> NoReturn:
    """Answer for an IRI that does not stand: a page with suggestions, or a problem document."""
    found = search.suggest_slugs(slug)
    if prefers_page(request.headers.get("Accept", "")) or request.blueprint == "entity":
        page = render_template("missing.html", status=status, slug=slug, about=about, found=found)
        abort(_varying(Response(page, status)))
    similar = ", ".join(hit.entry.iri for hit in found)
    detail += f"; similar: {similar}" if similar else ""
    problem = problem_document(status, detail)
    abort(_varying(Response(problem, status, content_type="application/problem+json")))


def _varying(answer: Response) -> Response:
    answer.vary.add("Accept")
    return answer
