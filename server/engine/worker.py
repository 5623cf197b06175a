"""One process that evaluates, for as long as its connection lives.

The kernel ends it at the deadline of a task: pyoxigraph cannot be interrupted (oxigraph#1926).
"""

import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from pyoxigraph import Store

from xingtu.server import errors
from xingtu.server.durable.writer import Writer
from xingtu.server.engine import wire
from xingtu.server.engine.evaluate import Dataset
from xingtu.server.engine.inside import Inside, finish, set_deadline
from xingtu.server.engine.tasks import (
    Answer,
    DropGraph,
    Query,
    ReadGraph,
    Update,
    WriteGraph,
)
from xingtu.server.http.message import Endpoint, Request

_EXPECTED: Final = (
    errors.QueryError,
    errors.InvalidRequest,
    errors.NotFound,
    errors.NotAcceptable,
    errors.MethodNotAllowed,
    errors.UnsupportedBody,
    errors.StoreFull,
    errors.StoreUnusable,
)


class Read(NamedTuple):
    """Do a task on the store in memory, or on the snapshot in a directory."""

    task: Query | ReadGraph
    snapshot: Path | None = None


class Respond(NamedTuple):
    """Answer a request to the endpoint; `request` has the fields of an `http.message.Request`.

    `version` is that of the dataset, and `timeout` for all that is not a task with its own.
    """

    request: tuple[Any, ...]
    version: str
    snapshot: Path | None = None
    timeout: float = 30.0


class Responded(NamedTuple):
    """The fields of an `http.message.Response`."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Path
    notes: dict[str, str]


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


Order = Read | Respond | Write | Publish | Backup
Reply = Answer | Responded


class Reader:
    """Does orders that read.

    Args:
        store: The dataset, if it is in memory.
        engine: Gets the dataset.
        endpoint: Answers requests over that engine.
    """

    def __init__(self, store: Store | None, engine: Inside, endpoint: Endpoint | None) -> None:
        self._engine = engine
        self._endpoint = endpoint
        self._snapshot: Path | None = None
        if store is not None:
            engine.dataset = Dataset(store)

    def __call__(self, order: Order) -> Reply:
        """Do one order."""
        assert isinstance(order, Read | Respond)
        if order.snapshot != self._snapshot:
            self._engine.dataset = Dataset(Store.read_only(str(order.snapshot)))
            self._snapshot = order.snapshot
        if isinstance(order, Read):
            return finish(self._engine.run(order.task))
        assert self._endpoint is not None
        self._engine.version = order.version
        response = finish(self._endpoint(Request(*order.request)))
        return Responded(response.status, response.headers, response.body, response.notes)

    def close(self) -> None:
        """Do nothing: there is nothing to lose."""


class Keeper:
    """Does orders that write; it opens the directory when it is made."""

    def __init__(self, directory: Path) -> None:
        self._writer = Writer.open(directory)

    def __call__(self, order: Order) -> Reply:
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


def _attempt(do: Callable[[Order], Reply], order: Order) -> Reply | Exception:
    set_deadline(order.task.timeout if isinstance(order, Read | Write) else order.timeout)
    try:
        return do(order)
    except _EXPECTED as error:
        return error
    except MemoryError:
        return errors.OutOfMemory("the query needs more memory than it may have")
    except OSError as error:
        return errors.StoreFull(f"the disk has no room for the answer: {error.strerror}")
    finally:
        set_deadline(0)
