"""Backups: copies of a store that are stores too.

A store that is being served has its one writer in the server. So the server listens on a socket in
the directory, which only its owner can reach, and makes the backup when it is asked.
"""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace as change
from pathlib import Path
from typing import Final

from xingtu.server.durable.directory import Directory, sync_file
from xingtu.server.errors import QueryError, StoreFull, StoreUnusable

_SOCKET: Final = "backup.socket"
_CHUNK: Final = 1 << 20


def request_backup(directory: Path, target: Path) -> bool:
    """Have the server of a store make a backup.

    Args:
        directory: The store.
        target: Where there is nothing yet.

    Returns:
        Whether there is a server; if not, nothing was done.

    Raises:
        StoreUnusable: if the server cannot do it; the message is the server's.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            with _address(directory) as address:
                connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        connection.sendall(json.dumps(str(target.absolute())).encode() + b"\n")
        with connection.makefile("rb") as stream:
            reply = stream.readline()
    if not reply:
        raise StoreUnusable("the server ended before the backup was made")
    if problem := json.loads(reply):
        raise StoreUnusable(problem)
    return True


async def serve_backups(
    directory: Path, backup: Callable[[Path], Awaitable[None]]
) -> asyncio.Server:
    """Answer `request_backup` until the server that is returned is closed.

    Args:
        directory: The store, which this process serves.
        backup: Makes a backup at a path; may raise what `Writer.backup` raises, and `QueryError`.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ValueError):
            problem = await _attempt(backup, Path(json.loads(await reader.readline())))
            writer.write(json.dumps(problem).encode() + b"\n")
            await writer.drain()
        writer.close()

    with _address(directory) as address:
        Path(address).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        os.fchmod(listener.fileno(), 0o600)  # before there is anything to connect to
        listener.bind(address)
    return await asyncio.start_unix_server(answer, sock=listener)


async def _attempt(backup: Callable[[Path], Awaitable[None]], target: Path) -> str | None:
    try:
        await backup(target)
    except (QueryError, StoreFull, StoreUnusable) as error:
        return str(error)
    return None


@contextmanager
def _address(directory: Path) -> Iterator[str]:
    """Name the socket briefly: an address has 107 bytes at most, a path may be longer."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{_SOCKET}"
    finally:
        os.close(folder)


def restore(
    backup: Path, directory: Path, advance: Callable[[int], object] = lambda size: None
) -> None:
    """Make a store from a backup, which it shares nothing with.

    Args:
        backup: The backup.
        directory: Absent or empty.
        advance: Is told how many more bytes are copied.

    Raises:
        StoreUnusable: if `backup` is none, or is damaged, or there is something in the directory.
        StoreFull: if there is no room.
    """
    source, target = Directory(backup), Directory(directory)
    try:
        source.open_to_read()
        with target.making(change(source.marker, version=None)) as data:
            for path in sorted(source.data.iterdir()):
                _copy(path, data / path.name, advance)
    finally:
        source.close()
        target.close()


def _copy(path: Path, target: Path, advance: Callable[[int], object]) -> None:
    with path.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(_CHUNK):
            copy.write(chunk)
            advance(len(chunk))
    sync_file(target)
