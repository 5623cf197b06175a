"""Connections lent to workers, which serve those of clients that ask much.

A request passed on between processes costs as much again as a quick query. So the connection
itself is passed, to a worker that reads requests, answers them and writes, one after the other on
all the connections it has, until it meets one that is not for it, or is asked for them. The server
keeps its end open: when the worker is killed, it answers in its place, and the client keeps its
connection. See `host.py` for the server's side, and `http/borrowing.py` for the worker's.

What the worker does, it writes into a pipe, which the server reads now and then, and which
outlives the worker. A record is a length and a tuple as marshal writes it, which is much quicker
than pickle; it has at most PIPE_BUF bytes, so that it is read whole (pipe(7)).
"""

import marshal
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

_LENGTH: Final = 4  # bytes of the length of a record


class Attend(NamedTuple):
    """The order to serve connections; the `Board` and the pipe for records come along.

    `version` is that of the dataset. The reply, `Attended`, comes when all are given back.
    """

    version: str


class Borrow(NamedTuple):
    """The order to serve the connection that comes along; `peer` is its other end."""

    number: int
    peer: tuple[str, int] | None


class GiveBack(NamedTuple):
    """The wish to have all connections back."""


class Returned(NamedTuple):
    """The worker is done with a connection.

    `unsent` and then the file `rest` are what the client did not take fast enough, and `unread` is
    what it sent and the worker did not serve.
    """

    number: int = 0
    unread: bytes = b""
    unsent: bytes = b""
    rest: Path | None = None
    close: bool = False


class Attended(NamedTuple):
    """The worker serves no connection any more."""


class Begun(NamedTuple):
    """A request is being answered; of its headers there are those that are logged."""

    number: int
    method: str
    path: str
    client: str
    headers: dict[str, str]


class Ended(NamedTuple):
    """It has been answered."""

    status: int
    notes: dict[str, str]
    seconds: float


def record(event: Begun | Ended) -> bytes:
    """Write a record."""
    content = marshal.dumps(tuple(event))
    return len(content).to_bytes(_LENGTH, "little") + content


def read_records(data: bytes) -> Iterator[Begun | Ended]:
    """Read whole records."""
    start = 0
    while start < len(data):
        end = start + _LENGTH + int.from_bytes(data[start : start + _LENGTH], "little")
        yield _read_record(data[start + _LENGTH : end])
        start = end


def _read_record(content: bytes) -> Begun | Ended:
    fields = marshal.loads(content)
    return Begun(*fields) if len(fields) == len(Begun._fields) else Ended(*fields)


class Lease:
    """A connection that is lent, as the server sees it.

    Args:
        connection: Its descriptor.
        peer: Its other end.
        observe: Is told of each request that has been served.

    Attributes:
        ask_back: Asks the worker for it.
        underway: The request that the worker left unanswered when it was ended.
        was_long: Whether a request took so long that the worker lost its other connections.
    """

    def __init__(
        self,
        connection: int,
        peer: tuple[str, int] | None,
        observe: Callable[[Begun, Ended], None],
    ) -> None:
        self.connection = connection
        self.peer = peer
        self.observe = observe
        self.ask_back: Callable[[], None] = lambda: None
        self.underway: Begun | None = None
        self.was_long = False

    def client_left(self) -> bool:
        """Tell whether the client has closed the connection, without taking what it sent."""
        with socket.socket(fileno=os.dup(self.connection)) as peeking:
            try:
                return not peeking.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            except OSError:
                return True
