"""Answers of the engine made into responses."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from xingtu.server.engine.tasks import Answer
from xingtu.server.http.message import Response

VARY: Final = ("Vary", "Accept, Accept-Encoding")


def respond(answer: Answer, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Make a 200 of an answer, with its exact Content-Type, and headers of its own."""
    described = [("Content-Type", answer.content_type), VARY, *headers]
    if answer.coding is not None:
        described.append(("Content-Encoding", answer.coding))
    return Response(200, described, answer.body, {"format": answer.content_type})


def options(allow: str, accepted_queries: str | None = None) -> Response:
    """Answer OPTIONS and CORS preflights, to anybody.

    Args:
        allow: The methods, separated by commas.
        accepted_queries: The media types of QUERY (RFC 10008, Accept-Query), if it is among them.
    """
    headers = [
        ("Allow", allow),
        ("Access-Control-Allow-Methods", allow),
        # The star stands for all names but this one.
        ("Access-Control-Allow-Headers", "*, Authorization"),
        ("Access-Control-Max-Age", "86400"),
    ]
    if accepted_queries is not None:
        headers.append(("Accept-Query", accepted_queries))
    return Response(204, headers)


def take_body(body: bytes | Path) -> bytes:
    """Read a body into memory; a file is deleted."""
    if isinstance(body, bytes):
        return body
    content = body.read_bytes()
    body.unlink()
    return content
