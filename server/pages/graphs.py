"""Named graphs that answer: `/graph/name`, a page for people and the triples for programs."""

from flask import Blueprint, Response, make_response, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from xingtu.server.engine.tasks import ReadGraph
from xingtu.server.errors import NotFound
from xingtu.server.formats import prefers_page, rank_formats
from xingtu.server.pages.addresses import absolute, graph_iri
from xingtu.server.pages.asking import ask, body_of, perform
from xingtu.server.pages.dereference import SUFFIXES, link_formats, split_suffix
from xingtu.server.pages.frame import names

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/graph/<name>")
def show(name: str) -> Response:
    """Answer for a named graph: its triples, or, to a browser, a page about it.

    Raises:
        NotFound: if the dataset has no such graph.
        NotAcceptable: if none of our formats is asked for.
    """
    stem, suffix = split_suffix(name)
    graph = graph_iri(stem)
    if graph is None:
        raise NotFound(f"there is no graph {stem!r}")
    page = suffix is None and "format" not in request.args
    if page and prefers_page(request.headers.get("Accept", "")):
        answer = make_response(_render(graph, stem))
    else:
        answer = _send(graph, suffix)
    answer.vary.add("Accept")
    link_formats(
        answer, graph.value, lambda end: absolute(url_for("graphs.show", name=f"{stem}.{end}"))
    )
    return answer


def _render(graph: NamedNode, name: str) -> str:
    rows = ask("graph", {"graph": [graph]})
    sizes = [int(size.value) for row in rows if isinstance(size := row.get("size"), Literal)]
    if not any(sizes):
        raise NotFound(f"there is no graph <{graph.value}>")
    sources = [node.value for row in rows if isinstance(node := row.get("source"), NamedNode)]
    names().learn(sources)
    return render_template("graph.html", name=name, size=sizes[0], sources=sources)


def _send(graph: NamedNode, suffix: str | None) -> Response:
    name = SUFFIXES[suffix] if suffix else request.args.get("format")
    formats = rank_formats(request.headers.get("Accept", ""), name, "CONSTRUCT")
    answer = perform(ReadGraph(graph.value, formats))
    return Response(body_of(answer), content_type=answer.content_type)
