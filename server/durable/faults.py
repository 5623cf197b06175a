"""RocksDB's errors, which come as Python's general ones, named by what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from xingtu.server.errors import StoreFull, StoreUnusable

# A file that may grow no further is a limit of the process, not of the disk, but the same to us.
_FULL: Final = ("No space left", "Space limit reached", "Disk quota exceeded", "File too large")


@contextmanager
def disk_errors(trouble: str = "a file of the store failed") -> Iterator[None]:
    """Turn what the store's files raise within into errors of `errors.py`.

    Args:
        trouble: What it means if a file cannot be read or written.

    Raises:
        StoreFull: if there was no room.
        StoreUnusable: if a file cannot be read or written, or is not as it was written.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        message = str(error)
        if any(sign in message for sign in _FULL):
            raise StoreFull("the disk has no room for this") from error
        if message.startswith("Corruption"):
            raise StoreUnusable(f"the store is damaged: {message}") from error
        if message.startswith("IO error") or getattr(error, "errno", None) is not None:
            raise StoreUnusable(f"{trouble}: {message}") from error
        raise
