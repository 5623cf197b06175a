"""The query workbench at `/query`, and single views for other pages to frame at `/embed`."""

from functools import cache, lru_cache
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)

from xingtu.ontology import PREFIXES, SPARQL_PREFIXES
from xingtu.queries import Question, load_every_question
from xingtu.server.errors import QueryError, ServerBusy
from xingtu.server.pages.addresses import GRAPH, ID, XT, absolute, page_of
from xingtu.server.pages.asking import ask
from xingtu.server.pages.bundle import script_texts
from xingtu.server.pages.frame import language
from xingtu.server.pages.language import translate
from xingtu.server.pages.vocabulary import (
    ANNOTATION,
    CLASS,
    DATA,
    INDIVIDUAL,
    OBJECT,
    read_vocabulary,
)

blueprint = Blueprint("workbench", __name__)

# What a newcomer finds in the editor: a query that answers at once.
_START: Final = (
    "SELECT ?mission ?missionLabel ?planned\nWHERE {{\n"
    "  ?mission a xt:Mission ; rdfs:label ?missionLabel .\n"
    "  OPTIONAL {{ ?mission xt:plannedLaunchDate ?planned }}\n"
    '  FILTER(LANG(?missionLabel) = "{}")\n}}\nORDER BY ?planned ?missionLabel\n'
)
_PREFIXES: Final = ("xt", "id", "rdf", "rdfs")
_KINDS: Final = {
    CLASS: "class",
    OBJECT: "property",
    DATA: "property",
    ANNOTATION: "property",
    INDIVIDUAL: "individual",
}
# The one page that other sites may put in a frame.
_FRAMED: Final = "default-src 'self'; frame-ancestors *; base-uri 'none'"


@blueprint.get("/query")
def show() -> str:
    """Show the workbench, with the question of `?name=`, or those with the words of `?find=`."""
    chosen = find_question(request.args["name"]) if "name" in request.args else None
    words = request.args.get("find", "").lower().split()
    found = [q for q in questions() if all(word in words_of(q) for word in words)]
    return render_template(
        "query.html",
        text=chosen.text if chosen else _start(),
        chosen=chosen,
        questions=sorted(found, key=lambda question: question.title_in(language())),
        words_of=words_of,
        words=" ".join(words),
        settings=settings(),
    )


@blueprint.get("/query/<name>.rq")
def show_question(name: str) -> Response:
    """Give the text of a stored question."""
    return Response(
        find_question(name).text, content_type="application/sparql-query; charset=utf-8"
    )


@blueprint.get("/query/terms.json")
def list_terms() -> Response:
    """List the classes, properties and individuals that an editor may complete."""
    answer = jsonify(_terms(current_app.config["ENGINE"].version))
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/embed")
def embed() -> Response:
    """Show nothing but one view of one answer, as the fragment of the address has it."""
    answer = make_response(render_template("embed.html", settings=settings()))
    answer.headers["Content-Security-Policy"] = _FRAMED
    return answer


@cache
def questions() -> tuple[Question, ...]:
    """Give the stored questions."""
    return tuple(load_every_question())


def find_question(name: str) -> Question:
    """Find a stored question.

    Raises:
        NotFound: if there is none of that name.
    """
    found = next((question for question in questions() if question.name == name), None)
    return found or abort(404, "There is no stored question of that name; /query lists all.")


def settings() -> dict[str, Any]:
    """Give what scripts need to know; see `assets/src/settings.js`."""
    base = absolute(request.script_root + "/").rstrip("/")
    spaces = (ID, XT, GRAPH)
    return {
        "endpoint": base + "/sparql",
        "base": base,
        "terms": url_for("workbench.list_terms"),
        "prefixes": PREFIXES,
        "pages": [(space, *(page_of(space + "-") or "-").rsplit("-", 1)) for space in spaces],
        "texts": script_texts(language()),
    }


def _start() -> str:
    lines = SPARQL_PREFIXES.splitlines(keepends=True)
    wanted = tuple(f"PREFIX {name}:" for name in _PREFIXES)
    prefixes = "".join(line for line in lines if line.startswith(wanted))
    comment = translate("The missions of the graph, and when they are to fly.", language())
    return f"{prefixes}\n# {comment}\n{_START.format(language())}"


def words_of(question: Question) -> str:
    """Give the words that a question is found by, in both languages."""
    texts = (question.title, question.description, question.title_zh, question.description_zh)
    return " ".join((*texts, *question.keywords)).lower()


@lru_cache(2)
def _terms(version: str) -> list[dict[str, Any]]:
    """List terms with how often each is used; with counts of 0 where counting takes too long."""
    try:
        rows = ask("usage")
    except (QueryError, ServerBusy):
        rows = []
    terms = {
        term.iri: {"iri": term.iri, "kind": _KINDS[term.kind], "labels": term.labels, "count": 0}
        for term in read_vocabulary().values()
        if term.kind in _KINDS
    }
    for row in rows:
        iri, kind, uses = (
            str(getattr(row[name], "value", "")) for name in ("term", "kind", "uses")
        )
        terms.setdefault(iri, {"iri": iri, "kind": kind, "labels": {}})["count"] = int(uses)
    return [terms[iri] for iri in sorted(terms)]
