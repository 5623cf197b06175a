"""The door at `/mcp`: Streamable HTTP (MCP 2025-11-25 and 2026-07-28), without sessions."""

import asyncio
from collections.abc import Callable, MutableMapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from xingtu.server.errors import BodyTooLarge, MethodNotAllowed, NotFound, RefusedOperation
from xingtu.server.http.answers import options
from xingtu.server.http.message import Request, Response
from xingtu.server.operation.authority import origin_of

if TYPE_CHECKING:
    from flask import Flask
    from mcp.server.lowlevel import Server

ALLOW: Final = "POST, OPTIONS"
LARGEST_BODY: Final = 256 * 1024  # bytes; a query has 64 Ki characters at most
_OURS: Final = {"content-length", "date"}  # which the front and uvicorn set


class McpEndpoint:
    """Answers messages of the Model Context Protocol, one by one, each whole and as JSON.

    Nothing is kept from one request to the next, so there is nothing that clients could fill. A
    server that has nothing to say unasked answers GET by 405, as the protocol lets it.

    Args:
        make_app: Makes the application that the tools ask; called when the first client comes.
        base: The public URL, whose pages may ask.
        origins: Other sites whose pages may ask; programs that are no browsers always may.
    """

    def __init__(
        self, make_app: "Callable[[], Flask]", base: str, origins: tuple[str, ...] = ()
    ) -> None:
        self._make_app = make_app
        self._base = base
        self._origins = {origin_of(url) for url in (base, *origins)}
        self._server: Server[Any] | None = None
        self._lock = Lock()

    async def __call__(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            NotFound, MethodNotAllowed, RefusedOperation, BodyTooLarge: before the protocol is read.
        """
        if request.path.strip("/").count("/"):
            raise NotFound("nothing is below this path")
        if request.method == "OPTIONS":
            return options(ALLOW)
        if request.method != "POST":
            raise MethodNotAllowed(ALLOW)
        self._refuse_other_sites(request)
        if len(request.body) > LARGEST_BODY:
            raise BodyTooLarge(f"a message has {LARGEST_BODY} bytes at most")
        return await self._exchange(request)

    def _refuse_other_sites(self, request: Request) -> None:
        """Refuse pages of other sites, whatever name they have given our address (DNS rebinding).

        MCP, "Transports", Security Warning. Host is not looked at: behind a proxy it may be any,
        and it changes no answer.
        """
        origin = request.headers.get("origin")
        if origin is not None and origin_of(origin) not in self._origins:
            raise RefusedOperation("pages of this site may not ask here; see --mcp-origins")

    async def _exchange(self, request: Request) -> Response:
        server = await asyncio.to_thread(self._open)
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=LARGEST_BODY
        )
        async with manager.run():
            return await _call(manager.handle_request, request)

    def _open(self) -> "Server[Any]":
        with self._lock:
            if self._server is None:
                from xingtu.server.mcp.service import make_server

                self._server = make_server(self._make_app(), self._base)
            return self._server


async def _call(app: Any, request: Request) -> Response:
    """Call an ASGI application (ASGI 3, HTTP), and gather its response."""
    response = Response(500)
    chunks: list[bytes] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            named = (
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message["headers"]
            )
            response.headers = [item for item in named if item[0].lower() not in _OURS]
        else:
            chunks.append(message.get("body", b""))

    await app(_scope_of(request), receive, send)
    response.headers.append(("Cache-Control", "no-store"))
    response.body = b"".join(chunks)
    return response


def _scope_of(request: Request) -> dict[str, Any]:
    fields = [
        (name.encode("latin-1"), text.encode("latin-1")) for name, text in request.headers.items()
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": request.query_string,
        "headers": fields,
        "client": (request.client, 0),
        "server": None,
    }
