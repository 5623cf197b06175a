"""Errors, explained: a page to a browser, a problem document (RFC 9457) to anything else."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound as NoSuchPath

from xingtu.server.errors import NotFound, QueryError, ServerBusy
from xingtu.server.formats import prefers_page
from xingtu.server.problems import problem_response

_EXPLAINED: Final = (NotFound, QueryError, ServerBusy)


def register_explanations(blueprint: Blueprint) -> None:
    """Have the errors of a blueprint's views explained."""
    for kind in _EXPLAINED:
        blueprint.register_error_handler(kind, explain)


def explain(error: Exception) -> Response:
    """Say what happened and what to try."""
    problem = problem_response(error)
    if prefers_page(request.headers.get("Accept", "")):
        status = HTTPStatus(problem.status)
        answer = Response(render_template("error.html", status=status, detail=str(error)), status)
        answer.headers.extend(item for item in problem.headers if item[0] != "Content-Type")
    else:
        assert isinstance(problem.body, bytes)
        answer = Response(problem.body, problem.status, problem.headers)
    answer.vary.add("Accept")
    return answer


def explain_path(error: NoSuchPath) -> Response:
    """Explain that there is nothing at a path; nothing of the path is repeated."""
    return explain(NotFound("there is nothing at this address"))
