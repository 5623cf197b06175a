"""Watching how long a query runs, and making it give way."""

import asyncio
from typing import Final

from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.lanes import Lanes, Turn
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
        worked = self._worker.worked()
        if self._before is None:
            self._before = worked
        elif (long := worked - self._before) >= _LONG and self._give_way(long):
            return
        self._timer = self._loop.call_later(_MOMENT, self._look)

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
