"""From HTTP to the endpoints and back: as an ASGI application, or called by `direct.py`.

A client costs no thread, however slowly it sends or reads, and one that goes away takes its query
with it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final, Protocol

from xingtu.server.engine.lease import Lease, Returned
from xingtu.server.http.body import Receive, Send, receive_body, send_body
from xingtu.server.http.head import headers_of
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.http.page import show_problem
from xingtu.server.problems import STATUSES, problem_response

Scope = Mapping[str, Any]
Gate = Callable[[Request], None]
Recall = Callable[[Request], Response | None]
Observer = Callable[[Request, Response, float], None]

_GRACE: Final = 0.1  # seconds; only for what takes longer do we watch whether the client is there
MERCY: Final = 1.0  # seconds a worker has to end what nobody waits for; a new one is dearer

CLIENT_LEFT: Final = Response(499, notes={"outcome": "client left"})


class Lender(Protocol):
    """What serves connections of clients that ask much; see `engine/lease.py`."""

    @property
    def may_lend(self) -> bool:
        """Whether there is room for one more."""

    async def lend(self, lease: Lease) -> Returned:
        """Have a connection served, until it is given back.

        Raises:
            Exception: what ended the worker.
        """


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
        recalls: Give the response to a request to an endpoint that is kept, if it is.
        lender: Has whole connections served elsewhere.
    """

    endpoints: Mapping[str, Endpoint]
    pages: Endpoint
    base: str
    allowance: Allowance = Allowance()
    client_of: Callable[[Scope], str] = lambda scope: (scope.get("client") or ("",))[0]
    gates: Sequence[Gate] = ()
    charge: Callable[[str, float], None] = lambda client, seconds: None
    observers: Sequence[Observer] = ()
    recalls: Mapping[str, Recall] = field(default_factory=dict)
    lender: Lender | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3, HTTP)."""
        if scope["type"] != "http":
            return
        start = monotonic()
        request = self.read_head(scope)
        response = self.refuse(request) or await self._answer(request, receive)
        try:
            await self.send(request, response, send)
        finally:
            self.observe(request, response, monotonic() - start)

    def read_head(self, scope: Scope) -> Request:
        """Make a request of an ASGI scope, its body not yet read."""
        headers, client = read_headers(scope["headers"]), self.client_of(scope)
        return Request(
            scope["method"], scope["path"], scope["query_string"], headers, b"", client, self.base
        )

    def refuse(self, request: Request) -> Response | None:
        """Give what a gate says against a request, None if it may pass."""
        try:
            for gate in self.gates:
                gate(request)
        except tuple(STATUSES) as error:
            return problem_response(error)
        return None

    def recall(self, request: Request) -> Response | None:
        """Give the response to a request if it is kept."""
        recall = self.recalls.get(_first_segment(request.path))
        return None if recall is None else recall(request)

    async def work(self, request: Request) -> Response:
        """Have a request answered; its body has been read."""
        start, first = monotonic(), _first_segment(request.path)
        try:
            return await self.endpoints.get(first, self.pages)(request)
        except tuple(STATUSES) as error:
            problem = problem_response(error)
            return show_problem(problem, request) if first == "sparql" else problem
        finally:
            self.charge(request.client, monotonic() - start)

    def observe(self, request: Request, response: Response, seconds: float) -> None:
        """Tell the observers of a response that has been sent, or could not be."""
        for observe in self.observers:
            observe(request, response, seconds)

    async def _answer(self, request: Request, receive: Receive) -> Response:
        watch = _Watch(receive)
        try:
            if request.method not in {"GET", "HEAD"}:
                await self._read_body(request, receive)
            with watch:
                return self.recall(request) or await self.work(request)
        except tuple(STATUSES) as error:
            return problem_response(error)
        except asyncio.CancelledError:
            if not watch.client_left:
                raise
            return CLIENT_LEFT

    async def _read_body(self, request: Request, receive: Receive) -> None:
        declared = request.headers.get("content-length", "")
        allowed = self.allowance
        request.body = await receive_body(receive, declared, allowed.body, allowed.body_seconds)

    async def send(self, request: Request, response: Response, send: Send) -> None:
        """Send a response, in the time of the client."""
        headers = headers_of(response)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        body = response.body
        if request.method == "HEAD":
            if isinstance(body, Path):
                body.unlink()
            body = b""
        await send_body(send, body, self.allowance.send_seconds)


def read_headers(fields: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Decode header fields; repeated ones are one list (RFC 9110 §5.3)."""
    headers: dict[str, str] = {}
    for raw, value in fields:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def _first_segment(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]  # "*" has no slash


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
        await asyncio.sleep(MERCY)
        assert self._task is not None
        self._task.cancel()
