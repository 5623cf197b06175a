"""A worker that serves lent connections, as the server sees it."""

import asyncio
import fcntl
import os
from contextlib import suppress
from itertools import count
from typing import Final

from xingtu.server.engine.board import Board
from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.crew import Crew
from xingtu.server.engine.lanes import Lanes
from xingtu.server.engine.lease import (
    Attend,
    Begun,
    Borrow,
    Ended,
    GiveBack,
    Lease,
    Returned,
    read_records,
)
from xingtu.server.engine.pace import HostPace
from xingtu.server.errors import EngineDied, OutOfMemory, ServerBusy, TimedOut

_PIPE_SIZE: Final = 1 << 20  # bytes; holds what happens between two looks

Loan = tuple[Lease, asyncio.Future[Returned]]


class Host:
    """A worker and the connections it serves.

    Args:
        worker: Serves them; it is idle.
        version: That of the dataset.
    """

    def __init__(self, worker: WorkerLink, version: str) -> None:
        self.worker = worker
        self.board = Board()
        self.closing = False
        self._read, self._records = os.pipe()
        os.set_blocking(self._read, False)
        with suppress(PermissionError):  # a user may not have many such pipes
            fcntl.fcntl(self._read, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        self._version = version
        self._loans: dict[int, Loan] = {}
        self._numbers = count(1)
        self._begun: Begun | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def load(self) -> int:
        """How many connections it has."""
        return len(self._loans)

    async def run(self, crew: Crew, lanes: Lanes) -> None:
        """Have the worker serve until it has given all back, or is ended."""
        self._task = asyncio.current_task()
        turn, order = lanes.stand_aside(), Attend(self._version)
        work = self.worker.attend(order, [self.board.descriptor, self._records], self._take_back)
        reason: Exception | None = None
        try:
            await crew.employ(self.worker, HostPace(self.worker, turn, lanes, self), work)
        except (TimedOut, OutOfMemory, EngineDied, ServerBusy) as error:
            reason = error
        except asyncio.CancelledError:  # by `end`
            pass
        finally:
            lanes.leave(turn)
            self.closing = True
            self._settle(reason)
            self._close()

    async def serve(self, lease: Lease) -> Returned:
        """Have a connection served, until it is given back.

        Raises:
            EngineDied, TimedOut, OutOfMemory, ServerBusy: what ended the worker while it answered a
                request of this connection.
            CancelledError: if that was because the client had left.
        """
        if self.closing:  # its worker did not live to see this
            return Returned()
        future: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        number = next(self._numbers)
        self._loans[number] = lease, future
        lease.ask_back = self.ask_back
        self.worker.send_at_once(Borrow(number, lease.peer), [lease.connection])
        try:
            return await future
        except asyncio.CancelledError:
            self.ask_back()
            raise

    def ask_back(self) -> None:
        """Let the worker give back all connections, when it is done with a request under way."""
        if not self.closing:
            self.closing = True
            self.board.want_back()
            self.worker.send_at_once(GiveBack())

    def take_back_others(self, turn: int) -> None:
        """Take back all connections but that of a request which is still under way.

        Call it a moment after `ask_back`, see `board.py`.

        Args:
            turn: The number of that request.
        """
        underway = self.board.underway() if self._loans else None
        loan = self._loans.get(underway[1]) if underway and underway[0] == turn else None
        if loan is not None:
            loan[0].was_long = True
            for number in [number for number, other in self._loans.items() if other is not loan]:
                self._take_back(Returned(number))

    def look(self) -> None:
        """Read what has happened."""
        try:
            data = os.read(self._read, _PIPE_SIZE)
        except BlockingIOError:
            return
        for event in read_records(data):
            self._note(event)

    def client_left(self) -> bool:
        """Tell whether the client of the request under way has left before it was answered."""
        loan = self._loans.get(self._begun.number) if self._begun else None
        if loan is None or not self.board.is_unanswered():
            return False
        lease, future = loan
        return future.done() or lease.client_left()

    def end(self) -> None:
        """Kill the worker: nobody waits for its answer."""
        assert self._task is not None
        self._task.cancel()

    def _note(self, event: Begun | Ended) -> None:
        if isinstance(event, Begun):
            self._begun = event
        elif self._begun is not None:
            if (loan := self._loans.get(self._begun.number)) is not None:
                loan[0].observe(self._begun, event)
            self._begun = None

    def _take_back(self, returned: Returned) -> None:
        self.look()  # it tells what it has done before it gives the connection back
        loan = self._loans.pop(returned.number, None)
        if loan is not None and not loan[1].done():
            loan[1].set_result(returned)
        elif returned.rest is not None:  # nobody waits for it
            returned.rest.unlink()
        if not self._loans:
            self.ask_back()

    def _settle(self, reason: Exception | None) -> None:
        """Tell all who wait that the worker has ended, and why."""
        self.look()
        underway = self.board.underway()
        for number, (lease, future) in self._loans.items():
            if future.done():
                continue
            if underway is None or underway[1] != number:
                future.set_result(Returned(number))
            elif self._begun is not None and self.board.is_unanswered():
                lease.underway = self._begun
                future.cancel() if reason is None else future.set_exception(reason)
            else:  # who knows what was read, and what the client got
                future.set_result(Returned(number, close=True))
        self._loans.clear()

    def _close(self) -> None:
        self.board.close()
        os.close(self._read)
        os.close(self._records)
