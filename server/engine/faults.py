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
        if error is not None and (named := _name(error, self._text)) is not None:
            raise named from error


def _name(error: BaseException, text: str) -> Exception | None:
    """Name what the engine raised; None if it is what it seems to be."""
    match error:
        case SyntaxError():
            return malformed(str(error))
        case MemoryError():
            return OutOfMemory("the query needs more memory than it may have")
        case RuntimeError() if "custom function" in str(error):
            return UnknownFunction(str(error))
        case RuntimeError() if "SERVICE" in text.upper():
            return _service_failed(error)
        case RuntimeError():
            return RefusedOperation(str(error))
        case OSError() if error.errno is None:  # the network, not a file of ours
            return _service_failed(error)
    return None


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
