"""A lock on a directory, which ends with the process that has it."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from xingtu.server.errors import StoreUnusable

NAME: Final = "lock"
_PATIENCE: Final = 1.0  # seconds for a process that was just killed to let go


class Lock:
    """A lock that this process has until it is released; made by taking it.

    Raises:
        StoreUnusable: if another process has it; it is named.
        OSError: if the directory cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        self._file = os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(directory)
        except BaseException:
            self.release()
            raise

    def _take(self, directory: Path) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    holder = os.pread(self._file, 20, 0).decode("ascii", "replace")
                    problem = f"{directory} is in use by another server, process {holder}"
                    raise StoreUnusable(problem) from error
                time.sleep(0.02)
            else:
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, str(os.getpid()).encode(), 0)
                return

    def release(self) -> None:
        """Let go of it, for the process that took it and its forks alike."""
        os.close(self._file)
