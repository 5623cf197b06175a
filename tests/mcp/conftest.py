"""Fixtures of the tests of the Model Context Protocol: clients of the SDK, and calls of tools."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.server.lowlevel import Server
from mcp_types import CallToolResult
from pyoxigraph import Store

from xingtu.server.application import Application
from xingtu.server.engine.local import LocalEngine
from xingtu.server.mcp.answers import LARGEST
from xingtu.server.mcp.service import make_server

BASE = "https://xingtu.example"


def serve(store: Store, articles: Path | None = None) -> Server[Any]:
    """Make a server over a store in memory."""
    return make_server(Application(LocalEngine(store), BASE, articles=articles).site)


def with_client(server: Any, use: Callable[[Client], Any]) -> Any:
    """Connect a client, and give what is made of it."""

    async def run() -> Any:
        async with Client(server) as client:
            return await use(client)

    return asyncio.run(run())


def text_of(result: CallToolResult) -> str:
    """Give the text of an answer, which is never over its size, nor is the data."""
    (content,) = result.content
    data = json.dumps(result.structured_content or {}, ensure_ascii=False, separators=(",", ":"))
    assert len(content.text) <= LARGEST
    assert len(data) <= LARGEST
    return content.text


class Tools:
    """Calls tools; each answer is checked for its size, and by the client against its schema."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def use(self, use: Callable[[Client], Any]) -> Any:
        """Connect a client, and give what is made of it."""
        return with_client(self.server, use)

    def call(self, tool: str, /, **arguments: Any) -> CallToolResult:
        result = self.use(lambda client: client.call_tool(tool, arguments))
        text_of(result)
        return result

    def data(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """Call one that answers, and give the data."""
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        return result.structured_content

    def text(self, tool: str, /, **arguments: Any) -> str:
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        return text_of(result)

    def error(self, tool: str, /, **arguments: Any) -> str:
        """Call one that refuses, and give what it says."""
        result = self.call(tool, **arguments)
        assert result.is_error, text_of(result)
        return text_of(result)


@pytest.fixture(scope="session")
def make_tools() -> Callable[..., Tools]:
    """Make the tools over a store."""
    return lambda store, articles=None: Tools(serve(store, articles))


@pytest.fixture(scope="session")
def tools(packaged_store: Store) -> Tools:
    """The tools over the packaged graph, without the texts of the articles."""
    return Tools(serve(packaged_store))
