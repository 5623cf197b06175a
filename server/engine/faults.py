"""pyoxigraph's errors, which are Python's general ones, named by what is wrong."""

import re
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


class engine_errors:  # noqa: N801 - reads as a word, in `with engine_errors(text):`
    """Turn what the engine raises within into errors of `errors.py`.

    Args:
        text: The query or update that is done, which tells whether SERVICE may be at fault.

    Raises:
        QueryError: by its subclasses.
        OSError: for a file of ours.
    """

    def __init__(self, text: str = "") -> None:
        self._text = text

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            _raise_named(error, self._text)


def _raise_named(error: BaseException, text: str) -> None:
    """Raise what the engine raised by its name, unless it is what it seems to be.

    No variable may hold what is raised: it would hold, by its traceback, itself and the results.
    """
    match error:
        case SyntaxError():
            raise malformed(str(error)) from error
        case MemoryError():
            raise OutOfMemory("the query needs more memory than it may have") from error
        case RuntimeError() if "custom function" in str(error):
            raise UnknownFunction(str(error)) from error
        case RuntimeError() if "SERVICE" in text.upper():
            raise _service_failed(error) from error
        case RuntimeError():
            raise RefusedOperation(str(error)) from error
        case OSError() if error.errno is None:  # the network, not a file of ours
            raise _service_failed(error) from error


def _service_failed(error: BaseException) -> ServiceFailed:
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
