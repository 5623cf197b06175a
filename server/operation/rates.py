"""A limit on the seconds of work a client can ask for, as the Wikidata Query Service has it.

Its cost is known only after a request is done, and is a fraction of a second, which libraries for
rate limits do not count; so here is the token bucket, which may go into debt.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from xingtu.server.errors import RateExceeded
from xingtu.server.operation.addresses import household_of


class Rates:
    """Buckets of seconds of work, one for each client; full at first, and again after a minute.

    A client is an IPv4 address or a /64 of IPv6.

    Args:
        seconds: The work a client may ask for in a minute; 0: no limit.
        clients: Of how many to keep account; those charged longest ago are forgotten.
        clock: Gives seconds from any start, never going back.
    """

    def __init__(
        self,
        seconds: float,
        clients: int = 100_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._clients = clients
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # level, and when

    def admit(self, client: str) -> None:
        """Let a request of this address pass, unless its bucket is empty.

        Raises:
            RateExceeded: until the debt is paid; `retry_after` says when.
        """
        if not self._levels:  # nobody has asked for anything, or there is no limit
            return
        level = self._level(household_of(client))
        if level <= 0:
            wait = max(1, math.ceil(-level / self._seconds * 60))
            raise RateExceeded(
                f"you have used the {self._seconds:g} seconds of work a minute that a client has; "
                f"try again in {wait} seconds",
                wait,
            )

    def charge(self, client: str, seconds: float) -> None:
        """Take the seconds of work that a request of this address has cost."""
        if self._seconds == 0 or seconds <= 0:
            return
        household = household_of(client)
        self._levels[household] = self._level(household) - seconds, self._clock()
        self._levels.move_to_end(household)
        if len(self._levels) > self._clients:
            self._levels.popitem(last=False)

    def _level(self, household: str) -> float:
        level, then = self._levels.get(household, (self._seconds, 0.0))
        return min(self._seconds, level + (self._clock() - then) * self._seconds / 60)
