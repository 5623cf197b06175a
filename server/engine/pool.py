"""An engine of processes that can be killed: a query costs only itself."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xingtu.server.engine.connection import WorkerLink
from xingtu.server.engine.inside import MakeEndpoint
from xingtu.server.engine.lanes import Lanes, Turn
from xingtu.server.engine.nest import Nest
from xingtu.server.engine.pace import Pace
from xingtu.server.engine.snapshots import Snapshots
from xingtu.server.engine.tasks import Answer, Limits, Query, ReadGraph, Task
from xingtu.server.engine.worker import Read, Respond
from xingtu.server.engine.zygote import KEEPER, READER, Plan
from xingtu.server.errors import (
    EngineDied,
    OutOfMemory,
    RefusedOperation,
    ServerBusy,
    TimedOut,
)
from xingtu.server.http.message import Request, Response


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How many may do what at once (see `Lanes`), and what makes the endpoint for `respond`."""

    fast: int = 4
    slow: int = 16
    queue: int = 256
    make_endpoint: MakeEndpoint | None = None


@dataclass(slots=True)
class Counts:
    """What has happened since the start."""

    workers: int = 0
    timeouts: int = 0
    kills: int = 0
    crashes: int = 0
    updates: int = 0


class Pool:
    """Evaluates in worker processes forked by a zygote; see `engine/zygote.py`.

    Make it with `start`.
    """

    def __init__(self, plan: Plan, version: str, options: PoolOptions) -> None:
        self._plan = plan
        self._version = version
        self._idle: list[WorkerLink] = []
        self._nest: Nest | None = None
        self._snapshots: Snapshots | None = None
        self._settling = asyncio.Lock()
        self.lanes = Lanes(options.fast, options.slow, options.queue)
        self.counts = Counts()

    @classmethod
    async def start(
        cls,
        version: str,
        *,
        files: tuple[Path, ...] = (),
        directory: Path | None = None,
        limits: Limits | None = None,
        options: PoolOptions | None = None,
    ) -> "Pool":
        """Load the dataset, and be ready.

        Args:
            version: A name for the content of the files.
            files: RDF files for the memory; none and no directory: the packaged dataset.
            directory: A store on disk, which may be written.
            limits: What one task may use.
            options: How it works.

        Raises:
            MissingDataset, MalformedData, OSError, StoreUnusable: if it cannot be loaded.
        """
        spool = Path(tempfile.mkdtemp(prefix="xingtu-"))
        options, limits = options or PoolOptions(), limits or Limits()
        plan = Plan(spool / "engine", spool, files, directory, limits, options.make_endpoint)
        pool = cls(plan, version, options)
        try:
            await pool._settle()
            if directory is not None:
                pool._snapshots = await Snapshots.open(directory, lambda: pool._open(KEEPER))
        except BaseException:
            await pool.close()
            raise
        return pool

    @property
    def version(self) -> str:
        """A token that changes whenever the dataset does."""
        return self._version if self._snapshots is None else self._snapshots.version

    @property
    def quads(self) -> int | None:
        """The size of the dataset in memory; None if it is on disk."""
        return None if self._nest is None else self._nest.quads

    def stats(self) -> dict[str, int]:
        """Tell how it fares, by the names of `operation/metrics.py`."""
        lanes, counts = self.lanes, self.counts
        return {
            "waiting": lanes.waiting,
            "running": lanes.running,
            "long_running": lanes.slow,
            "worker_starts": counts.workers,
            "timeouts": counts.timeouts,
            "kills": counts.kills,
            "crashes": counts.crashes,
            "updates": counts.updates,
        }

    @property
    def writable(self) -> bool:
        """Whether there is a directory to write to."""
        return self._plan.directory is not None

    async def run(self, task: Task) -> Answer:
        """Do the task in a worker; see `Engine`."""
        if isinstance(task, Query | ReadGraph):
            answer: Answer = await self._read(Read(task))
            return answer
        if self._snapshots is None:
            raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")
        answer = await self._snapshots.write(task)
        self.counts.updates += 1
        return answer

    async def respond(self, request: Request) -> Response:
        """Have a request answered by the endpoint in a worker.

        Raises:
            Exception: what the endpoint raises, and what ended its worker.
        """
        asked = (request.method, request.path, request.query_string, request.headers)
        whole = (*asked, request.body, request.client, request.base)
        order = Respond(whole, self.version, timeout=self._plan.limits.seconds)
        return Response(*await self._read(order))

    async def backup(self, target: Path) -> None:
        """Copy the store on disk, as it is now, into a new directory."""
        assert self._snapshots is not None
        await self._snapshots.backup(target)

    async def reload(self, version: str) -> None:
        """Load the files anew, and let queries that run already end on the old dataset.

        Args:
            version: A name for their content.

        Raises:
            MissingDataset, MalformedData, OSError: if they cannot be loaded; the old dataset stays.
        """
        old, self._nest = self._nest, await Nest.build(self._plan)
        self._version = version
        while self._idle:
            self._idle.pop().close()
        if old is not None:
            await asyncio.sleep(self._plan.limits.seconds)  # none of its queries runs longer
            await old.close()

    async def close(self) -> None:
        """End all processes and delete what they left."""
        while self._idle:
            self._idle.pop().close()
        if self._nest is not None:
            await self._nest.close()
        if self._snapshots is not None:
            self._snapshots.close()
        shutil.rmtree(self._plan.spool, ignore_errors=True)

    async def _read(self, order: Read | Respond) -> Any:
        turn = await self.lanes.enter()
        try:
            if self._snapshots is None:
                return await self._ask(order, turn)
            async with self._snapshots.newest() as snapshot:
                return await self._ask(order._replace(snapshot=snapshot), turn)
        finally:
            self.lanes.leave(turn)

    async def _ask(self, order: Read | Respond, turn: Turn) -> Any:
        worker, nest = await self._take(), self._nest
        pace = Pace(worker, turn, self.lanes)
        try:
            return await worker.ask(order)
        except asyncio.CancelledError:
            worker.kill(None)
            self.counts.kills += 1
            raise
        except (TimedOut, OutOfMemory, EngineDied, ServerBusy) as error:
            self._count(error)
            raise
        finally:
            pace.stop()
            if worker.alive and not turn.slow and nest is self._nest:
                self._idle.append(worker)
            else:  # its priority cannot be raised again, or its dataset is old
                worker.close()

    def _count(self, error: Exception) -> None:
        match error:
            case TimedOut():
                self.counts.timeouts += 1
            case ServerBusy():
                self.counts.kills += 1
            case _:
                self.counts.crashes += 1

    async def _take(self) -> WorkerLink:
        while self._idle:
            if (worker := self._idle.pop()).alive:
                return worker
        return await self._open(READER)

    async def _open(self, kind: bytes) -> WorkerLink:
        """Make a worker; the zygote is started again if it was killed."""
        if self._nest is None or not self._nest.alive:
            await self._settle()
        assert self._nest is not None
        self.counts.workers += 1
        return await self._nest.open(kind)

    async def _settle(self) -> None:
        async with self._settling:
            if self._nest is None or not self._nest.alive:
                self._nest = await Nest.build(self._plan)
