"""HTTP/1.1 connections that answer most requests themselves, past the messages of ASGI.

A request without a body needs none of what ASGI is for, which costs as much as a lookup does.
"""

import asyncio
from functools import lru_cache
from time import monotonic
from typing import Any, Final, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from xingtu.server.http.body import Send
from xingtu.server.http.front import CLIENT_LEFT, Front, headers_of
from xingtu.server.http.message import Request, Response
from xingtu.server.operation.guard import GuardedProtocol

_SMALL: Final = 256 * 1024  # bytes; more is sent in the client's time


class DirectProtocol(GuardedProtocol):
    """A guarded connection that asks the front itself for what has no body."""

    def __init__(self, *args: Any, front: Front, **options: Any) -> None:
        super().__init__(*args, **options)
        self._front = front
        self._work: asyncio.Task[Any] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the work for a client that has left."""
        super().connection_lost(exc)
        if self._work is not None:
            self._work.cancel()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if cycle.scope["method"] not in {"GET", "HEAD"}:
            return super()._start_asgi_task(cycle, app)
        start, front = monotonic(), self._front
        request = front.read_head(cycle.scope)
        response = front.refuse(request) or front.recall(request)
        if response is not None and self._write(cycle, request, response):
            return front.observe(request, response, start)

        async def answer(*_: object) -> None:
            await self._answer(cycle, request, response, start)

        return super()._start_asgi_task(cycle, answer)

    async def _answer(
        self, cycle: RequestResponseCycle, request: Request, response: Response | None, start: float
    ) -> None:
        self._work = asyncio.current_task()
        try:
            response = response or await self._front.work(request)
            if not self._write(cycle, request, response):
                await self._front.send(request, response, cast(Send, cycle.send))
        except asyncio.CancelledError:
            response = CLIENT_LEFT
            if not cycle.disconnected:
                raise
        finally:
            self._work = None
            if response is not None:
                self._front.observe(request, response, start)

    def _write(self, cycle: RequestResponseCycle, request: Request, response: Response) -> bool:
        """Send a response at once; False if it is too large, or the client takes nothing now."""
        body = response.body
        if not isinstance(body, bytes) or len(body) > _SMALL or self.flow.write_paused:
            return False
        if not cycle.disconnected:
            self.transport.write(
                self._head(cycle, response) + (b"" if request.method == "HEAD" else body)
            )
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def _head(self, cycle: RequestResponseCycle, response: Response) -> bytes:
        headers = [*cycle.default_headers, *headers_of(response)]
        if not cycle.keep_alive:
            headers.append((b"connection", b"close"))
        return b"".join([STATUS_LINE[response.status], *map(_line, headers), b"\r\n"])


@lru_cache(1024)
def _line(header: tuple[bytes, bytes]) -> bytes:
    """Write a header field.

    Raises:
        ValueError: if what the data or a client says would end it.
    """
    line = b"%s: %s\r\n" % header
    if line.count(b"\r") != 1 or line.count(b"\n") != 1:
        raise ValueError("a header field has a line break")
    return line
