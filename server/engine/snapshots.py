"""A store on disk that is written while it is read: one keeper, and snapshots for the readers.

RocksDB lets one process write. That is the keeper; after a commit, and before the next read, it
publishes a snapshot, which readers open instead of the one before. So readers always see one
consistent state, and every read sees all writes acknowledged before it.
"""

import asyncio
import secrets
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.orders import Backup, Order, Publish, Write
from xingtu.server.engine.tasks import Answer, DropGraph, Update, WriteGraph, refuse_stale
from xingtu.server.errors import EngineDied, OutOfMemory, TimedOut


class Snapshots:
    """The writing side of a store on disk.

    Make it with `open`.
    """

    def __init__(self, directory: Path, open_keeper: Callable[[], Awaitable[WorkerLink]]) -> None:
        self._folder = directory / "snapshots"
        self._open_keeper = open_keeper
        self._keeper: WorkerLink | None = None
        self._lock = asyncio.Lock()
        self._epoch = secrets.token_hex(4)
        self._commits = 0
        self._published: tuple[int, Path] | None = None
        self._readers: Counter[Path] = Counter()

    @classmethod
    async def open(
        cls, directory: Path, open_keeper: Callable[[], Awaitable[WorkerLink]]
    ) -> "Snapshots":
        """Open the store, and publish its first snapshot.

        Args:
            directory: The store; it is made if it is not there.
            open_keeper: Makes the process that alone may write.

        Raises:
            StoreUnusable: if it is no store, or damaged, or in use.
        """
        snapshots = cls(directory, open_keeper)
        async with snapshots.newest():
            return snapshots

    @property
    def version(self) -> str:
        """A token that changes with each commit."""
        return f"{self._epoch}-{self._commits}"

    async def write(self, task: Update | WriteGraph | DropGraph) -> Answer:
        """Have a task done and made durable; it goes on even if nobody waits any more."""
        return await asyncio.shield(self._write(task))

    async def backup(self, target: Path) -> None:
        """Copy the store, as it is now, into a new directory."""
        async with self._lock:
            await self._ask(Backup(target))

    @asynccontextmanager
    async def newest(self) -> AsyncIterator[Path]:
        """Hold the snapshot of all commits so far."""
        snapshot = await self._publish()
        self._readers[snapshot] += 1
        try:
            yield snapshot
        finally:
            self._readers[snapshot] -= 1
            self._drop_if_old(snapshot)

    def close(self) -> None:
        """Let go of the keeper, and delete the snapshots."""
        if self._keeper is not None:
            self._keeper.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _write(self, task: Update | WriteGraph | DropGraph) -> Answer:
        async with self._lock:
            refuse_stale(task, self.version)
            try:
                answer = await self._ask(Write(task))
            except (TimedOut, OutOfMemory, EngineDied):
                self._commits += 1  # perhaps it died just after the commit
                raise
            self._commits += 1
            return answer

    async def _publish(self) -> Path:
        if self._published is None or self._published[0] != self._commits:
            async with self._lock:
                if self._published is None or self._published[0] != self._commits:
                    await self._make_snapshot()
        assert self._published is not None
        return self._published[1]

    async def _make_snapshot(self) -> None:
        target = self._folder / self.version
        await self._ask(Publish(target))
        old, self._published = self._published, (self._commits, target)
        if old is not None:
            self._drop_if_old(old[1])
        else:  # the keeper has the directory, so nobody reads what an earlier server left
            self._drop_all_but(target)

    def _drop_if_old(self, snapshot: Path) -> None:
        """Delete a snapshot that nobody reads; those who have it open do not notice."""
        current = self._published is not None and self._published[1] == snapshot
        if not current and not self._readers[snapshot]:
            del self._readers[snapshot]
            shutil.rmtree(snapshot, ignore_errors=True)

    def _drop_all_but(self, snapshot: Path) -> None:
        for left in self._folder.iterdir():
            if left != snapshot:
                shutil.rmtree(left, ignore_errors=True)

    async def _ask(self, order: Order) -> Answer:
        if self._keeper is None or not self._keeper.alive:
            self._keeper = await self._open_keeper()
        answer: Answer = await self._keeper.ask(order)
        return answer
