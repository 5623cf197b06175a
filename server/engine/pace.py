"""Watching how long a query runs, and making it give way."""

import asyncio
from typing import TYPE_CHECKING, Final

from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.lanes import Lanes, Turn
from xingtu.server.errors import ServerBusy

if TYPE_CHECKING:
    from xingtu.server.engine.host import Host

_MOMENT: Final = 0.02  # seconds between looks
_LONG: Final = 0.03  # seconds of work that show a query to be long
_STUCK: Final = 0.2  # seconds after which a worker does not serve others, even if it only waits
_INSTANT: Final = 0.001  # seconds in which what one processor writes is seen by another
_ENDLESS: Final = 1.0  # seconds of work after which a query may be ended for others, or for nobody


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
        self._before = worker.worked()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_MOMENT, self._look)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _look(self) -> None:
        if not self._is_settled():
            self._timer = self._loop.call_later(_MOMENT, self._look)

    def _is_settled(self) -> bool:
        long = self._worker.worked() - self._before
        return long >= _LONG and self._give_way(long)

    def _give_way(self, long: float) -> bool:
        """Give up the place in the fast lane; tell whether that is settled."""
        if self._lanes.slow_down(self._turn):
            self._worker.yield_to_others()
            return True
        if long < _ENDLESS or not (self._lanes.waiting or self._turn.aside):
            return False
        reason = ServerBusy("too many long queries run already; try again later", retry_after=10)
        self._worker.kill(reason)
        return True


class HostPace(Pace):
    """Watches the requests that a host answers, one after the other.

    A long one makes it lose its other connections; one whose client has left ends it.
    """

    def __init__(self, worker: WorkerLink, turn: Turn, lanes: Lanes, host: "Host") -> None:
        super().__init__(worker, turn, lanes)
        self._host = host
        self._seen: tuple[int, int] | None = None
        self._since = self._loop.time()
        self._alone = False

    def _is_settled(self) -> bool:
        host, worked = self._host, self._worker.worked()
        host.look()
        if not self._worker.is_fit():
            host.ask_back()
        underway, now = host.board.underway(), self._loop.time()
        if underway is None or underway != self._seen:
            self._seen, self._before, self._since = underway, worked, now
            return False
        long, took = worked - self._before, now - self._since
        if took >= _ENDLESS and host.client_left():
            host.end()
            return True
        if long >= _LONG or took >= _STUCK:  # it may wait, for a service
            self._leave_alone(underway[0])
        if long >= _LONG and not self._turn.slow:
            self._give_way(long)
        return False

    def _leave_alone(self, turn: int) -> None:
        if not self._alone:
            self._alone = True
            self._host.ask_back()
            self._loop.call_later(_INSTANT, self._host.take_back_others, turn)
