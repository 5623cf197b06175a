"""Server processes: started, asked until they answer, weighed, and stopped."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

START_SECONDS: Final = 300.0
POLL_SECONDS: Final = 0.005


class DidNotStart(Exception):
    """A server ended, or did not answer, after its start command."""


class Process:
    """A server of ours to stop: it and its children are one session."""

    def __init__(self, command: Sequence[str], log: Path, cwd: Path) -> None:
        self._log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command, stdout=file, stderr=file, cwd=cwd, start_new_session=True
            )

    def check_alive(self) -> None:
        """Raise DidNotStart, with the last line of its log, if the process has ended."""
        if self._process.poll() is not None:
            lines = self._log.read_text("utf-8", "replace").strip().splitlines() or ["no message"]
            raise DidNotStart(f"ended with {self._process.returncode}: {lines[-1]}")

    def stop(self) -> None:
        """End the process and its children, by force if it does not end in 10 s."""
        family = list(_family(self._process.pid))
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pid in family[1:]:
            if _parent(pid) is not None and os.getsid(pid) == self._process.pid:
                os.kill(pid, signal.SIGKILL)

    def memory(self) -> int:
        """Return the proportional set size of the process and its descendants, in bytes."""
        return sum(_pss(pid) for pid in _family(self._process.pid))


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _family(pid: int) -> Iterator[int]:
    parents = {int(path.name): _parent(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return iter(family)


def _parent(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[1])


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    except OSError:  # it has ended
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
