"""Watching how long a query runs, and making it give way."""

import asyncio
from typing import Final

from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.lanes import Lanes, Turn
from xingtu.server.engine.lease import Begun, Lease
from xingtu.server.errors import ServerBusy

_MOMENT: Final = 0.02  # seconds between looks
_LONG: Final = 0.02  # seconds of work since the first look that show a query to be long
_ENDLESS: Final = 1.0  # seconds of work after which a query may be ended for those who wait


class Pace:
    """Moves a query that turns out long to the slow lane.

    Work counts, not time, or on a busy machine every query would be long. When the slow lane is
    full, the query keeps its place in the fast one, until it has worked for a second and somebody
    waits for it.

    Args:
        worker: What evaluates the query.
        turn: Its place.
        lanes: Where it has that.
    """

    def __init__(self, worker: WorkerLink, turn: Turn, lanes: Lanes) -> None:
        self._worker = worker
        self._turn = turn
        self._lanes = lanes
        self._before: float | None = None
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_MOMENT, self._look)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _look(self) -> None:
        if not self._is_settled():
            self._timer = self._loop.call_later(_MOMENT, self._look)

    def _is_settled(self) -> bool:
        worked = self._worker.worked()
        if self._before is None:
            self._before = worked
        long = worked - self._before
        return long >= _LONG and self._give_way(long)

    def _give_way(self, long: float) -> bool:
        """Give up the place in the fast lane; tell whether that is settled."""
        if self._lanes.slow_down(self._turn):
            self._worker.yield_to_others()
            return True
        if long < _ENDLESS or not self._lanes.waiting:
            return False
        reason = ServerBusy("too many long queries run already; try again later", retry_after=10)
        self._worker.kill(reason)
        return True


class LeasePace(Pace):
    """Watches the requests of a lent connection, one after the other.

    A long one makes its worker give the connection back; one whose client has left ends the task
    that made this.
    """

    def __init__(self, worker: WorkerLink, turn: Turn, lanes: Lanes, lease: Lease) -> None:
        super().__init__(worker, turn, lanes)
        self._lease = lease
        self._seen: Begun | None = None
        self._task = asyncio.current_task()

    def _is_settled(self) -> bool:
        underway = self._lease.look()
        if underway is not self._seen:
            self._seen, self._before = underway, None
        elif underway is not None and not self._lease.sending and self._lease.client_left():
            assert self._task is not None
            return self._task.cancel()
        if underway is not None and not self._turn.slow and super()._is_settled():
            self._lease.ask_back()
        return False
