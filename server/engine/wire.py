"""Messages between the server and its engine processes: a length, then a pickle.

Both ends are ours, on a socket that only this user can reach; a pickle is quick and keeps
exceptions whole.
"""

import pickle
import socket
import struct
from typing import Any, Final

_LENGTH: Final = struct.Struct("<Q")
_MOST_DESCRIPTORS: Final = 2


def pack(message: object) -> bytes:
    """Frame a message."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def send(connection: socket.socket, message: object) -> None:
    """Send a message, blocking until it is gone."""
    connection.sendall(pack(message))


def receive(connection: socket.socket) -> Any:
    """Receive one message, blocking.

    Raises:
        EOFError: if the other end has closed.
    """
    message, _ = receive_with_descriptors(connection)
    return message


def receive_with_descriptors(connection: socket.socket) -> tuple[Any, list[int]]:
    """Receive one message, blocking, and the file descriptors that came along.

    Raises:
        EOFError: if the other end has closed.
    """
    start, descriptors, *_ = socket.recv_fds(connection, _LENGTH.size, _MOST_DESCRIPTORS)
    if not start:
        raise EOFError
    (length,) = _LENGTH.unpack(start + _receive_exactly(connection, _LENGTH.size - len(start)))
    return pickle.loads(_receive_exactly(connection, length)), descriptors


class Unpacker:
    """Makes messages of the bytes as they come."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """Take bytes; give the messages they complete."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(pickle.loads(memoryview(self._buffer)[_LENGTH.size : end]))
            del self._buffer[:end]
        return messages


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    chunks = []
    while size:
        chunk = connection.recv(min(size, 1 << 20))
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
