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

_POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what the engine raises within into errors of `errors.py`.

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
        raise RefusedOperation(str(error)) from error
    except OSError as error:
        if error.errno is not None:  # a file of ours, not the network
            raise
        raise ServiceFailed(f"a SERVICE did not answer: {error}") from error


def malformed(message: str) -> MalformedQuery:
    """Shorten the parser's message, which spells out whole character classes."""
    position = _POSITION.fullmatch(message)
    line, column, expected = position.groups() if position else (None, None, message)
    items = " ".join(expected.split()).split(", ")
    detail = ", ".join(item for item in items if not item.startswith("["))
    if line is None or column is None:
        return MalformedQuery(detail)
    return MalformedQuery(detail, int(line), int(column))
