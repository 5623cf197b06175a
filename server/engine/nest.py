"""A zygote process as the server sees it: where workers come from."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
from dataclasses import replace
from typing import Final

from xingtu.server.engine.connection import Control, WorkerLink
from xingtu.server.engine.zygote import Plan, Ready

# How the engine's processes get their memory (mallopt(3), GNU C Library manual §3.2.3.4): from one
# arena, or a thread sets 64 MiB apart, of what a query may use; in large pages, whose places the
# processor need not look up as often; and out of long lists of what was freed just now.
_TUNABLES: Final = "glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=128"
_numbers: Final = itertools.count()


class Nest:
    """A running zygote; make it with `build`."""

    def __init__(self, plan: Plan, process: subprocess.Popen[bytes], control: Control) -> None:
        self._plan = plan
        self._process = process
        self._control = control
        self.quads: int | None = None

    @classmethod
    async def build(cls, plan: Plan) -> "Nest":
        """Start a zygote and wait until it has loaded its dataset.

        Args:
            plan: What it is for; its address is made unique.

        Raises:
            MissingDataset, MalformedData, OSError: if the dataset cannot be loaded.
            EngineDied: if the process ended meanwhile.
        """
        plan = replace(plan, address=plan.address.with_suffix(f".{next(_numbers)}"))
        ours, theirs = socket.socketpair()
        with theirs:
            process = _start_zygote(theirs)
        loop = asyncio.get_running_loop()
        _, control = await loop.create_connection(Control, sock=ours)
        nest = cls(plan, process, control)
        control.send(plan)
        ready = await control.ready
        if not isinstance(ready, Ready):
            await nest.close()
            raise ready
        nest.quads = ready.quads
        return nest

    @property
    def alive(self) -> bool:
        """Whether workers can be had."""
        return not self._control.lost.is_set()

    async def open(self, kind: bytes) -> WorkerLink:
        """Make a worker.

        Args:
            kind: `READER` or `KEEPER` of `zygote.py`.

        Raises:
            EngineDied: if the zygote is gone.
        """
        loop = asyncio.get_running_loop()
        transport, worker = await loop.create_unix_connection(
            lambda: WorkerLink(self, self._control, self._plan.limits.memory),
            str(self._plan.address),
        )
        transport.write(kind)
        try:
            await worker.started
        except BaseException:  # nobody waits for it any more
            transport.close()
            raise
        return worker

    async def close(self) -> None:
        """End the zygote and its workers."""
        self._control.say_goodbye()
        await asyncio.to_thread(self._process.wait)
        self._plan.address.unlink(missing_ok=True)


def _start_zygote(control: socket.socket) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter: a fork of this process, which has threads, would not be safe."""
    number = control.fileno()
    command = [sys.executable, "-m", "xingtu.server.engine", str(number)]
    secrets = ("XINGTU_TOKEN", "XINGTU_STORE_PASSWORD", "XINGTU_STORE_TOKEN")
    environment = {name: value for name, value in os.environ.items() if name not in secrets}
    environment.setdefault("GLIBC_TUNABLES", _TUNABLES)
    return subprocess.Popen(command, pass_fds=[number], start_new_session=True, env=environment)
