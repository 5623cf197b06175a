"""The tools: which there are, and how one is called."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any, Final

import mcp_types as types
from flask import Flask
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ValidationError

from xingtu.server.mcp.answers import LARGEST, Answer, brief, write_json
from xingtu.server.mcp.entities import describe_entity
from xingtu.server.mcp.evidence import fetch_evidence
from xingtu.server.mcp.finding import find_entity
from xingtu.server.mcp.querying import run_query
from xingtu.server.mcp.questions import find_questions
from xingtu.server.mcp.schema import describe_schema, describe_term
from xingtu.server.mcp.teaching import teach, teach_arguments
from xingtu.server.problems import STATUSES

_ERROR: Final = 4_000  # characters
_READ_ONLY: Final = {"read_only_hint": True, "idempotent_hint": True, "destructive_hint": False}


def _tool(function: Callable[..., Any], title: str, *, open_world: bool = False) -> Tool:
    return Tool.from_function(
        function,
        title=title,
        description=(getdoc(function) or "").partition("\n\nRaises:")[0],
        annotations=ToolAnnotations(title=title, open_world_hint=open_world, **_READ_ONLY),
    )


TOOLS: Final = {
    tool.name: tool
    for tool in (
        _tool(describe_schema, "How the graph is made"),
        _tool(describe_term, "A class or property"),
        _tool(find_entity, "Find a thing by name"),
        _tool(describe_entity, "What is said of a thing"),
        _tool(find_questions, "Example questions"),
        _tool(run_query, "Run a SPARQL query", open_world=True),
        _tool(fetch_evidence, "Who says so, and where"),
    )
}


async def call_tool(app: Flask, tool: Tool, arguments: dict[str, Any]) -> CallToolResult:
    """Call a tool, and answer by its text and data, or by what was wrong with the call.

    Args:
        app: The pages' application, whose configuration says what the tools ask.
        tool: One of `TOOLS`.
        arguments: As the client sent them.
    """
    if unknown := arguments.keys() - tool.parameters["properties"].keys():
        known = ", ".join(tool.parameters["properties"]) or "none"
        return _refuse(f"no argument {min(unknown)[:80]!r}; {tool.name} has: {known}")
    try:
        given = tool.fn_metadata.validate_arguments(arguments)
        with app.app_context():
            answer: Answer = await tool.fn_metadata.call_fn(tool.fn, tool.is_async, given)
    except ValidationError as error:
        return _refuse(teach_arguments(error))
    except tuple(STATUSES) as error:
        return _refuse(teach(error, arguments))
    return _respond(answer)


def describe_tool(tool: Tool) -> types.Tool:
    """Describe a tool to clients."""
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=_untitled(tool.parameters),
        output_schema=_untitled(tool.output_schema),
        annotations=tool.annotations,
    )


def _untitled(schema: Any) -> Any:
    """Leave out of a JSON schema the titles, which say no more than the names do."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    texts = {"title"} if isinstance(schema.get("title"), str) else set()
    return {name: _untitled(value) for name, value in schema.items() if name not in texts}


def _respond(answer: Answer) -> CallToolResult:
    data = answer.model_dump(mode="json", exclude_none=True)
    if max(len(answer.text), len(write_json(data))) > LARGEST:
        return _refuse(f"The answer has more than {LARGEST:,} characters: ask for less of it.")
    content = [TextContent(text=answer.text)]
    return CallToolResult(content=list(content), structured_content=data)


def _refuse(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=brief(text, _ERROR))], is_error=True)
