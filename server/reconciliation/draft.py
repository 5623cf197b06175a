"""Version 1.0-draft of the Reconciliation Service API at `/reconcile/v1`.

Source: https://reconciliation-api.github.io/specs/1.0-draft/
"""

from typing import Any, Final

from flask import Response, current_app, request

from xingtu.server.errors import BodyTooLarge, InvalidRequest, UnsupportedBody
from xingtu.server.pages.language import LANGUAGES
from xingtu.server.reconciliation.extending import describe_columns, extend, read_extension
from xingtu.server.reconciliation.index import record_index
from xingtu.server.reconciliation.manifest import BATCH, write_draft_manifest
from xingtu.server.reconciliation.matching import match
from xingtu.server.reconciliation.properties import Json
from xingtu.server.reconciliation.queries import MalformedEntry, read_draft
from xingtu.server.reconciliation.replies import language, read_json, reply
from xingtu.server.reconciliation.showing import language_of, write_draft_candidate
from xingtu.server.reconciliation.views import VIEWS, make_blueprint

PATH: Final = "/reconcile/v1"

blueprint = make_blueprint("reconciliation_draft")
for _rule, _view in VIEWS.items():
    blueprint.add_url_rule(PATH + _rule, view_func=_view)


@blueprint.get(PATH, strict_slashes=False)
def show_manifest() -> Response:
    """Show the manifest."""
    return reply(write_draft_manifest(current_app.config["BASE"], language()))


@blueprint.post(f"{PATH}/match")
def reconcile() -> Response:
    """Answer a batch of queries, in their order."""
    batch = _read_body()
    queries = batch.get("queries") if isinstance(batch, dict) else None
    if not isinstance(queries, list):
        raise InvalidRequest("the batch is no JSON object with an array `queries`")
    if len(queries) > BATCH:
        raise BodyTooLarge(f"the batch has {len(queries)} queries, of {BATCH} allowed")
    return reply({"results": [_answer(each) for each in queries]})


@blueprint.post(f"{PATH}/extend")
def extend_data() -> Response:
    """Fetch the values of properties."""
    extension = read_extension(_read_body())
    lang = language()
    rows = extend(extension, record_index(), lang)
    return reply(
        {
            "meta": describe_columns(extension, rows, lang),
            "rows": [{"id": identifier, "properties": cells} for identifier, cells in rows],
        }
    )


def _answer(entry: object) -> Json:
    """Answer one query; one that is malformed has no candidates, and says why."""
    try:
        query = read_draft(entry)
        found = match(query, record_index())
    except MalformedEntry as error:
        return {"candidates": [], "error": str(error)}
    told = (query.language or "").partition("-")[0]
    lang = language(told if told in LANGUAGES else language_of(query.name))
    return {"candidates": [write_draft_candidate(each, lang) for each in found]}


def _read_body() -> Any:
    if not request.is_json:
        raise UnsupportedBody("the body is a JSON document: `Content-Type: application/json`")
    return read_json(request.get_data(), "the body")
