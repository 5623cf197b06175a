"""Writing: the one place where a write meets a store."""

import secrets
import traceback
from collections.abc import Callable
from dataclasses import replace as change
from pathlib import Path
from shutil import rmtree
from typing import TypeVar

from pyoxigraph import Store

from xingtu.server.durable.directory import Directory, Marker, sync_file
from xingtu.server.durable.faults import disk_errors
from xingtu.server.durable.graphs import drop_graph, write_graph
from xingtu.server.durable.translate import translate
from xingtu.server.engine.faults import engine_errors
from xingtu.server.engine.tasks import Answer, DropGraph, Update, WriteGraph
from xingtu.server.errors import ServiceFailed, StoreFull, StoreUnusable

Write = Update | WriteGraph | DropGraph
Result = TypeVar("Result")


def write(store: Store, task: Write) -> Answer:
    """Do a task that writes, whole or not at all.

    Args:
        store: A store whose default graph is the union of the others, and stays it.
        task: What to do; its `timeout` is the caller's business.

    Raises:
        QueryError, NotFound, UnsupportedBody: by the fault of the task; see `errors.py`.
        StoreFull, StoreUnusable: if the disk fails.
    """
    with engine_errors(task.text if isinstance(task, Update) else ""), disk_errors():
        match task:
            case Update():
                return _update(store, task)
            case WriteGraph():
                return write_graph(store, task)
            case DropGraph():
                return drop_graph(store, task)


def _update(store: Store, task: Update) -> Answer:
    text = translate(task.text, task.base_iri)
    try:
        store.update(text, base_iri=task.base_iri)
    except SyntaxError as error:  # the client's text is sound, so it is what LOAD got
        raise ServiceFailed(f"a document that is to be loaded is malformed: {error}") from error
    return Answer()


class Writer:
    """The only writer of a store on disk; for one process and one thread.

    Make it with `open`. If it is killed at any moment, the next one finds all that was
    acknowledged, and nothing of what was not, or all of that too.
    """

    def __init__(self, directory: Directory, store: Store) -> None:
        self._directory = directory
        self._store: Store | None = store
        self._epoch = secrets.token_hex(8)
        self._commits = 0

    @classmethod
    def open(cls, directory: Path) -> "Writer":
        """Open a store, or make one in a directory that is absent or empty.

        Raises:
            StoreUnusable: if it is no store, is damaged or is in use; then nothing was changed.
            StoreFull: if there is no room to open it.
        """
        place = Directory(directory)
        return cls(place, place.open())

    @property
    def marker(self) -> Marker:
        """What is said of the store beside it."""
        return self._directory.marker

    @property
    def version(self) -> str:
        """A token that changes with every commit, and stays if a store is closed and opened."""
        return self.marker.version or f"{self._epoch}-{self._commits}"

    def do(self, task: Write) -> Answer:
        """Do a task; once this returns, neither a crash nor a power cut undoes it.

        Raises:
            QueryError, NotFound, UnsupportedBody: see `write`; nothing was changed.
            StoreFull: if the disk has no room; nothing was changed.
            StoreUnusable: if the disk fails.
        """
        return self.commit(lambda store: write(store, task))

    def mark(self, marker: Marker) -> None:
        """Say something of the store beside it."""
        self._directory.mark(marker)

    def commit(self, action: Callable[[Store], Result]) -> Result:
        """Do something with the store, which must keep the union, and make it durable."""
        if self.marker.version is not None:
            self._directory.mark(change(self.marker, version=None))

        def act_and_sync(store: Store) -> Result:
            result = action(store)
            self._commits += 1
            self._directory.sync()
            return result

        return self.use(act_and_sync)

    def publish(self, target: Path) -> None:
        """Make a snapshot for `Store.read_only`, of hard links; its default graph is the union.

        Args:
            target: Where there is nothing, on the file system of the store, or else it is a copy;
                folders above it are made.

        Raises:
            StoreFull, StoreUnusable: if the disk fails; then nothing is left there.
        """
        try:
            with disk_errors():
                target.parent.mkdir(parents=True, exist_ok=True)
            self.use(lambda store: store.backup(target))
        except (StoreFull, StoreUnusable):
            rmtree(f"{target}.tmp", ignore_errors=True)
            rmtree(target, ignore_errors=True)
            raise

    def backup(self, target: Path) -> None:
        """Copy the store into a new directory, which is a store too.

        On the same file system it is of hard links: quick, but on the same disk.

        Raises:
            StoreUnusable: if there is something at `target`, or the disk fails.
            StoreFull: if there is no room for it.
        """
        if target.exists():
            raise StoreUnusable(f"{target} is there already")
        partial = target.with_name(f"{target.name}.partial")
        rmtree(partial, ignore_errors=True)
        try:
            self.publish(partial / "data")
            Directory(partial).mark(change(self.marker, version=None))
            with disk_errors():
                partial.rename(target)
                sync_file(target.parent)
        finally:
            rmtree(partial, ignore_errors=True)

    def close(self) -> None:
        """Close the store, so that it opens quickly the next time."""
        try:
            if self._store is not None and self.marker.version is None:
                self.use(lambda store: store.flush())
                self._directory.mark(change(self.marker, version=self.version))
        finally:
            self._store = None
            self._directory.close()

    def use(self, action: Callable[[Store], Result]) -> Result:
        """Do something with the store that does not change it."""
        try:
            if self._store is None:
                self._store = self._directory.open()
            with disk_errors():
                return action(self._store)
        except BaseException as error:
            _clear_frames(error)
            if isinstance(error, StoreFull | StoreUnusable):
                self._store = None  # RocksDB refuses all from now on; it is to be opened anew
            raise


def _clear_frames(error: BaseException | None) -> None:
    """Drop what the frames of a traceback hold: a store closes when nothing does any more."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
