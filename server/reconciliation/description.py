"""The paths of the service for the OpenAPI document (`operation/openapi.py`)."""

from typing import Any, Final

from xingtu.server.reconciliation.extending import IDS, PROPERTIES
from xingtu.server.reconciliation.manifest import BATCH
from xingtu.server.reconciliation.suggesting import KINDS

Json = dict[str, Any]

_TEXT: Final[Json] = {"type": "string"}
_NUMBER: Final[Json] = {"type": "integer", "minimum": 0}
_PROBLEM: Final[Json] = {"$ref": "#/components/responses/Problem"}
_KIND: Final[Json] = {"type": "string", "enum": [*KINDS]}
_LANGUAGE: Final[Json] = {"type": "string", "enum": ["en", "zh"]}
_CALLBACK: Final = ("callback", _TEXT, "A JavaScript function, for JSONP.")
_TONGUE: Final = ("lang", _LANGUAGE, "The language of names, in place of Accept-Language.")
_ELEMENTS: Final[Json] = {
    "queries": {
        "type": "string",
        "contentMediaType": "application/json",
        "examples": ['{"q0": {"query": "Tianwen-3", "type": "Mission"}}'],
    },
    "extend": {
        "type": "string",
        "contentMediaType": "application/json",
        "examples": ['{"ids": ["tianwen-3"], "properties": [{"id": "wikidata"}]}'],
    },
}
_MATCHING: Final[Json] = {
    "type": "object",
    "required": ["queries"],
    "properties": {"queries": {"type": "array", "items": {}, "maxItems": BATCH}},
}
_EXTENDING: Final[Json] = {
    "type": "object",
    "required": ["ids", "properties"],
    "properties": {
        "ids": {"type": "array", "items": _TEXT, "maxItems": IDS},
        "properties": {
            "type": "array",
            "items": {"type": "object", "required": ["id"], "properties": {"id": _TEXT}},
            "maxItems": PROPERTIES,
        },
    },
}


def describe_paths() -> Json:
    """Describe the paths of both versions of the Reconciliation Service API.

    Returns:
        The path items of OpenAPI, by path.
    """
    stable, draft = "/reconcile", "/reconcile/v1"
    return {
        stable: {
            "get": _ask("reconcile", "Manifest, or queries (0.2).", *_ELEMENTS),
            "post": _form(),
        },
        f"{stable}/flyout/{{kind}}/{{id}}": _flyout(),
        draft: {"get": _ask("draftManifest", "Manifest (1.0-draft).")},
        f"{draft}/match": {"post": _send("match", "Answer a batch of queries.", _MATCHING)},
        f"{draft}/extend": {"post": _send("extend", "Fetch values of properties.", _EXTENDING)},
        **_shared(stable, ""),
        **_shared(draft, "Draft"),
    }


def _shared(path: str, mark: str) -> Json:
    suggest = _ask(
        f"suggest{mark}", "Suggest by the start of a name.", "prefix", "cursor", "offset", "limit"
    )
    suggest["parameters"].append(_parameter("kind", _KIND, "Of what.", "path"))
    preview = _ask(f"preview{mark}", "A thing in a frame.", "id", media_type="text/html")
    preview["responses"]["404"] = preview["responses"]["200"]
    return {
        f"{path}/suggest/{{kind}}": {"get": suggest},
        f"{path}/preview": {"get": preview},
        f"{path}/extend/propose": {
            "get": _ask(f"propose{mark}", "Propose properties.", "type", "limit")
        },
    }


def _flyout() -> Json:
    operation = _ask("flyout", "A thing, type or property in a few lines of HTML.")
    operation["parameters"] += [
        _parameter("kind", _KIND, "Of what.", "path"),
        _parameter("id", _TEXT, "Its identifier.", "path"),
    ]
    return {"get": operation}


def _form() -> Json:
    schema = {"type": "object", "properties": _ELEMENTS}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return _operation("postReconcile", "Answer queries (0.2).", "application/json") | {
        "parameters": [_parameter(*_TONGUE)],
        "requestBody": {"required": True, "content": content},
    }


def _send(identifier: str, summary: str, schema: Json) -> Json:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return _operation(identifier, summary, "application/json") | {"requestBody": body}


def _ask(identifier: str, summary: str, *names: str, media_type: str = "application/json") -> Json:
    numbers = {"cursor", "offset", "limit"}
    own = [_parameter(name, _NUMBER if name in numbers else _TEXT) for name in names]
    media_types = (
        (media_type, "application/javascript") if media_type != "text/html" else (media_type,)
    )
    further = [_parameter(*each) for each in (_TONGUE, _CALLBACK)[: len(media_types)]]
    return _operation(identifier, summary, *media_types) | {"parameters": own + further}


def _operation(identifier: str, summary: str, *media_types: str) -> Json:
    answer = {"description": summary, "content": {each: {} for each in media_types}}
    return {
        "operationId": identifier,
        "summary": summary,
        "responses": {"200": answer, "default": _PROBLEM},
    }


def _parameter(name: str, schema: Json, text: str = "", place: str = "query") -> Json:
    described = {"description": text} if text else {}
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "schema": schema, **described, **required}
