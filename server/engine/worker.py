"""One process that evaluates, for as long as its connection lives.

The kernel ends it at the deadline of a task: pyoxigraph cannot be interrupted (oxigraph#1926).

It works in a thread, because a thread that was slowed down cannot be made fast again, but a new
one is (sched(7)). A new process would be, too; but what it reads of the dataset it must first copy,
page for page, since reading counts references.
"""

import gc
import os
import resource
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Store

from xingtu.server import errors
from xingtu.server.durable.writer import Writer
from xingtu.server.engine import wire
from xingtu.server.engine.board import Board
from xingtu.server.engine.evaluate import Dataset
from xingtu.server.engine.inside import Inside, Service, finish, within
from xingtu.server.engine.lease import Attend, Attended
from xingtu.server.engine.orders import (
    Backup,
    Order,
    Publish,
    Read,
    Reply,
    Respond,
    Responded,
    Write,
)
from xingtu.server.engine.tasks import (
    Answer,
)
from xingtu.server.http.message import Request

Message = tuple[Any, list[int]]  # an order, and the descriptors that came along

_STACK: Final = 8 << 20  # bytes; what the limits of `gate/shape.py` were measured on

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


class Reader:
    """Does orders that read.

    Args:
        dataset: What to read, if it is in memory.
        engine: Gets the dataset.
        service: Answers requests over that engine.
    """

    def __init__(self, dataset: Dataset | None, engine: Inside, service: Service | None) -> None:
        self._engine = engine
        self._service = service
        self._snapshot: Path | None = None
        engine.dataset = dataset

    def __call__(self, order: Order) -> Reply:
        """Do one order."""
        assert isinstance(order, Read | Respond)
        if order.snapshot != self._snapshot:
            self._engine.dataset = Dataset(Store.read_only(str(order.snapshot)))
            self._snapshot = order.snapshot
        if isinstance(order, Read):
            return finish(self._engine.run(order.task))
        assert self._service is not None
        self._engine.version = order.version
        response = finish(self._service.endpoint(Request(*order.request)))
        return Responded(response.status, response.headers, response.body, response.notes)

    def attend(self, order: Attend, control: socket.socket, descriptors: list[int]) -> None:
        """Serve the connections that come through `control`, until they are wanted back."""
        assert self._service is not None
        self._engine.version = order.version
        board, records = Board(descriptors[0]), descriptors[1]
        try:
            self._service.attend(control, board, records)
        finally:
            board.close()
            os.close(records)

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
        with suppress(EOFError):
            wire.receive(connection)  # an answer that comes before the order is lost
            wire.send(connection, error)
        return
    threading.stack_size(_STACK)
    message = None
    with suppress(EOFError):
        while True:
            with ThreadPoolExecutor(1) as thread:
                message = thread.submit(_do_orders, do, connection, message).result()
    do.close()


def _do_orders(do: Reader | Keeper, connection: socket.socket, message: Message | None) -> Message:
    """Do orders until this thread was slowed down; give the one that is left then.

    Raises:
        EOFError: if the other end has closed.
    """
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    while True:
        order, descriptors = message or wire.receive_with_descriptors(connection)
        if os.getpriority(os.PRIO_PROCESS, 0) != usual:
            gc.collect()  # results can be let go in the thread only that made them
            return order, descriptors
        if isinstance(order, Attend) and isinstance(do, Reader):
            do.attend(order, connection, descriptors)
            wire.send(connection, Attended())
        else:
            wire.send(connection, _attempt(do, order))
        message = None


def limit_process(memory: int) -> None:
    """Let this process grow by `memory` bytes at most, and leave no core file.

    Address space is what can be limited, so the limit is on top of what is mapped already.
    """
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _attempt(do: Callable[[Order], Reply], order: Order) -> Reply | Exception:
    seconds = order.task.timeout if isinstance(order, Read | Write) else order.timeout
    try:
        with within(seconds):
            return do(order)
    except _EXPECTED as error:
        return error
