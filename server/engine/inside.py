"""What a worker has inside: an engine over its dataset, for an endpoint without an event loop."""

import signal
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from xingtu.server.engine.board import Board
from xingtu.server.engine.evaluate import Dataset, read
from xingtu.server.engine.tasks import Answer, Engine, Limits, Query, ReadGraph, Task
from xingtu.server.errors import OutOfMemory, RefusedOperation, StoreFull
from xingtu.server.http.message import Endpoint

Result = TypeVar("Result")


class Service(NamedTuple):
    """What answers in a worker.

    `endpoint` answers requests one by one, `attend` those of lent connections: it is given the
    server's connection, the board and the pipe for records; see `engine/lease.py`.
    """

    endpoint: Endpoint
    attend: Callable[[socket.socket, Board, int], None]


MakeService = Callable[[Engine], Service]


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


set_deadline: Final = partial(signal.setitimer, signal.ITIMER_REAL)
"""Have the kernel end this process after so many seconds; 0: never."""


class within:  # noqa: N801 - reads as a word, in `with within(30):`
    """Have the kernel end this process if what is inside takes longer, in seconds.

    A class, as a generator takes five times as long to enter and leave, and so below.

    Raises:
        OutOfMemory, StoreFull: for what goes wrong in the process, not in a library.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        set_deadline(self._seconds)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        set_deadline(0)
        if isinstance(error, MemoryError):
            raise OutOfMemory("the query needs more memory than it may have") from error
        if isinstance(error, OSError):
            raise StoreFull(f"the disk has no room for the answer: {error.strerror}") from error


def finish(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    raise RuntimeError("what runs in a worker must not wait")


async def at_once(function: Callable[..., Result], *args: Any, **options: Any) -> Result:
    """Call a function here and now, as `asyncio.to_thread` would in a thread."""
    return function(*args, **options)
