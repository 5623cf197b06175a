"""For crawlers: `/robots.txt`, and the addresses of all pages in sitemaps (sitemaps.org, 0.9).

No page knows when it last changed, so no sitemap says so.
"""

from math import ceil
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlsplit

from cachetools import LRUCache, cached
from flask import Blueprint, Response, current_app, render_template, url_for
from pyoxigraph import Literal

from xingtu.server.errors import NotFound
from xingtu.server.pages.addresses import ID, XT, absolute
from xingtu.server.pages.asking import ask, ask_once, nodes_of
from xingtu.server.pages.views import VIEWS
from xingtu.server.pages.vocabulary import read_vocabulary
from xingtu.server.pages.workbench import questions

blueprint = Blueprint("crawling", __name__)

MOST: Final = 50_000
"""The addresses that one sitemap may have."""
# What answers to any parameters: crawlers would never come to its end.
_ENDLESS: Final = ("/sparql", "/gsp", "/search", "/suggest", "/browse/*?", "/embed", "/metrics")
_PLACE: Final = "SLUG"


@blueprint.get("/robots.txt")
def forbid() -> Response:
    """Keep crawlers from what has no end, and tell them of the rest (RFC 9309)."""
    path = urlsplit(current_app.config["BASE"]).path
    lines = ["User-agent: *", *(f"Disallow: {path}{start}" for start in _ENDLESS)]
    lines.append(f"Sitemap: {current_app.config['BASE']}/sitemap.xml")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def show() -> Response:
    """List every page, or, if one sitemap cannot, the sitemaps that do."""
    parts = _count_parts()
    if parts == 1:
        return _send(_write(*_state(), 1))
    base = current_app.config["BASE"]
    addresses = [f"{base}/sitemap-{number}.xml" for number in range(1, parts + 1)]
    return _send(_render("sitemapindex", "sitemap", addresses))


@blueprint.get("/sitemap-<int:number>.xml")
def show_part(number: int) -> Response:
    """List one part of the pages."""
    if not 1 <= number <= _count_parts():
        raise NotFound("there is no sitemap of that number; /sitemap.xml tells of all")
    return _send(_write(*_state(), number))


def _count_parts() -> int:
    totals = next(iter(ask_once("totals")), {})
    things = totals.get("things")
    number = int(things.value) if isinstance(things, Literal) else 0
    return max(1, ceil((len(_fixed()) + number) / MOST))


def _state() -> tuple[str, str]:
    return current_app.config["ENGINE"].version, current_app.config["BASE"]


@cached(LRUCache(4), lock=Lock())
def _write(_version: str, _base: str, number: int) -> str:
    """Write one part: what is always there comes first, then the things, by name."""
    start, fixed = (number - 1) * MOST, _fixed()
    here = fixed[start : start + MOST]
    rows = ask("sitemap", limit=MOST - len(here), offset=max(0, start - len(fixed)))
    place = _address("entity.show", slug=_PLACE)
    slugs = (quote(node.value.removeprefix(ID), safe="") for node in nodes_of(rows))
    return _render("urlset", "url", [*here, *(place.replace(_PLACE, slug) for slug in slugs)])


def _fixed() -> list[str]:
    """List the pages that are there whatever the dataset holds."""
    names = (iri.removeprefix(XT) for iri in read_vocabulary())
    return [
        *map(_address, ("home.show", "browse.show", "views.index", "workbench.show")),
        *(_address("views.show", name=view.name) for view in VIEWS),
        *(f"{_address('workbench.show')}?name={question.name}" for question in questions()),
        _address("ontology.show"),
        *(_address("ontology.show_term", name=name) for name in names),
    ]


def _address(endpoint: str, **values: Any) -> str:
    """Give the address of a page, in no language chosen by this request."""
    return absolute(url_for(endpoint, **values)).partition("?")[0]


def _render(element: str, child: str, addresses: list[str]) -> str:
    return render_template("sitemap.xml", element=element, child=child, addresses=addresses)


def _send(document: str) -> Response:
    return Response(document, content_type="application/xml; charset=utf-8")
