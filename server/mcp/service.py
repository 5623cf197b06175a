"""The server of the Model Context Protocol, which both doors put before their clients."""

import logging
from importlib.metadata import version
from typing import Any

from flask import Flask
from mcp import MCPError
from mcp.server.lowlevel import Server
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
)

from xingtu.server.mcp import prompts, resources
from xingtu.server.mcp.terms import nearest
from xingtu.server.mcp.texts import read_text
from xingtu.server.mcp.tools import TOOLS, call_tool, describe_tool


def make_server(app: Flask, website: str | None = None) -> Server[Any]:
    """Make the server.

    Args:
        app: The pages' application, with `SPARQL`, the endpoint, in its configuration.
        website: The public URL, if there is one.
    """
    logging.getLogger("mcp").setLevel(logging.ERROR)  # it warns of all that clients do wrong

    async def list_tools(_context: object, _params: object) -> ListToolsResult:
        return ListToolsResult(tools=[describe_tool(tool) for tool in TOOLS.values()])

    async def call(_context: object, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in TOOLS:
            near = nearest(params.name, {name: name for name in TOOLS}) or [*TOOLS]
            message = f"there is no tool {params.name[:80]!r}; there is {', '.join(near)}"
            raise MCPError(INVALID_PARAMS, message)
        return await call_tool(app, TOOLS[params.name], params.arguments or {})

    return Server(
        "xingtu",
        title="Xingtu 星图",
        version=version("xingtu"),
        instructions=read_text("instructions"),
        website_url=website,
        get_tool_input_schema=_schema_of,
        on_list_tools=list_tools,
        on_call_tool=call,
        **resources.handlers(app),
        **prompts.handlers(),
    )


def _schema_of(name: str) -> dict[str, Any] | None:
    return TOOLS[name].parameters if name in TOOLS else None
