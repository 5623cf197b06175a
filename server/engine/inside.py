"""An endpoint inside of a worker, where the dataset is."""

import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar, cast

from xingtu.server.engine.evaluate import Dataset, read
from xingtu.server.engine.tasks import Answer, Engine, Limits, Query, ReadGraph, Task
from xingtu.server.errors import RefusedOperation
from xingtu.server.http.message import Endpoint

Result = TypeVar("Result")
MakeEndpoint = Callable[[Engine], Endpoint]


class Inside:
    """The engine of that endpoint: the dataset of this process, read-only.

    Its coroutines never wait, so that they need no event loop; see `finish`.

    Args:
        limits: What one task may use.
        folder: Where the file of a large answer is made.
    """

    writable = False

    def __init__(self, limits: Limits, folder: Path) -> None:
        self._limits = limits
        self._folder = folder
        self.dataset: Dataset | None = None
        self.version = ""

    async def run(self, task: Task) -> Answer:
        """Do the task, within its own time."""
        if not isinstance(task, Query | ReadGraph):
            raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")
        assert self.dataset is not None
        set_deadline(task.timeout)
        return read(self.dataset, task, self._limits, self._folder)

    async def close(self) -> None:
        """Do nothing: there is nothing to lose."""


def set_deadline(seconds: float) -> None:
    """Have the kernel end this process then; 0: never."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def finish(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast(Result, end.value)
    raise RuntimeError("what runs in a worker must not wait")


async def at_once(function: Callable[..., Result], *args: Any, **options: Any) -> Result:
    """Call a function here and now, as `asyncio.to_thread` would in a thread."""
    return function(*args, **options)
