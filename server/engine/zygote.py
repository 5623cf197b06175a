"""The process that forks workers: it loads the dataset once, and evaluates nothing itself.

Forking is safe only while no other thread of the process works on the store, so this process has
one thread, and its children do all the evaluating. In memory they share the store by
copy-on-write. It ends, and its workers with it, when the server at the other end of the control
connection does.
"""

import gc
import os
import selectors
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Store

from xingtu.server.engine import wire
from xingtu.server.engine.dataset import copy_union, open_store
from xingtu.server.engine.evaluate import Dataset
from xingtu.server.engine.inside import Inside, MakeService, finish, within
from xingtu.server.engine.tasks import Limits
from xingtu.server.engine.worker import Keeper, Reader, limit_process, work
from xingtu.server.errors import MalformedData, MissingDataset
from xingtu.server.http.message import Request

READER, KEEPER = b"r", b"k"  # the first byte of a connection: what the worker is for
GOODBYE = b"q"  # the last byte of the control connection


@dataclass(frozen=True, slots=True)
class Plan:
    """What the zygote is for.

    `files` are loaded into memory (none: the packaged dataset), unless there is a `directory`
    with a store on disk. Workers are reached at the socket `address`; `spool` is the folder of
    large answers. `make_service` makes what answers requests in the workers.
    """

    address: Path
    spool: Path
    files: tuple[Path, ...] = ()
    directory: Path | None = None
    limits: Limits = field(default_factory=Limits)
    make_service: MakeService | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """The dataset is loaded; `quads` is its size, None when it is on disk."""

    quads: int | None


@dataclass(frozen=True, slots=True)
class Death:
    """A worker ended, by a signal or, if 0, of its own will."""

    pid: int
    signal: int


def main() -> None:
    """Take a plan from the control connection, whose descriptor is the argument, and serve it."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then tells us
    plan: Plan = wire.receive(control)
    try:
        store = None if plan.directory else open_store(plan.files)
    except (MissingDataset, MalformedData, OSError) as error:
        wire.send(control, error)
        return
    reader = _make_reader(plan, store)
    gc.collect()
    gc.freeze()  # no collection may touch, and so copy, the pages that workers share
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(plan.address))
        listener.listen(128)
        wire.send(control, Ready(None if store is None else len(store)))
        Nursery(plan, lambda: reader, control).serve(listener)


def _make_reader(plan: Plan, store: Store | None) -> Reader:
    """Make the reader that all workers inherit, warm if there is something to try it on."""
    engine = Inside(plan.limits, plan.spool)
    service = plan.make_service(engine) if plan.make_service else None
    dataset = None if store is None else Dataset(store, copy_union(store))
    reader = Reader(dataset, engine, service)
    if service is not None and store is not None:
        with within(plan.limits.seconds):
            finish(service.endpoint(Request("GET", "/sparql", b"query=ASK%7B%7D")))
    return reader


class Nursery:
    """Forks a worker for each connection, and tells how each ends."""

    def __init__(self, plan: Plan, reader: Callable[[], Reader], control: socket.socket) -> None:
        self._plan = plan
        self._reader = reader
        self._control = control
        self._workers: set[int] = set()
        self._wake, self._waker = socket.socketpair()

    def serve(self, listener: socket.socket) -> None:
        """Serve until the control connection closes."""
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as selector:
            for source in (listener, self._control, self._wake):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._control in ready:
                    return self._end(told=self._hears_goodbye())
                if self._wake in ready:
                    self._wake.recv(4096)
                    self._bury()
                if listener in ready:
                    self._bear(listener)

    def _bear(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        pid = os.fork()
        if pid:
            self._workers.add(pid)
            connection.close()
            return
        try:
            _ignore_children()
            for inherited in (listener, self._control, self._wake, self._waker):
                inherited.close()
            self._live(connection)
        finally:  # never back into the loop of the parent, not even by an error of ours
            if sys.exception():
                traceback.print_exc()
            os._exit(0)

    def _live(self, connection: socket.socket) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        directory = self._plan.directory
        if connection.recv(1) == READER:
            limit_process(self._plan.limits.memory)
            work(connection, self._reader)
        elif directory is not None:
            work(connection, lambda: Keeper(directory))

    def _bury(self) -> None:
        while self._workers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._workers.discard(pid)
            cause = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            wire.send(self._control, Death(pid, cause))

    def _hears_goodbye(self) -> bool:
        try:
            return self._control.recv(1) == GOODBYE
        except ConnectionResetError:  # it left what we sent unread
            return False

    def _end(self, told: bool) -> None:
        _ignore_children()
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        if not told:  # the server was killed, and could not tidy up
            shutil.rmtree(self._plan.spool, ignore_errors=True)


def _ignore_children() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
