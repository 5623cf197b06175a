"""Version 0.2 of the Reconciliation Service API at `/reconcile`, as OpenRefine speaks it.

`/reconcile/en` and `/reconcile/zh` are the same in one language, since OpenRefine's server asks for
none; `/reconcile` then answers a Chinese cell in Chinese, another in English.
Source: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from typing import Any, Final

from flask import Response, current_app, g, request

from xingtu.server.errors import BodyTooLarge, InvalidRequest, UnsupportedBody
from xingtu.server.reconciliation.extending import describe_columns, extend, read_extension
from xingtu.server.reconciliation.index import record_index
from xingtu.server.reconciliation.manifest import BATCH, write_manifest
from xingtu.server.reconciliation.matching import match
from xingtu.server.reconciliation.previews import flyout
from xingtu.server.reconciliation.properties import Json
from xingtu.server.reconciliation.queries import MalformedEntry, read_stable
from xingtu.server.reconciliation.replies import language, read_json, reply
from xingtu.server.reconciliation.showing import language_of, write_candidate
from xingtu.server.reconciliation.views import KIND, VIEWS, make_blueprint

PATH: Final = "/reconcile"
_FORMS: Final = {"application/x-www-form-urlencoded", "multipart/form-data", ""}

blueprint = make_blueprint("reconciliation")


@blueprint.url_value_preprocessor
def choose_tongue(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Note the language of the path, if it has one."""
    g.tongue = (values or {}).pop("tongue", None)
    if g.tongue:
        g.language = g.tongue


def reconcile() -> Response:
    """Answer a batch of queries, a data extension query, or, without either, the manifest."""
    if request.method == "POST" and request.mimetype not in _FORMS:
        raise UnsupportedBody("queries come as a form, in the element `queries`")
    given = request.values
    if "queries" in given:
        return reply(_answer_batch(read_json(given["queries"], "`queries`")))
    if "query" in given:
        return reply(_answer(_read_single(given["query"])))
    if "extend" in given:
        return reply(_extend(read_json(given["extend"], "`extend`")))
    if request.method == "POST":
        raise InvalidRequest("the form has no element `queries` and none `extend`")
    base: str = current_app.config["BASE"]
    service = base + PATH + (f"/{g.tongue}" if g.tongue else "")
    return reply(write_manifest(base, service, language()))


def fly_out(kind: str, identifier: str) -> Response:
    """Show something suggested in a few lines of HTML."""
    return reply(flyout(kind, identifier, record_index(), language()))


def _answer_batch(batch: object) -> Json:
    if not isinstance(batch, dict):
        raise InvalidRequest("`queries` is not a JSON object of queries")
    if len(batch) > BATCH:
        raise BodyTooLarge(f"the batch has {len(batch)} queries, of {BATCH} allowed")
    return {key: _answer(entry) for key, entry in batch.items()}


def _answer(entry: object) -> Json:
    """Answer one query; one that is malformed has no candidates, and says why."""
    try:
        query = read_stable(entry)
        found = match(query, record_index())
    except MalformedEntry as error:
        return {"result": [], "error": str(error)}
    lang = language(language_of(query.name))
    return {"result": [write_candidate(each, lang) for each in found]}


def _read_single(text: str) -> object:
    """Read the one query of version 0.1: JSON, or a name as it is."""
    return read_json(text, "`query`") if text.lstrip().startswith("{") else {"query": text}


def _extend(document: object) -> Json:
    extension = read_extension(document)
    lang = language()
    rows = extend(extension, record_index(), lang)
    return {
        "meta": describe_columns(extension, rows, lang),
        "rows": {each: {cell["id"]: cell["values"] for cell in cells} for each, cells in rows},
    }


_VIEWS: Final = VIEWS | {f"/flyout/{KIND}/<identifier>": fly_out}
for _start in (PATH, f"{PATH}/<any(en,zh):tongue>"):
    blueprint.add_url_rule(
        _start, view_func=reconcile, methods=["GET", "POST"], strict_slashes=False
    )
    for _rule, _view in _VIEWS.items():
        blueprint.add_url_rule(_start + _rule, view_func=_view)
