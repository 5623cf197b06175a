"""The door of `xingtu mcp`: standard input and output (MCP, "Transports", stdio)."""

from dataclasses import replace
from typing import Final

from mcp.server.stdio import stdio_server

from xingtu.server.mcp.service import make_server
from xingtu.server.opening import make_application, open_engine
from xingtu.server.operation.settings import Settings

_WORKERS: Final = 2  # for one client


async def serve(settings: Settings) -> None:
    """Serve one client until it closes our standard input.

    Args:
        settings: What to serve, and its limits.

    Raises:
        MissingDataset, MalformedData, StoreUnusable, OSError: if it cannot start.
    """
    settings = replace(settings, workers=_WORKERS, long_queries=_WORKERS)
    engine = await open_engine(settings, settings.base(settings.port))
    try:
        application = make_application(settings, engine, settings.base(settings.port))
        server = make_server(application.site, settings.public_url or None)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())
    finally:
        await engine.close()
