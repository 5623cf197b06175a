"""What every page has: the frame, the language, the addresses of static files."""

import hashlib
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, g, request, url_for
from werkzeug.datastructures import MultiDict

from xingtu.server.pages import showing
from xingtu.server.pages.addresses import absolute, link_to
from xingtu.server.pages.asking import asked
from xingtu.server.pages.dating import read_date, read_instant
from xingtu.server.pages.language import (
    LANGUAGES,
    choose_language,
    translate,
    translate_count,
)
from xingtu.server.pages.moods import STATUSES
from xingtu.server.pages.naming import Names
from xingtu.server.pages.passages import quote_passage

FOLDER: Final = Path(__file__).parent
blueprint = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)

# The parts of the site: blueprint, path, name.
_PARTS: Final = (
    ("browse", "/browse", "Browse"),
    ("views", "/views", "Views"),
    ("workbench", "/query", "Query"),
    ("ontology", "/ontology", "Ontology"),
)
# Longer queries make no sensible link.
_LONGEST_LINK: Final = 6000


def language() -> str:
    """Give the language of this request's page."""
    if "language" not in g:
        g.language = choose_language(request)
    chosen: str = g.language
    return chosen


def names() -> Names:
    """Give the names that this request's page has learnt."""
    if "names" not in g:
        g.names = Names(language())
    known: Names = g.names
    return known


def asset(name: str) -> str:
    """Give the address of a file in `static/`, which changes with its content."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = url_for("pages.static", filename=name, v=_digest(name))
    return known[name]


def address_with(**changes: object) -> str:
    """Give this page's address with other parameters; None takes one away.

    The reference is only a query (RFC 3986 §5.2.2), so no path of a request is ever repeated.
    """
    parameters = MultiDict(request.args)
    for name, value in changes.items():
        parameters.poplist(name)
        if value is not None:
            parameters[name] = str(value)
    return "?" + "&".join(f"{_quote(k)}={_quote(v)}" for k, v in parameters.items(multi=True))


@blueprint.app_context_processor
def _provide() -> dict[str, Any]:
    """Give templates what `base.html` and `parts.html` use."""
    chosen = language()
    return {
        "lang": chosen,
        "languages": LANGUAGES,
        "_": lambda text, **values: translate(text, chosen, **values),
        "count": lambda one, many, number, **values: translate_count(
            one, many, number, chosen, **values
        ),
        "asset": asset,
        "absolute": absolute,
        "address_with": address_with,
        "link_to": lambda iri: link_to(iri) or "",
        "navigation": _navigate,
        "section": request.blueprint,
        "switch": _switch(chosen),
        "asked": _asked,
        "names": names(),
        "states": STATUSES,
        **_readers(chosen),
    }


def _readers(chosen: str) -> dict[str, Callable[..., Any]]:
    return {
        "thing": lambda iri: showing.show_thing(iri, names()),
        "value": lambda prop, term, claim=None: showing.show_value(prop, term, names(), claim),
        "statement_value": lambda statement: showing.show_statement(statement, names()),
        "statement_property": lambda statement: showing.show_property(statement, names()),
        "date": lambda text: read_date(text, chosen),
        "instant": lambda text: read_instant(text, chosen),
        "quote": quote_passage,
    }


@blueprint.app_url_defaults
def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry a language that the reader has chosen from page to page, without a cookie."""
    if (
        not endpoint.endswith((".static", ".data"))
        and request
        and request.args.get("lang") in LANGUAGES
    ):
        values.setdefault("lang", language())


@blueprint.after_app_request
def _label_response(response: Response) -> Response:
    """Say which language a page is in, and let what is unchanged be kept (RFC 9110 §8.8, §13)."""
    tagged = response.direct_passthrough or "ETag" in response.headers
    if response.status_code == HTTPStatus.OK and not tagged:
        response.headers.setdefault("Cache-Control", "no-cache")
        response.add_etag(weak=True)
        response.make_conditional(request)
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language()
        response.vary.add("Accept-Language")
    if request.endpoint == "pages.static" and "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _navigate() -> list[tuple[str, str, str]]:
    chosen = language()
    kept = f"?lang={chosen}" if request.args.get("lang") in LANGUAGES else ""
    return [
        (name, request.script_root + path + kept, translate(text, chosen))
        for name, path, text in _PARTS
    ]


def _switch(chosen: str) -> dict[str, str]:
    other = next(tag for tag in LANGUAGES if tag != chosen)
    return {"lang": other, "name": LANGUAGES[other], "address": address_with(lang=other)}


def _asked() -> list[tuple[str, str]]:
    """Give the queries behind the page: what each is for, and a link that opens it."""
    shown = [query for query in asked() if len(query.text) < _LONGEST_LINK]
    head = request.script_root + "/query#query="
    return [(query.title, head + _quote(query.text)) for query in shown]


@cache
def _digest(name: str) -> str:
    path = FOLDER / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def _quote(text: str) -> str:
    return quote(text, safe="")
