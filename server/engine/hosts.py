"""Which worker serves which of the lent connections."""

import asyncio
from collections.abc import Callable
from typing import Final

from xingtu.server.engine.crew import Crew
from xingtu.server.engine.host import Host
from xingtu.server.engine.lanes import Lanes
from xingtu.server.engine.lease import Lease, Returned

_CLOSING: Final = 4  # times as many workers as serve may be about to end, with a long query


class Hosts:
    """Workers that serve lent connections, at most one a processor.

    Args:
        crew: Where the workers come from.
        lanes: Where a worker goes that answers a long query.
        most: How many workers.
        places: How many connections.

    Attributes:
        lent: How many connections are served.
    """

    def __init__(self, crew: Crew, lanes: Lanes, most: int, places: int) -> None:
        self._crew = crew
        self._lanes = lanes
        self._most = most
        self._places = places
        self._hosts: dict[asyncio.Task[None], Host] = {}
        self._opening = asyncio.Lock()
        self.lent = 0

    @property
    def may_lend(self) -> bool:
        """Whether one more connection may be lent."""
        return self.lent < self._places and len(self._hosts) <= _CLOSING * self._most

    async def lend(self, lease: Lease, version: Callable[[], str]) -> Returned:
        """Have a connection served by the worker with the fewest; see `Host.serve`."""
        self.lent += 1
        try:
            async with self._opening:
                host = self._choose() or await self._open(version)
            return await host.serve(lease)
        finally:
            self.lent -= 1

    def renew(self) -> None:
        """Ask for all connections: the workers have an old dataset."""
        for host in self._hosts.values():
            host.ask_back()

    def _choose(self) -> Host | None:
        hosts = [host for host in self._hosts.values() if host.worker.alive and not host.closing]
        best = min(hosts, key=lambda host: host.load, default=None)
        return best if len(hosts) >= self._most else None

    async def _open(self, version: Callable[[], str]) -> Host:
        worker = await self._crew.take()
        try:
            host = Host(worker, version())
        except OSError:
            worker.close()
            raise
        task = asyncio.create_task(host.run(self._crew, self._lanes))
        self._hosts[task] = host
        task.add_done_callback(self._hosts.pop)
        await asyncio.sleep(0)  # until it runs
        return host
