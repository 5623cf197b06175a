"""What a client may put before a model by itself: the overview, and the stored questions."""

import asyncio
from typing import Any, Final

from flask import Flask
from mcp import MCPError
from mcp_types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from xingtu.server.errors import NotFound
from xingtu.server.mcp.questions import find_questions
from xingtu.server.mcp.schema import describe_schema

SCHEMA: Final = "xingtu://schema"
QUESTIONS: Final = "xingtu://questions"
_ALL: Final = 100
_RESOURCES: Final = (
    Resource(uri=SCHEMA, name="schema", title="How the graph is made", mime_type="text/plain"),
    Resource(uri=QUESTIONS, name="questions", title="Example questions", mime_type="text/plain"),
)
_TEMPLATE: Final = ResourceTemplate(
    uri_template=QUESTIONS + "/{name}",
    name="question",
    title="An example question in SPARQL",
    mime_type="application/sparql-query",
)


def handlers(app: Flask) -> dict[str, Any]:
    """Give the handlers of requests about resources, for `Server`; `app` is as there."""

    async def list_resources(_context: object, _params: object) -> ListResourcesResult:
        return ListResourcesResult(resources=[*_RESOURCES])

    async def list_templates(_context: object, _params: object) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=[_TEMPLATE])

    async def read(_context: object, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(params.uri)
        try:
            with app.app_context():
                text, media_type = await asyncio.to_thread(_read, uri)
        except NotFound as error:
            raise MCPError(INVALID_PARAMS, str(error)) from error
        contents = TextResourceContents(uri=uri, text=text, mime_type=media_type)
        return ReadResourceResult(contents=[contents])

    return {
        "on_list_resources": list_resources,
        "on_list_resource_templates": list_templates,
        "on_read_resource": read,
    }


def _read(uri: str) -> tuple[str, str]:
    """Give the text of a resource, and its media type."""
    if uri == SCHEMA:
        return describe_schema().text, "text/plain"
    if uri == QUESTIONS:
        return find_questions(limit=_ALL).text, "text/plain"
    start, _, name = uri.rpartition("/")
    if start != QUESTIONS:
        raise NotFound(f"there is {SCHEMA}, {QUESTIONS} and {QUESTIONS}/NAME")
    return find_questions(name=name).examples[0].query, "application/sparql-query"
