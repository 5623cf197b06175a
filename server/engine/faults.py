"""pyoxigraph's errors, which are Python's general ones, named by what is wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from xingtu.server.errors import (
    MalformedQuery,
    OutOfMemory,
    RefusedOperation,
    ServiceFailed,
    UnknownFunction,
)

_SHOWN: Final = 300  # characters of what a service says
_POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@contextmanager
def engine_errors(text: str = "") -> Iterator[None]:
    """Turn what the engine raises within into errors of `errors.py`.

    Args:
        text: The query or update that is done, which tells whether SERVICE may be at fault.

    Raises:
        QueryError: by its subclasses.
        OSError: for a file of ours.
    """
    try:
        yield
    except SyntaxError as error:
        raise malformed(str(error)) from error
    except MemoryError as error:
        raise OutOfMemory("the query needs more memory than it may have") from error
    except RuntimeError as error:
        if "custom function" in str(error):
            raise UnknownFunction(str(error)) from error
        if "SERVICE" in text.upper():
            raise _service_failed(error) from error
        raise RefusedOperation(str(error)) from error
    except OSError as error:
        if error.errno is not None:  # a file of ours, not the network
            raise
        raise _service_failed(error) from error


def _service_failed(error: Exception) -> ServiceFailed:
    """Tell of a service that is down, refuses, or answers what is no answer, on one line."""
    said = " ".join(str(error).split())
    shown = said if len(said) <= _SHOWN else said[:_SHOWN] + " …"
    return ServiceFailed(f"a SERVICE did not answer, or not rightly: {shown}")


def malformed(message: str) -> MalformedQuery:
    """Shorten the parser's message, which spells out whole character classes."""
    position = _POSITION.fullmatch(message)
    line, column, expected = position.groups() if position else (None, None, message)
    items = " ".join(expected.split()).split(", ")
    detail = ", ".join(item for item in items if not item.startswith("["))
    if line is None or column is None:
        return MalformedQuery(detail)
    return MalformedQuery(detail, int(line), int(column))
