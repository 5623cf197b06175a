"""The directory of a store: RocksDB's files in `data`, a marker, and a lock.

Both are looked at before RocksDB may touch anything, as it would make a new store in any directory,
even over the remains of another one.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from typing import Final

from pyoxigraph import Store

from xingtu.server.durable import lock
from xingtu.server.durable.faults import disk_errors
from xingtu.server.durable.union import remove_scratch
from xingtu.server.errors import StoreUnusable

FORMAT: Final = 1
_MARKER: Final = "xingtu-store.json"
_NEW: Final = "data.new"
_IGNORED: Final = {"lost+found", lock.NAME, _NEW, f"{_MARKER}.new"}


@dataclass(frozen=True, slots=True)
class Marker:
    """What the file `xingtu-store.json` says.

    `packaged` is the fingerprint of the packaged dataset that was loaded, `graphs` the names of its
    graphs; `version` is that of the content, None while it may have changed.
    """

    format: int = FORMAT
    packaged: str | None = None
    graphs: tuple[str, ...] = ()
    version: str | None = None


class Directory:
    """A store's directory; opening it takes the lock, until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"
        self.marker = Marker()
        self._lock: lock.Lock | None = None
        self._logs: list[Path] = []

    def open(self) -> Store:
        """Open the store; make it if the directory is absent or empty.

        Raises:
            StoreUnusable: if it is no store, is damaged or is in use; then nothing was changed
                but RocksDB's own log of events.
            StoreFull: if there is no room to open it.
        """
        with self._closed_on_error(), disk_errors():
            if not self._has_marker():
                with self.making(Marker()) as data:
                    Store(str(data))
            self._take_lock()
            self.marker = self._read_marker()
            if not self.data.exists() and (self.path / _NEW).exists():  # cut off at the last step
                self._finish()
            if not (self.data / "CURRENT").exists():  # RocksDB would make a new one
                raise StoreUnusable(f"{self.path} is damaged: data/CURRENT is not there")
            store = self._damage_told(Store)
            for pattern in ("bulk-*.sst", "LOG.old.*"):  # of killed loads, of earlier processes
                for leftover in self.data.glob(pattern):
                    leftover.unlink()
            remove_scratch(store)
        return store

    def open_to_read(self) -> Store:
        """Open the store, which stays as it is; on a read-only file system there is no lock.

        Raises:
            StoreUnusable: if it is no store, is damaged or is in use.
        """
        with self._closed_on_error(), disk_errors():
            if not self._has_marker():
                raise StoreUnusable(f"{self.path} is no store")
            with suppress(OSError):
                self._take_lock()
            self.marker = self._read_marker()
            return self._damage_told(Store.read_only)

    @contextmanager
    def making(self, marker: Marker) -> Iterator[Path]:
        """Give a folder to fill, then make it the data; crash before that, and nothing is there.

        Raises:
            StoreUnusable: if the directory is not empty, or is in use.
            StoreFull: if there is no room.
        """
        with self._closed_on_error(), disk_errors():
            self.path.mkdir(parents=True, exist_ok=True)
            self._require_empty()
            self._take_lock()
            self._require_empty()
            rmtree(self.path / _NEW, ignore_errors=True)
            (self.path / _NEW).mkdir()
            yield self.path / _NEW
            self.mark(marker)
            self._finish()

    def mark(self, marker: Marker) -> None:
        """Write the marker, whole or not at all."""
        new = self.path / f"{_MARKER}.new"
        with disk_errors():
            new.write_text(json.dumps(asdict(marker), indent=1) + "\n", "utf-8")
            sync_file(new)
            new.rename(self.path / _MARKER)
            sync_file(self.path)
        self.marker = marker

    def sync(self) -> None:
        """Have the disk keep all commits: RocksDB leaves its log to the system's caches.

        A commit is in the newest log, whole; the ones before it were synced when it came.
        """
        with disk_errors():
            logs = sorted(self.data.glob("*.log"), key=lambda log: int(log.stem))
            for path in logs[-1:] if logs == self._logs else [*logs, self.data]:
                sync_file(path)
            self._logs = logs

    def close(self) -> None:
        """Let go of the lock."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _take_lock(self) -> None:
        if self._lock is None:
            self._lock = lock.Lock(self.path)

    def _finish(self) -> None:
        (self.path / _NEW).rename(self.data)
        sync_file(self.path)

    def _damage_told(self, opened: Callable[[str], Store]) -> Store:
        with disk_errors(f"{self.path} is damaged"):
            return opened(str(self.data))

    def _require_empty(self) -> None:
        if found := sorted({entry.name for entry in self.path.iterdir()} - _IGNORED):
            raise StoreUnusable(f"{self.path} is neither empty nor a store: it has {found[0]}")

    def _has_marker(self) -> bool:
        return (self.path / _MARKER).exists()

    def _read_marker(self) -> Marker:
        try:
            content = json.loads((self.path / _MARKER).read_text("utf-8"))
            if content["format"] != FORMAT:
                raise StoreUnusable(
                    f"{self.path} has format {content['format']}, we know {FORMAT}: "
                    "dump it with the version of Xingtu that made it, and load that here"
                )
            return Marker(**content | {"graphs": tuple(content["graphs"])})
        except (ValueError, KeyError, TypeError) as error:
            raise StoreUnusable(f"{self.path / _MARKER} is damaged: {error}") from error


def sync_file(path: Path) -> None:
    """Have the disk keep a file or a directory; one that is gone by now needs nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
