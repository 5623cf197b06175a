"""What an endpoint allows and promises."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from xingtu.server.http.message import Request

# Raises NotAuthorized or RefusedOperation for a request that may not write.
Authorize = Callable[[Request], None]
# Gives the graphs known on a day, none if the dataset does not tell.
GraphsBy = Callable[[date], Awaitable[tuple[str, ...]]]
# Calls a function that takes a while where nobody waits for it: as asyncio.to_thread.
Offload = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Policy:
    """What an endpoint allows and promises.

    `services` and `loads` are the URLs that SERVICE and LOAD may reach; `seconds` is the time a
    query has, `most_seconds` the most it may ask for, `write_seconds` what a write has; `max_age`
    the seconds for which caches need not ask again; `home` the path where a browser without a
    query is sent.
    """

    services: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    seconds: float = 30.0
    most_seconds: float = 30.0
    write_seconds: float = 300.0
    max_age: int = 0
    home: str = "/"

    def grant(self, wished: float | None) -> float:
        """Give the seconds an operation may take."""
        return self.seconds if wished is None else min(wished, self.most_seconds)

    @property
    def cache_control(self) -> str:
        """The Cache-Control of an answer that stays the same while the dataset does."""
        return f"public, max-age={self.max_age}" if self.max_age else "no-cache"
