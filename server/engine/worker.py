"""One process that evaluates, for as long as its connection lives.

The kernel ends it at the deadline of a task: pyoxigraph cannot be interrupted (oxigraph#1926).
"""

import os
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import Store

from xingtu.server import errors
from xingtu.server.durable.writer import Writer
from xingtu.server.engine import wire
from xingtu.server.engine.evaluate import Dataset, read
from xingtu.server.engine.tasks import (
    Answer,
    DropGraph,
    Limits,
    Query,
    ReadGraph,
    Update,
    WriteGraph,
)

_EXPECTED: Final = (
    errors.QueryError,
    errors.NotFound,
    errors.NotAcceptable,
    errors.UnsupportedBody,
    errors.StoreFull,
    errors.StoreUnusable,
)


class Read(NamedTuple):
    """Do a task on the store in memory, or on the snapshot in a directory."""

    task: Query | ReadGraph
    snapshot: Path | None = None


class Write(NamedTuple):
    """Do a task on the directory that this worker alone may write."""

    task: Update | WriteGraph | DropGraph


class Publish(NamedTuple):
    """Make a snapshot for readers."""

    target: Path
    timeout: float = 600.0


class Backup(NamedTuple):
    """Make a copy of the store that can be restored."""

    target: Path
    timeout: float = 600.0


Order = Read | Write | Publish | Backup


class Reader:
    """Does orders that read."""

    def __init__(self, store: Store | None, limits: Limits, folder: Path) -> None:
        self._dataset = None if store is None else Dataset(store)
        self._limits = limits
        self._folder = folder
        self._snapshot: Path | None = None

    def __call__(self, order: Order) -> Answer:
        """Do one order."""
        assert isinstance(order, Read)
        if order.snapshot != self._snapshot:
            self._dataset = Dataset(Store.read_only(str(order.snapshot)))
            self._snapshot = order.snapshot
        assert self._dataset is not None
        return read(self._dataset, order.task, self._limits, self._folder)

    def close(self) -> None:
        """Do nothing: there is nothing to lose."""


class Keeper:
    """Does orders that write; it opens the directory when it is made."""

    def __init__(self, directory: Path) -> None:
        self._writer = Writer.open(directory)

    def __call__(self, order: Order) -> Answer:
        """Do one order."""
        match order:
            case Write(task):
                return self._writer.do(task)
            case Publish(target):
                self._writer.publish(target)
            case Backup(target):
                self._writer.backup(target)
        return Answer()

    def close(self) -> None:
        """Close the directory, so that it is opened quickly the next time."""
        self._writer.close()


def work(connection: socket.socket, prepare: Callable[[], Reader | Keeper]) -> None:
    """Do the orders that arrive until the other end closes.

    Args:
        connection: Gets this process's number first, then an answer or exception for each order.
        prepare: Makes what does the orders; what it raises is sent as the answer to the first.
    """
    wire.send(connection, os.getpid())
    try:
        do = prepare()
    except (errors.StoreUnusable, errors.StoreFull) as error:
        with suppress(EOFError):
            wire.receive(connection)  # an answer that comes before the order is lost
            wire.send(connection, error)
        return None
    while True:
        try:
            order: Order = wire.receive(connection)
        except EOFError:
            return do.close()
        wire.send(connection, _attempt(do, order))


def limit_process(memory: int) -> None:
    """Let this process grow by `memory` bytes at most, and leave no core file.

    Address space is what can be limited, so the limit is on top of what is mapped already.
    """
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _attempt(do: Callable[[Order], Answer], order: Order) -> Answer | Exception:
    seconds = order.task.timeout if isinstance(order, Read | Write) else order.timeout
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return do(order)
    except _EXPECTED as error:
        return error
    except OSError as error:
        return errors.StoreFull(f"the disk has no room for the answer: {error.strerror}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
