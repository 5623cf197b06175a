"""The workers of a pool: having them, employing them, and what became of them."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.nest import Nest
from xingtu.server.engine.pace import Pace
from xingtu.server.engine.zygote import READER, Plan
from xingtu.server.errors import EngineDied, OutOfMemory, ServerBusy, TimedOut

_SPARE_SECONDS: Final = 30.0  # for so long a worker that is not needed is kept


@dataclass(slots=True)
class Counts:
    """What has happened since the start."""

    workers: int = 0
    timeouts: int = 0
    kills: int = 0
    crashes: int = 0
    updates: int = 0


class Crew:
    """The workers over one dataset, and the zygote they come from.

    A worker is worth keeping: each has to copy what it reads of the dataset, see `worker.py`.

    Args:
        plan: What the zygote is for.
        kept: How many workers are kept that nobody needs.
    """

    def __init__(self, plan: Plan, kept: int) -> None:
        self._plan = plan
        self._kept = kept
        self._idle: list[WorkerLink] = []  # the last one in is the first one out
        self._spare = 0  # so many of them were never needed since the last look
        self._looking: asyncio.TimerHandle | None = None
        self._nest: Nest | None = None
        self._settling = asyncio.Lock()
        self.counts = Counts()

    @property
    def quads(self) -> int | None:
        """The size of the dataset in memory; None if it is on disk."""
        return None if self._nest is None else self._nest.quads

    async def settle(self) -> None:
        """Have a zygote that lives.

        Raises:
            MissingDataset, MalformedData, OSError: if the dataset cannot be loaded.
        """
        async with self._settling:
            if self._nest is None or not self._nest.alive:
                self._nest = await Nest.build(self._plan)

    async def renew(self) -> Nest | None:
        """Load the dataset anew; give the old zygote, whose workers end when they are done.

        Raises:
            MissingDataset, MalformedData, OSError: if it cannot be loaded; the old one stays.
        """
        old, self._nest = self._nest, await Nest.build(self._plan)
        self._dismiss_idle()
        return old

    async def take(self) -> WorkerLink:
        """Take a worker for `employ`; it has the newest dataset."""
        while True:
            worker = self._idle.pop() if self._idle else await self.open(READER)
            self._spare = min(self._spare, len(self._idle))
            if worker.alive and worker.home is self._nest:
                return worker
            worker.close()

    async def open(self, kind: bytes) -> WorkerLink:
        """Make a worker; the zygote is started again if it was killed."""
        if self._nest is None or not self._nest.alive:
            await self.settle()
        assert self._nest is not None
        self.counts.workers += 1
        return await self._nest.open(kind)

    async def employ(self, worker: WorkerLink, pace: Pace, work: Coroutine[Any, Any, Any]) -> Any:
        """Await what a worker does; afterwards it is idle, or no more.

        Args:
            worker: From `take`.
            pace: Watches it.
            work: Of its methods.

        Raises:
            TimedOut, OutOfMemory, EngineDied, ServerBusy: if it was ended.
            Exception: what it answers with.
        """
        try:
            return await work
        except asyncio.CancelledError:
            worker.kill(None)
            self.counts.kills += 1
            raise
        except (TimedOut, OutOfMemory, EngineDied, ServerBusy) as error:
            self._count(error)
            raise
        finally:
            pace.stop()
            if worker.alive and worker.home is self._nest and worker.is_fit():
                self._rest(worker)
            else:
                worker.close()

    async def close(self) -> None:
        """End all processes."""
        if self._looking is not None:
            self._looking.cancel()
        self._dismiss_idle()
        if self._nest is not None:
            await self._nest.close()

    def _rest(self, worker: WorkerLink) -> None:
        self._idle.append(worker)
        if self._looking is None and len(self._idle) > self._kept:
            self._look()

    def _look(self) -> None:
        """Dismiss those that were not needed since the last look, and look again later."""
        unneeded = max(0, min(self._spare, len(self._idle) - self._kept))
        for worker in self._idle[:unneeded]:
            worker.close()
        del self._idle[:unneeded]
        self._spare = len(self._idle)
        again = len(self._idle) > self._kept
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(_SPARE_SECONDS, self._look) if again else None

    def _dismiss_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _count(self, error: Exception) -> None:
        match error:
            case TimedOut():
                self.counts.timeouts += 1
            case ServerBusy():
                self.counts.kills += 1
            case _:
                self.counts.crashes += 1
