"""From exception to answer: one table of HTTP statuses, one form of error document (RFC 9457)."""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from xingtu.server import errors
from xingtu.server.http.message import Response

if TYPE_CHECKING:
    import flask
    from werkzeug.exceptions import HTTPException

# What is not here, and is not one of Flask's own, is our fault: 500.
STATUSES: Final[dict[type[Exception], HTTPStatus]] = {
    errors.InvalidRequest: HTTPStatus.BAD_REQUEST,
    errors.MalformedQuery: HTTPStatus.BAD_REQUEST,
    errors.MalformedData: HTTPStatus.BAD_REQUEST,
    errors.UnknownFunction: HTTPStatus.BAD_REQUEST,
    errors.InvalidGraphName: HTTPStatus.BAD_REQUEST,
    errors.DatasetConflict: HTTPStatus.BAD_REQUEST,
    errors.NotAuthorized: HTTPStatus.UNAUTHORIZED,
    errors.RefusedOperation: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    errors.SlowBody: HTTPStatus.REQUEST_TIMEOUT,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.QueryTooLong: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.QueryTooComplex: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    # The client can ask for less, so it is no fault of the server.
    errors.ResultTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RateExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    errors.ServiceFailed: HTTPStatus.BAD_GATEWAY,
    errors.TimedOut: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutOfMemory: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EngineDied: HTTPStatus.SERVICE_UNAVAILABLE,  # by the query's fault, so not 500
    errors.ServerBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.MissingDataset: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreFull: HTTPStatus.INSUFFICIENT_STORAGE,
}

_RETRY_AFTER: Final = 30  # seconds; what a query lacked now, a quieter server may have
_TRANSIENT: Final = (errors.TimedOut, errors.OutOfMemory, errors.EngineDied)


def problem_response(error: Exception) -> Response:
    """Answer an error.

    Args:
        error: One of `STATUSES`; any other is a fault of ours, and nothing of it is told.

    Returns:
        A problem document, with the headers its status calls for (RFC 9110 §15.5, §15.6).
    """
    kind = next((kind for kind in type(error).__mro__ if kind in STATUSES), None)
    status = STATUSES[kind] if kind else HTTPStatus.INTERNAL_SERVER_ERROR
    detail = str(error) if kind else "the server failed; the fault is not in the request"
    position = (
        {"line": error.line, "column": error.column}
        if isinstance(error, errors.MalformedQuery)
        else {}
    )
    document = problem_document(status, detail, **position)
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Cache-Control", "no-store"),
        *_headers(error),
    ]
    body = document.encode(errors="replace")  # a lone surrogate of the input
    return Response(status, headers, body, {"problem": type(error).__name__})


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


def register_problems(app: "flask.Flask") -> None:
    """Answer every error of a Flask application by a problem document."""
    from werkzeug.exceptions import HTTPException

    for kind in STATUSES:
        app.register_error_handler(kind, _answer_listed)
    app.register_error_handler(HTTPException, _answer_http)


def _headers(error: Exception) -> list[tuple[str, str]]:
    match error:
        case errors.ServerBusy():
            return [("Retry-After", str(error.retry_after))]
        case errors.MethodNotAllowed():
            return [("Allow", error.allow)]
        case errors.NotAuthorized():
            return [("WWW-Authenticate", 'Bearer realm="xingtu"')]
        case errors.NotAcceptable():
            return [("Vary", "Accept")]
    return [("Retry-After", str(_RETRY_AFTER))] if isinstance(error, _TRANSIENT) else []


def _answer_listed(error: Exception) -> "flask.Response":
    from flask import Response as FlaskResponse

    response = problem_response(error)
    assert isinstance(response.body, bytes)
    return FlaskResponse(response.body, response.status, response.headers)


def _answer_http(error: "HTTPException") -> "flask.Response":
    """Keep Flask's status and headers (Allow with a 405) and replace its HTML page."""
    from flask import Response as FlaskResponse

    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = FlaskResponse(problem_document(status, error.description or ""), status)
    answer.headers.extend(error.get_headers())
    answer.content_type = "application/problem+json"
    return answer
