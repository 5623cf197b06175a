"""An engine of processes that can be killed: a query costs only itself."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xingtu.server.engine.crew import Crew
from xingtu.server.engine.hosts import Hosts
from xingtu.server.engine.inside import MakeService
from xingtu.server.engine.lanes import Lanes, Turn
from xingtu.server.engine.lease import Lease, Returned
from xingtu.server.engine.orders import Read, Respond
from xingtu.server.engine.pace import Pace
from xingtu.server.engine.snapshots import Snapshots
from xingtu.server.engine.tasks import Answer, Limits, Query, ReadGraph, Task
from xingtu.server.engine.zygote import KEEPER, Plan
from xingtu.server.errors import RefusedOperation
from xingtu.server.http.message import Request, Response


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How many may do what at once (see `Lanes`, `Hosts`), and what answers in the workers."""

    fast: int = 4
    slow: int = 16
    queue: int = 256
    lent: int = 128
    hosts: int = 2
    make_service: MakeService | None = None


class Pool:
    """Evaluates in worker processes forked by a zygote; see `engine/zygote.py`.

    Make it with `start`.
    """

    def __init__(self, plan: Plan, version: str, options: PoolOptions) -> None:
        self._plan = plan
        self._version = version
        self._crew = Crew(plan, kept=options.fast)
        self._snapshots: Snapshots | None = None
        self.lanes = Lanes(options.fast, options.slow, options.queue)
        self._hosts = Hosts(self._crew, self.lanes, options.hosts, options.lent)

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
        plan = Plan(spool / "engine", spool, files, directory, limits, options.make_service)
        pool = cls(plan, version, options)
        try:
            await pool._crew.settle()
            if directory is not None:
                pool._snapshots = await Snapshots.open(directory, lambda: pool._crew.open(KEEPER))
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
        return self._crew.quads

    def stats(self) -> dict[str, int]:
        """Tell how it fares, by the names of `operation/metrics.py`."""
        lanes, counts = self.lanes, self._crew.counts
        return {
            "waiting": lanes.waiting,
            "running": lanes.running,
            "long_running": lanes.slow,
            "lent": self._hosts.lent,
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
        self._crew.counts.updates += 1
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

    @property
    def may_lend(self) -> bool:
        """Whether a connection may be lent; on disk, each request has a snapshot of its own."""
        return self._snapshots is None and self._hosts.may_lend

    async def lend(self, lease: Lease) -> Returned:
        """Have a connection served by a worker, until it gives it back; see `Host.serve`."""
        return await self._hosts.lend(lease, lambda: self.version)

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
        old = await self._crew.renew()
        self._version = version
        self._hosts.renew()
        if old is not None:
            await asyncio.sleep(self._plan.limits.seconds)  # none of its queries runs longer
            await old.close()

    async def close(self) -> None:
        """End all processes and delete what they left."""
        await self._crew.close()
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
        worker = await self._crew.take()
        if isinstance(order, Respond) and self._snapshots is None:
            order = order._replace(version=self.version)  # that of the worker's dataset
        pace = Pace(worker, turn, self.lanes)
        return await self._crew.employ(worker, pace, worker.ask(order))
