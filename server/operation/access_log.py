"""The access log: a line of JSON for each request."""

import hashlib
import json
import logging
import re
import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from logging.handlers import WatchedFileHandler
from typing import Final

from xingtu.server.http.message import Request, Response

HASH_DIGITS: Final = 16
_LONGEST: Final = 200  # characters of what a client writes
_NOTES: Final = ("query_hash", "form", "format", "cache")
_NAME: Final = "xingtu.access"
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))
_REQUEST_ID: Final = re.compile(r"[\w-]{8,64}", re.ASCII)


def digest_query(text: str) -> str:
    """Give the SHA-256 of the UTF-8 of a query, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_query(text: str) -> str:
    """Name a query, so that repetitions can be counted while what is asked stays private.

    Returns:
        The first `HASH_DIGITS` of its digest.
    """
    return digest_query(text)[:HASH_DIGITS]


def outcome_of(response: Response) -> str:
    """Name how a request ended.

    Returns:
        Its note `outcome`, else `problem` (the exception that it got), else `ok` or `error`.
    """
    notes = response.notes
    known = notes.get("outcome") or notes.get("problem")
    return known or ("ok" if response.status < HTTPStatus.BAD_REQUEST else "error")


class AccessLog:
    """Writes what became of each request, never what was asked, nor the token.

    The lines are ASCII, so that nothing a client sends can begin a line of its own. A file that
    was moved away, by logrotate say, is opened anew. No failure to write fails a request.

    Args:
        target: The path of a file, or `-` for standard output.

    Raises:
        OSError: if the file cannot be opened.
    """

    def __init__(self, target: str) -> None:
        self._handler = _Output(sys.stdout) if target == "-" else _File(target, encoding="ascii")
        self._start = secrets.token_hex(4)
        self._number = count(1)

    def observe(self, request: Request, response: Response, seconds: float) -> None:
        """Write the line of one request.

        Args:
            request: What was asked. An `X-Request-Id` of the proxy is kept as the id.
            response: What was answered; `notes` tell the `bytes` of the body, and of a query its
                `query_hash`, `form`, `format` and `cache`. For the outcome see `outcome_of`.
            seconds: From the head of the request to the end of the response.
        """
        given, notes = request.headers.get("x-request-id", ""), response.notes
        entry: dict[str, str | int | float] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": given if _REQUEST_ID.fullmatch(given) else f"{self._start}-{next(self._number)}",
            "client": request.client,
            "method": request.method[:_LONGEST],
            "path": request.path[:_LONGEST],
            "status": response.status,
            "bytes": 0 if request.method == "HEAD" else int(notes.get("bytes", "0")),
            "duration_ms": round(seconds * 1000, 3),
            "outcome": outcome_of(response),
            **{name: notes[name] for name in _NOTES if name in notes},
            "user_agent": request.headers.get("user-agent", "")[:_LONGEST],
        }
        line = _ENCODER.encode(entry)
        self._handler.handle(logging.LogRecord(_NAME, logging.INFO, "", 0, line, (), None))

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):  # of a disk that is full
            self._handler.close()


class _Forgiving(logging.Handler):
    """Complains once of what cannot be written, and drops it."""

    complained = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # WatchedFileHandler opens a file outside of what it guards
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not self.complained:
            logging.getLogger("xingtu").error("cannot write the access log", exc_info=True)
        self.complained = True


class _File(_Forgiving, WatchedFileHandler):
    pass


class _Output(_Forgiving, logging.StreamHandler):  # type: ignore[type-arg]
    pass
