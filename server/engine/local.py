"""An engine in this process: no isolation, no deadline; for tests and the command line."""

import secrets
import tempfile
from pathlib import Path

from pyoxigraph import Store

from xingtu.server.durable.writer import write
from xingtu.server.engine.evaluate import Dataset, read
from xingtu.server.engine.tasks import Answer, Limits, Query, ReadGraph, Task, refuse_stale
from xingtu.server.errors import RefusedOperation


class LocalEngine:
    """Does tasks on a store in memory.

    Args:
        store: The quads, the union of the graphs in the default graph; see `engine/dataset.py`.
        writable: Whether to do tasks that write.
        limits: Rows and bytes of an answer.
    """

    def __init__(
        self, store: Store | None = None, *, writable: bool = False, limits: Limits | None = None
    ) -> None:
        self._view = Dataset(Store() if store is None else store)
        self._writable = writable
        self._limits = limits or Limits()
        self._commits = 0
        self._name = secrets.token_hex(4)

    @property
    def version(self) -> str:
        """A token that changes whenever the dataset does."""
        return f"{self._name}-{self._commits}"

    @property
    def writable(self) -> bool:
        """Whether tasks that write are done."""
        return self._writable

    async def run(self, task: Task) -> Answer:
        """Do the task; see `Engine`."""
        if isinstance(task, Query | ReadGraph):
            return read(self._view, task, self._limits, Path(tempfile.gettempdir()))
        if not self._writable:
            raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")
        refuse_stale(task, self.version)
        answer = write(self._view.store, task)
        self._commits += 1
        self._view = Dataset(self._view.store)
        return answer

    async def close(self) -> None:
        """Do nothing."""
