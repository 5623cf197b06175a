"""Errors of queries and updates that ask other endpoints: they say which."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from xingtu.server.errors import ServiceFailed, TimedOut


@contextmanager
def naming(services: Sequence[str]) -> Iterator[None]:
    """Name the services of a text in the errors that they may have caused.

    The engine does not tell a slow service from a slow query, nor always which service failed.

    Args:
        services: The endpoints that the text asks by SERVICE.

    Raises:
        ServiceFailed, TimedOut: what was raised within, with the services named.
    """
    try:
        yield
    except (ServiceFailed, TimedOut) as error:
        if not services:
            raise
        names = " and ".join(f"<{service}>" for service in services)
        raise type(error)(f"{error}; SERVICE asks {names}") from error
