"""Which worker serves which of the lent connections."""

import asyncio

from xingtu.server.engine.crew import Crew
from xingtu.server.engine.host import Host
from xingtu.server.engine.lanes import Lanes
from xingtu.server.engine.lease import Lease, Returned


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
        self._renewals = 0
        self.lent = 0

    @property
    def may_lend(self) -> bool:
        """Whether one more connection may be lent."""
        return self.lent < self._places

    async def lend(self, lease: Lease, version: str) -> Returned:
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
        self._renewals += 1
        for host in self._hosts.values():
            host.ask_back()

    def _choose(self) -> Host | None:
        hosts = [host for host in self._hosts.values() if not host.closing]
        best = min(hosts, key=lambda host: host.load, default=None)
        return best if len(hosts) >= self._most else None

    async def _open(self, version: str) -> Host:
        renewals = self._renewals
        host = Host(await self._crew.take(), version)
        task = asyncio.create_task(host.run(self._crew, self._lanes))
        self._hosts[task] = host
        task.add_done_callback(self._hosts.pop)
        await asyncio.sleep(0)  # until it runs
        if renewals != self._renewals:  # meanwhile
            host.ask_back()
        return host
