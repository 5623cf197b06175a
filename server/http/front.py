"""The ASGI application: HTTP in, requests to the endpoints, responses out.

A client costs no thread, however slowly it sends or reads, and one that goes away takes its query
with it.
"""

import asyncio
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

from xingtu.server.http.body import Receive, Send, receive_body, send_body
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.problems import STATUSES, problem_response

Scope = MutableMapping[str, Any]
Gate = Callable[[Request], None]
Observer = Callable[[Request, Response, float], None]

_GRACE: Final = 0.1  # seconds; only for what takes longer do we watch whether the client is there

# Open to scripts of any site, never with credentials; our pages closed to other sites'.
COMMON_HEADERS: Final = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "*"),
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-content-type-options", "nosniff"),
)
_COMMON: Final = [(name.encode(), value.encode()) for name, value in COMMON_HEADERS]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may send, in bytes, and how slowly, in seconds."""

    body: int = 64 << 20
    body_seconds: float = 30.0
    send_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Front:
    """Takes HTTP requests to the endpoints.

    Args:
        endpoints: By the first segment of their path.
        pages: The endpoint of all other paths.
        base: The public URL of the server, without a slash at the end.
        allowance: What a client may do.
        client_of: Gives the address of the client.
        gates: Are asked before each request is served, and raise to refuse it.
        charge: Is told of each client the seconds of work it has cost.
        observers: Are told of each request, its response and the seconds it took in all.
    """

    endpoints: Mapping[str, Endpoint]
    pages: Endpoint
    base: str
    allowance: Allowance = Allowance()
    client_of: Callable[[Scope], str] = lambda scope: (scope.get("client") or ("",))[0]
    gates: Sequence[Gate] = ()
    charge: Callable[[str, float], None] = lambda client, seconds: None
    observers: Sequence[Observer] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3, HTTP)."""
        if scope["type"] != "http":
            return
        start = monotonic()
        request = self._read_head(scope)
        response = await self._answer(request, receive)
        try:
            await self._respond(request, response, send)
        finally:
            for observe in self.observers:
                observe(request, response, monotonic() - start)

    def _read_head(self, scope: Scope) -> Request:
        headers: dict[str, str] = {}
        for raw, value in scope["headers"]:
            name = raw.decode("latin-1")
            given = headers.get(name)  # repeated ones are one list (RFC 9110 §5.3)
            text = value.decode("latin-1")
            headers[name] = text if given is None else f"{given}, {text}"
        client = self.client_of(scope)
        return Request(
            scope["method"], scope["path"], scope["query_string"], headers, b"", client, self.base
        )

    async def _answer(self, request: Request, receive: Receive) -> Response:
        first = request.path.removeprefix("/").partition("/")[0]  # "*" has no slash
        endpoint = self.endpoints.get(first, self.pages)
        watch = _Watch(receive)
        try:
            for gate in self.gates:
                gate(request)
            if request.method not in {"GET", "HEAD"}:
                await self._read_body(request, receive)
            return await self._work(endpoint, request, watch)
        except tuple(STATUSES) as error:
            return problem_response(error)
        except asyncio.CancelledError:
            if not watch.client_left:
                raise
            return Response(499, notes={"outcome": "client left"})

    async def _work(self, endpoint: Endpoint, request: Request, watch: "_Watch") -> Response:
        start = monotonic()
        try:
            with watch:
                return await endpoint(request)
        finally:
            self.charge(request.client, monotonic() - start)

    async def _read_body(self, request: Request, receive: Receive) -> None:
        declared = request.headers.get("content-length", "")
        allowed = self.allowance
        request.body = await receive_body(receive, declared, allowed.body, allowed.body_seconds)

    async def _respond(self, request: Request, response: Response, send: Send) -> None:
        body = response.body
        length = len(body) if isinstance(body, bytes) else body.stat().st_size
        response.notes["bytes"] = str(length)  # a file is gone when this is read
        headers = [(name.lower().encode(), value.encode()) for name, value in response.headers]
        if response.status not in {204, 304}:
            headers.append((b"content-length", b"%d" % length))
        given = {name for name, _ in headers}  # a page may be stricter, or open to be embedded
        headers += [item for item in _COMMON if item[0] not in given]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if request.method == "HEAD":
            if isinstance(body, Path):
                body.unlink()
            body = b""
        await send_body(send, body, self.allowance.send_seconds)


class _Watch:
    """Cancels the task it is entered in when the client leaves."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._watching: asyncio.Task[None] | None = None
        self.client_left = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._timer = self._loop.call_later(_GRACE, self._start)

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()

    def _start(self) -> None:
        self._watching = self._loop.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.client_left = True
        assert self._task is not None
        self._task.cancel()
