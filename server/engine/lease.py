"""Connections lent to workers: a busy client gets a process of its own, as with PostgreSQL.

A request passed on between processes costs as much again as a quick query. So the connection
itself is passed, to a worker that reads requests, answers them and writes, until it meets one
that is not for it, has nothing to do, or is asked for it. The server keeps its end open: when the
worker is killed, it answers in its place, and the client keeps its connection.

What the worker does, it writes into a pipe, which the server reads now and then, and which
outlives the worker. A record is a tuple as marshal writes it, much quicker than pickle, and of at
most PIPE_BUF bytes, so that it is read whole (pipe(7)).
"""

import fcntl
import marshal
import os
import socket
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final, NamedTuple

_PIPE_SIZE: Final = 1 << 20  # bytes; holds what happens between two looks


class Borrow(NamedTuple):
    """The order to serve the connection that comes along, with the pipe for records.

    `peer` is its other end, `version` that of the dataset.
    """

    peer: tuple[str, int] | None
    version: str


class GiveBack(NamedTuple):
    """The wish to have the connection back."""


class Returned(NamedTuple):
    """The worker is done with the connection; `unread` is what it read and did not serve."""

    unread: bytes = b""
    close: bool = False


class Begun(NamedTuple):
    """A request is being answered; of its headers there are those that are logged."""

    method: str
    path: str
    client: str
    headers: dict[str, str]


class Ended(NamedTuple):
    """Its answer has been sent."""

    status: int
    notes: dict[str, str]
    seconds: float


SENDING: Final = marshal.dumps(())
"""The record that the answer is on the way to the client."""


def record(event: Begun | Ended) -> bytes:
    """Write a record."""
    return marshal.dumps(tuple(event))


class Lease:
    """A connection that is lent, as the server sees it; a context.

    Args:
        connection: Its descriptor.
        peer: Its other end.
        observe: Is told of each request that has been served.
    """

    def __init__(
        self,
        connection: int,
        peer: tuple[str, int] | None,
        observe: Callable[[Begun, Ended], None],
    ) -> None:
        self.connection = connection
        self.peer = peer
        self.ask_back: Callable[[], None] = lambda: None
        self.underway: Begun | None = None
        self.sending = False
        self.handed_over = False
        self._observe = observe

    def __enter__(self) -> "Lease":
        """Open the pipe; not before, as a task cancelled before it begins closes nothing."""
        self._read, self.records = os.pipe()
        os.set_blocking(self._read, False)
        fcntl.fcntl(self._read, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        return self

    def __exit__(self, *_: object) -> None:
        self.look()
        os.close(self._read)
        os.close(self.records)

    def look(self) -> Begun | None:
        """Read what has happened; give the request that is being answered."""
        try:
            data = os.read(self._read, _PIPE_SIZE)
        except BlockingIOError:
            return self.underway
        stream = BytesIO(data)
        while stream.tell() < len(data):
            self._take(marshal.load(stream))
        return self.underway

    def client_left(self) -> bool:
        """Tell whether the client has closed the connection, without taking what it sent."""
        with socket.socket(fileno=os.dup(self.connection)) as peeking:
            try:
                return not peeking.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            except OSError:
                return True

    def _take(self, event: tuple[Any, ...]) -> None:
        if not event:
            self.sending = True
        elif len(event) == len(Begun._fields):
            self.underway, self.sending = Begun(*event), False
        else:
            assert self.underway is not None
            self._observe(self.underway, Ended(*event))
            self.underway, self.sending = None, False
