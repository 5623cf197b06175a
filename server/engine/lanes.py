"""Who may run: a fast lane of a few places, and a slow one for what turns out long.

Whatever runs longer than a moment gives its place in the fast lane to the next and goes on at low
priority, so that a lookup never waits for an analysis; no estimate of cost is needed.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from xingtu.server.errors import ServerBusy


@dataclass(slots=True, eq=False)
class Turn:
    """A place in a lane; one `aside` is in none until it is slow."""

    slow: bool = False
    aside: bool = False
    done: bool = False


class Lanes:
    """Hands out turns.

    Args:
        fast: Places of the fast lane.
        slow: Places of the slow one.
        queue: Requests that may wait for a place of the fast lane.
    """

    def __init__(self, fast: int, slow: int, queue: int) -> None:
        self._free = fast
        self._slow_places = slow
        self._queue = queue
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.running = 0
        self.slow = 0

    @property
    def waiting(self) -> int:
        """The number of requests that wait."""
        return len(self._waiting)

    def stand_aside(self) -> Turn:
        """Give a turn to a worker that serves connections of its own."""
        return Turn(aside=True)

    async def enter(self) -> Turn:
        """Wait for a turn in the fast lane.

        Raises:
            ServerBusy: if too many wait already.
        """
        if self._free > 0 and not self._waiting:
            self._free -= 1
        else:
            await self._wait()
        self.running += 1
        return Turn()

    def slow_down(self, turn: Turn) -> bool:
        """Move a turn to the slow lane; False if that is full."""
        if self.slow >= self._slow_places:
            return False
        turn.slow = True
        self.slow += 1
        if not turn.aside:
            self._pass_on()
        return True

    def leave(self, turn: Turn) -> None:
        """End a turn."""
        if turn.done:
            return
        turn.done = True
        self.slow -= turn.slow
        if turn.aside:
            return
        self.running -= 1
        if not turn.slow:
            self._pass_on()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._queue:
            raise ServerBusy("too many requests wait already; try again in a moment")
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # given a place, and gone
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._free += 1
