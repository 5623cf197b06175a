"""A worker's side of the connections that are lent to it: HTTP/1.1, one request at a time.

See `engine/lease.py`. Whoever waits for a request of another connection waits for a quick one:
what takes long makes the server take the other connections back, and so does a client that reads
slowly with its own.
"""

import os
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from time import monotonic, time
from typing import Final

from xingtu.server.engine import wire
from xingtu.server.engine.board import Board
from xingtu.server.engine.lease import Borrow, Ended, Returned, record
from xingtu.server.http.head import Header, write_head
from xingtu.server.http.message import Request, Response
from xingtu.server.http.plain import PlainRequests

_REST: Final = 0.5  # seconds without a request after which a connection is given back
_PATIENCE: Final = 50  # milliseconds in which a client may take what does not fit into its socket
_READ: Final = 64 * 1024  # bytes; a head may have no more


@dataclass(slots=True, eq=False)
class _Guest:
    """A connection, and when it was last asked something."""

    number: int
    connection: socket.socket
    requests: PlainRequests
    used: float


class Attendance:
    """Serves connections.

    Args:
        answer: Answers a request.
        requests_of: Makes what reads the requests of a connection.
        control: Where connections come from; what else comes is the wish to have them back.
        board: Tells what is being done.
        records: The pipe for `Begun` and `Ended`.
    """

    def __init__(
        self,
        answer: Callable[[Request], Response],
        requests_of: Callable[[Borrow], PlainRequests],
        control: socket.socket,
        board: Board,
        records: int,
    ) -> None:
        self._answer = answer
        self._requests_of = requests_of
        self._control = control
        self._board = board
        self._records = records
        self._guests: dict[int, _Guest] = {}
        self._ended = b""  # the record of the last request; written with the next, or at rest
        self._swept = monotonic()
        self._buffer = memoryview(bytearray(_READ))

    def run(self) -> None:
        """Serve until the connections are wanted back.

        Raises:
            EOFError: if the server is gone.
        """
        with select.epoll() as self._poll:
            self._poll.register(self._control, select.EPOLLIN)
            while self._serve_ready():
                pass
            for guest in [*self._guests.values()]:
                self._give_back(guest)

    def _serve_ready(self) -> bool:
        """Serve all that wait, or rest; False if the connections are wanted back."""
        ready = self._poll.poll(0) or self._rest()
        for descriptor, _ in ready:
            if guest := self._guests.get(descriptor):
                self._serve(guest)
            elif descriptor == self._control.fileno() and not self._welcome():
                return False
        if monotonic() - self._swept > _REST:
            self._sweep()
        return True

    def _rest(self) -> list[tuple[int, int]]:
        self._write_records(b"")
        return self._poll.poll(_REST if self._guests else -1)

    def _welcome(self) -> bool:
        """Take a connection; False if there is none, but the wish to have all back."""
        order, descriptors = wire.receive_with_descriptors(self._control)
        if not isinstance(order, Borrow):
            return False
        connection = socket.socket(fileno=descriptors[0])
        requests = self._requests_of(order)
        self._guests[connection.fileno()] = _Guest(order.number, connection, requests, monotonic())
        self._poll.register(connection, select.EPOLLIN)
        return True

    def _sweep(self) -> None:
        """Give back the connections that rest."""
        self._swept = monotonic()
        for guest in [*self._guests.values()]:
            if self._swept - guest.used > _REST:
                self._give_back(guest)

    def _give_back(
        self,
        guest: _Guest,
        unread: bytes = b"",
        unsent: bytes = b"",
        rest: Path | None = None,
        close: bool = False,
    ) -> None:
        del self._guests[guest.connection.fileno()]
        self._poll.unregister(guest.connection)
        guest.connection.close()
        self._write_records(b"")
        wire.send(self._control, Returned(guest.number, unread, unsent, rest, close))

    def _serve(self, guest: _Guest) -> None:
        """Serve one request, unless the connections are wanted back."""
        if not self._board.begin(guest.number):
            return
        try:
            data = bytes(self._buffer[: guest.connection.recv_into(self._buffer)])
            request = guest.requests.read(data)
            if request is None:
                self._give_back(guest, unread=data, close=not data)
            else:
                self._exchange(guest, request)
        except OSError:  # the client is gone
            self._give_back(guest, close=True)
        self._board.end()  # but not after an error of ours, which ends this process

    def _exchange(self, guest: _Guest, request: Request) -> None:
        guest.used = start = monotonic()
        self._write_records(guest.requests.begun)
        self._board.record()
        response = self._answer(request)
        head = write_head(response, _date(int(time())), keep_alive=True)
        self._board.send()
        self._ended = record(Ended(int(response.status), response.notes, monotonic() - start))
        self._send(guest, head, response.body)

    def _send(self, guest: _Guest, head: bytes, body: bytes | Path) -> None:
        """Send an answer; what the client does not take at once, the server sends.

        Raises:
            OSError: if the client is gone.
        """
        if isinstance(body, Path):
            self._give_back(guest, unsent=head, rest=body)
            return
        left = memoryview(head + body)
        while left:
            try:
                left = left[guest.connection.send(left) :]
            except BlockingIOError:
                if not _is_writable(guest.connection):
                    self._give_back(guest, unsent=bytes(left))
                    return

    def _write_records(self, begun: bytes) -> None:
        """Tell of the request that begins, and first of the one that ended."""
        if self._ended or begun:
            os.write(self._records, self._ended + begun)
            self._ended = b""


def _is_writable(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    return bool(poll.poll(_PATIENCE))


@lru_cache(1)
def _date(now: int) -> list[Header]:
    return [(b"date", formatdate(now, usegmt=True).encode())]
