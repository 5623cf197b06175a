"""The server's ends of its connections to the zygote and to the workers."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from xingtu.server.engine.lease import Attend, Returned
from xingtu.server.engine.orders import Order
from xingtu.server.engine.wire import Unpacker, pack
from xingtu.server.engine.zygote import GOODBYE, Death
from xingtu.server.errors import EngineDied, OutOfMemory, TimedOut


class _Link(asyncio.Protocol):
    """A connection that carries messages."""

    def __init__(self) -> None:
        self._unpacker = Unpacker()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        for message in self._unpacker.feed(data):
            self.message_received(message)

    def message_received(self, message: Any) -> None:
        raise NotImplementedError

    def send(self, message: object) -> None:
        """Send a message."""
        assert self.transport is not None
        self.transport.write(pack(message))

    def close(self) -> None:
        """Close the connection."""
        if self.transport is not None:
            self.transport.close()


class Control(_Link):
    """The connection to the zygote: first its readiness, then the deaths of workers."""

    def __init__(self) -> None:
        super().__init__()
        self.ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()
        self._deaths: dict[int, asyncio.Future[int]] = {}

    def message_received(self, message: Any) -> None:
        """Take a message of the zygote."""
        if not isinstance(message, Death):
            self.ready.set_result(message)
        elif not (death := self._expect(message.pid)).done():
            death.set_result(message.signal)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nobody wait for what will not come."""
        self.lost.set()
        if not self.ready.done():
            self.ready.set_result(EngineDied("the engine ended while it loaded the dataset"))
        for death in self._deaths.values():
            if not death.done():
                death.set_result(signal.SIGKILL)

    def say_goodbye(self) -> None:
        """End the zygote."""
        if self.transport is not None and not self.lost.is_set():
            self.transport.write(GOODBYE)
        self.close()

    async def death(self, pid: int) -> int:
        """Wait until a worker has ended; give the signal that ended it, 0 if none did."""
        if self.lost.is_set() and pid not in self._deaths:  # nobody will tell
            return signal.SIGKILL
        try:
            return await self._expect(pid)
        finally:
            self._deaths.pop(pid, None)

    def _expect(self, pid: int) -> asyncio.Future[int]:
        loop = asyncio.get_running_loop()
        return self._deaths.setdefault(pid, loop.create_future())


class WorkerLink(_Link):
    """The connection to one worker.

    Args:
        home: Where it comes from, and has its dataset from.
        control: Tells of its death.
        memory: The bytes it may have beside the dataset.
    """

    def __init__(self, home: object, control: Control, memory: int) -> None:
        super().__init__()
        self.home = home
        self._control = control
        self._memory = memory
        self.started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reply: asyncio.Future[Any] | None = None
        self._fate: Exception | None = None
        self._size = 0
        self._take_back: Callable[[Returned], None] = lambda returned: None
        self.alive = True

    def message_received(self, message: Any) -> None:
        """Take the worker's number, or its answer."""
        if not self.started.done():
            self._size, _ = _memory_of(message)
            self.started.set_result(message)
        elif isinstance(message, Returned):
            self._take_back(message)
        elif self._reply is not None and not self._reply.done():
            self._reply.set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell those who wait that no answer will come."""
        self.alive = False
        if not self.started.done():
            self.started.set_exception(EngineDied("no process could be made for the query"))
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(None)

    async def ask(self, order: Order) -> Any:
        """Have an order done, and give the worker's `Reply`.

        Raises:
            TimedOut, OutOfMemory, EngineDied: if the worker was ended.
            Exception: whatever the worker answered with.
        """
        return await self._await_reply(lambda: self.send(order))

    async def attend(
        self, order: Attend, descriptors: list[int], take_back: Callable[[Returned], None]
    ) -> None:
        """Have connections served, which are sent by `send_at_once`; raises as `ask`.

        Args:
            order: What begins it.
            descriptors: What goes along.
            take_back: Gets each connection that is given back.
        """
        self._take_back = take_back
        await self._await_reply(lambda: self.send_at_once(order, descriptors))

    def send_at_once(self, message: object, descriptors: Sequence[int] = ()) -> None:
        """Send a small message, with descriptors; a worker that cannot take it is ended."""
        assert self.transport is not None
        try:
            sending = socket.socket(fileno=self.transport.get_extra_info("socket").fileno())
            try:
                socket.send_fds(sending, [pack(message)], descriptors)
            finally:
                sending.detach()
        except OSError:
            self.kill(EngineDied("the engine's process does not listen"))

    async def _await_reply(self, send: Callable[[], None]) -> Any:
        self._reply = asyncio.get_running_loop().create_future()
        if not self.alive:
            self._reply.set_result(None)
        else:
            send()
        reply = await self._reply
        if reply is None:
            raise await self._obituary()
        if isinstance(reply, Exception):
            raise reply
        return reply

    def kill(self, reason: Exception | None) -> None:
        """End the worker, whatever it does; `reason` is what those who wait are told."""
        self._fate = reason
        if self.alive and self.started.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.started.result(), signal.SIGKILL)
        self.alive = False
        self.close()

    def worked(self) -> float:
        """Give the seconds of processor time the worker has used."""
        try:
            return time.clock_gettime(_processor_clock(self.started.result()))
        except OSError:  # it has just ended
            return 0.0

    def is_fit(self) -> bool:
        """Tell whether the worker has the memory for one more query.

        It has not, if it did not give back much of that, or has copied too much of the dataset.
        """
        size, copied = _memory_of(self.started.result())
        return size - self._size <= self._memory // 4 and copied <= self._memory

    def yield_to_others(self) -> None:
        """Let the workers of quick queries go first, until this is done; see `worker.py`."""
        number = self.started.result()
        with contextlib.suppress(OSError):  # it has just ended, or all of us are slow
            for thread in Path(f"/proc/{number}/task").iterdir():
                if thread.name != str(number):
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), 15)

    async def _obituary(self) -> Exception:
        if self._fate is not None:
            return self._fate
        match await self._control.death(self.started.result()):
            case signal.SIGALRM:
                return TimedOut("the query took longer than it may")
            case signal.SIGABRT:
                return OutOfMemory("the query needed more memory than it may have")
            case cause:
                return EngineDied(f"the query ended the engine's process (signal {cause})")


def _processor_clock(process: int) -> int:
    """Name the clock of the time a process has worked, as clock_getcpuclockid(3) does."""
    return ~process << 3 | 2


def _memory_of(process: int) -> tuple[int, int]:
    """Give the bytes of address space of a process, and of the pages it has made its own.

    Both are 0 if it has ended (proc_pid_stat(5): vsize, minflt).
    """
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0, 0
    return int(fields[20]), int(fields[7]) * resource.getpagesize()
