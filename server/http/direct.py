"""HTTP/1.1 connections that answer most requests themselves, past the messages of ASGI.

A request without a body needs none of what ASGI is for, which costs as much as a lookup does. A
connection that asks one query after the other is lent to a worker; see `engine/lease.py`.
"""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, Final, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from xingtu.server.engine.lease import Begun, Ended, Lease, Returned
from xingtu.server.http.body import Send, send_body
from xingtu.server.http.front import CLIENT_LEFT, MERCY, Front
from xingtu.server.http.head import write_head
from xingtu.server.http.message import Request, Response
from xingtu.server.http.relay import is_query
from xingtu.server.operation.guard import GuardedProtocol
from xingtu.server.problems import STATUSES, problem_response

_SMALL: Final = 256 * 1024  # bytes; more is sent in the client's time
_BUSY: Final = 3  # queries, one after the other, after which a connection is lent
_LONG_AGO: Final = 20  # and after which a long one is forgiven


class DirectProtocol(GuardedProtocol):
    """A guarded connection that asks the front itself for what has no body."""

    def __init__(self, *args: Any, front: Front, **options: Any) -> None:
        super().__init__(*args, **options)
        self._front = front
        self._work: asyncio.Task[Any] | None = None
        self._queries = 0
        self._between = True  # no request has begun that is not complete
        self._lease: Lease | None = None
        self._was_lent = False
        self._ending = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the work for a client that has left, unless it is done in a moment."""
        if self._was_lent:
            self._hang_up()
        super().connection_lost(exc)
        if self._work is not None:
            self.loop.call_later(MERCY, self._work.cancel)

    def shutdown(self) -> None:
        """Close when the requests under way are answered."""
        self._ending = True
        if self._lease is None:
            super().shutdown()
        else:
            self._lease.ask_back()

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin the next request, or lend the connection of a client that asks much."""
        super().on_response_complete()
        lender = self._front.lender
        if self._queries >= _BUSY and lender is not None and lender.may_lend:
            self.loop.call_soon(self._lend)  # what has arrived already is read first

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if cycle.scope["method"] not in {"GET", "HEAD"}:
            self._queries = min(self._queries, 0)
            return super()._start_asgi_task(cycle, app)
        start, front = monotonic(), self._front
        request = front.read_head(cycle.scope)
        self._queries = self._queries + 1 if is_query(request) else min(self._queries, 0)
        response = front.refuse(request) or front.recall(request)
        if response is not None and self._write(cycle, request, response):
            return front.observe(request, response, monotonic() - start)

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
                self._front.observe(request, response, monotonic() - start)

    def _write(self, cycle: RequestResponseCycle, request: Request, response: Response) -> bool:
        """Send a response at once; False if it is too large, or the client takes nothing now."""
        body = response.body
        if not isinstance(body, bytes) or len(body) > _SMALL or self.flow.write_paused:
            return False
        head = write_head(response, cycle.default_headers, cycle.keep_alive)
        if not cycle.disconnected:
            self.transport.write(head if request.method == "HEAD" else head + body)
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def _lend(self) -> None:
        """Lend the connection, unless something happens on it."""
        resting = self._between and not self._is_answering() and self._work is None
        if not resting or self._ending or self.transport.is_closing():
            return
        if self._lease is None and self.transport.get_write_buffer_size() == 0:
            self._unset_keepalive_if_required()
            self._stop_waiting()
            self.flow.pause_reading()
            number = self.transport.get_extra_info("socket").fileno()
            self._lease = Lease(number, self.client, self._observe)
            self._was_lent = True
            task = self._work = self.loop.create_task(self._await_return(self._lease))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def _hang_up(self) -> None:
        """Let the client know, even if a worker still holds its end of the connection."""
        with suppress(OSError):
            number = os.dup(self.transport.get_extra_info("socket").fileno())
            with socket.socket(fileno=number) as ours:
                ours.shutdown(socket.SHUT_RDWR)

    async def _await_return(self, lease: Lease) -> None:
        assert self._front.lender is not None
        try:
            returned = await self._front.lender.lend(lease)
            if returned.unsent:
                returned = await self._send_rest(returned)
        except tuple(STATUSES) as error:
            returned = self._stand_in(lease, error)
        except OSError:  # there are no descriptors, say: it goes on here
            returned, lease.was_long = Returned(), True
        except asyncio.CancelledError:
            returned = Returned(close=True)
            if lease.underway is not None:
                self._observe(lease.underway, Ended(CLIENT_LEFT.status, CLIENT_LEFT.notes, 0.0))
        self._work = self._lease = None
        self._queries = -_LONG_AGO if lease.was_long else 0
        self._take_back(returned)

    async def _send_rest(self, returned: Returned) -> Returned:
        """Send what the client did not take at once from the worker; give what is left to do."""

        async def send(message: Mapping[str, Any]) -> None:
            self.transport.write(message["body"])
            await self.flow.drain()

        seconds = self._front.allowance.send_seconds
        try:
            await send_body(send, returned.unsent, seconds)
            if returned.rest is not None:
                await send_body(send, returned.rest, seconds)
        except OSError:  # the client takes nothing any more, or the file is gone
            return Returned(close=True)
        return returned

    def _stand_in(self, lease: Lease, error: Exception) -> Returned:
        """Answer the request that ended the worker."""
        if lease.underway is None:
            return Returned()
        response = problem_response(error)
        head = write_head(response, self.server_state.default_headers, keep_alive=True)
        assert isinstance(response.body, bytes)
        self.transport.write(head + response.body)
        self._observe(lease.underway, Ended(response.status, response.notes, 0.0))
        return Returned()

    def _take_back(self, returned: Returned) -> None:
        if returned.close:
            self.transport.close()
            return
        self.flow.resume_reading()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        if returned.unread:
            self.data_received(returned.unread)
        if self._ending:
            super().shutdown()

    def _observe(self, begun: Begun, ended: Ended) -> None:
        request = Request(begun.method, begun.path, b"", begun.headers, b"", begun.client)
        self._front.observe(request, Response(ended.status, notes=ended.notes), ended.seconds)
