"""The graph for people: server-rendered pages over the same engine as the endpoint.

`BLUEPRINTS` is all that the application needs: it registers each, and sets `RUN`, `BASE`, `ENGINE`
and `ARTICLES` in its configuration (see `asking.py`, `addresses.py`, `passages.py`).
"""

from typing import Final

from flask import Blueprint

from xingtu.server.pages import (
    browse,
    bundle,
    crawling,
    dereference,
    entity,
    frame,
    graphs,
    home,
    ontology_docs,
    record,
    search,
    views,
    workbench,
)
from xingtu.server.pages.explaining import explain_path, register_explanations

_PAGES: Final = (
    home,
    search,
    browse,
    entity,
    dereference,
    graphs,
    ontology_docs,
    workbench,
    views,
    bundle,
    record,
    crawling,
)
for _page in _PAGES:
    register_explanations(_page.blueprint)
frame.blueprint.app_errorhandler(404)(explain_path)

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    frame.blueprint,
    *(page.blueprint for page in _PAGES),
)
