"""Errors as problem documents."""

import inspect
import json
from http import HTTPStatus

import pytest

from xingtu.server import create_app, errors
from xingtu.server.engine.local import LocalEngine
from xingtu.server.problems import STATUSES, problem_response

MADE = {
    errors.ServerBusy: errors.ServerBusy("full", 7),
    errors.RateExceeded: errors.RateExceeded("slow down", 60),
    errors.MethodNotAllowed: errors.MethodNotAllowed("GET, HEAD"),
    errors.MalformedQuery: errors.MalformedQuery("expected }", 3, 14),
    errors.MalformedData: errors.MalformedData("expected .", 1, 2),
}
# The base of others, and what only commands meet.
NOT_OVER_HTTP = {errors.QueryError, errors.LoadIncomplete}
ALL = {kind for _, kind in inspect.getmembers(errors, inspect.isclass)} - NOT_OVER_HTTP


@pytest.mark.parametrize("kind", sorted(ALL, key=str), ids=lambda kind: kind.__name__)
def test_every_exception_has_a_status(kind):
    response = problem_response(MADE.get(kind) or kind("what is wrong"))
    document = json.loads(response.body)
    assert dict(response.headers)["Content-Type"] == "application/problem+json"
    assert document["status"] == response.status == STATUSES[kind] >= 400
    assert document["title"] == HTTPStatus(response.status).phrase
    assert document["detail"]


def test_there_are_no_others():
    assert len(ALL) >= 25
    assert set(STATUSES) <= ALL


def test_nothing_that_input_can_cause_is_an_internal_error():
    assert 500 not in STATUSES.values()


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (MADE[errors.ServerBusy], 503, {"Retry-After": "7"}),
        (MADE[errors.RateExceeded], 429, {"Retry-After": "60"}),
        (errors.TimedOut("late"), 503, {"Retry-After": "30"}),
        (errors.OutOfMemory("big"), 503, {"Retry-After": "30"}),
        (errors.EngineDied("dead"), 503, {"Retry-After": "30"}),
        (MADE[errors.MethodNotAllowed], 405, {"Allow": "GET, HEAD"}),
        (errors.NotAuthorized("no"), 401, {"WWW-Authenticate": 'Bearer realm="xingtu"'}),
        (errors.NotAcceptable("no"), 406, {"Vary": "Accept"}),
        (errors.InvalidRequest("no"), 400, {}),
    ],
)
def test_a_status_comes_with_its_headers(error, status, headers):
    response = problem_response(error)
    common = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    assert (response.status, dict(response.headers)) == (status, common | headers)


def test_a_position_is_told():
    document = json.loads(problem_response(MADE[errors.MalformedQuery]).body)
    assert (document["line"], document["column"]) == (3, 14)
    assert document["detail"] == "line 3, column 14: expected }"
    unknown = json.loads(problem_response(errors.MalformedQuery("expected }")).body)
    assert "line" not in unknown


@pytest.mark.parametrize(
    "error", [KeyError("secret"), RuntimeError("secret"), OSError(1, "secret")]
)
def test_a_fault_of_ours_is_told_without_its_message(error):
    response = problem_response(error)
    assert response.status == 500
    assert b"secret" not in response.body


def test_any_text_makes_a_document():
    response = problem_response(errors.InvalidRequest('天 "\ud800" \x00'))
    assert "天" in json.loads(response.body)["detail"]


def test_flask_answers_in_the_same_way(store):
    app = create_app(LocalEngine(store))

    @app.get("/busy")
    def be_busy():
        raise errors.ServerBusy("full", 7)

    @app.get("/broken")
    def break_down():
        raise KeyError("secret")

    client = app.test_client()
    busy, broken, absent = map(client.get, ("/busy", "/broken", "/a/path/that/is/not"))
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "7")
    assert (broken.status_code, absent.status_code) == (500, 404)
    assert "secret" not in broken.text
    for answer in (busy, broken):
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"]
