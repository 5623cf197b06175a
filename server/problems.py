"""From exception to answer: one table of HTTP statuses, one form of error document (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Final

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from xingtu.server.formats import NotAcceptable
from xingtu.server.sparql import InvalidRequest, UnsupportedBody
from xingtu.server.store import (
    InvalidGraphName,
    MalformedQuery,
    QueryTooComplex,
    QueryTooLong,
    RefusedOperation,
    UnknownFunction,
)

# What is not here, and is not one of Flask's own, is our fault: 500.
STATUSES: Final[dict[type[Exception], HTTPStatus]] = {
    InvalidRequest: HTTPStatus.BAD_REQUEST,
    MalformedQuery: HTTPStatus.BAD_REQUEST,
    InvalidGraphName: HTTPStatus.BAD_REQUEST,
    UnknownFunction: HTTPStatus.BAD_REQUEST,
    RefusedOperation: HTTPStatus.FORBIDDEN,
    QueryTooComplex: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    QueryTooLong: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}


def register_problems(app: Flask) -> None:
    """Answer every error of the application by a problem document."""
    for kind in STATUSES:
        app.register_error_handler(kind, _answer_listed)
    app.register_error_handler(HTTPException, _answer_http)


def problem_document(status: HTTPStatus, detail: str, **extensions: int | None) -> str:
    """Write a problem document (RFC 9457 §3.1).

    Args:
        status: The HTTP status; its phrase is the title.
        detail: What went wrong and what to do about it.
        extensions: Further members; those that are None are left out.

    Returns:
        The JSON text.
    """
    known = {name: value for name, value in extensions.items() if value is not None}
    members = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return json.dumps(members | {"detail": detail} | known, ensure_ascii=False)


def _answer_listed(error: Exception) -> Response:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    position = (
        {"line": error.line, "column": error.column} if isinstance(error, MalformedQuery) else {}
    )
    document = problem_document(status, str(error), **position)
    return Response(document, status, content_type="application/problem+json")


def _answer_http(error: HTTPException) -> Response:
    """Keep Flask's status and headers (Allow with a 405) and replace its HTML page."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = Response(problem_document(status, error.description or ""), status)
    answer.headers.extend(error.get_headers())
    answer.content_type = "application/problem+json"
    return answer
