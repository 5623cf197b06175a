"""What operators and their machines ask for: health, readiness, metrics, the description."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from xingtu.server.engine.tasks import Answer, Task
from xingtu.server.errors import EngineDied, ServerBusy, StoreUnusable, TimedOut
from xingtu.server.formats import GRAPH_FORMATS, RESULT_FORMATS
from xingtu.server.http import protocol
from xingtu.server.operation.authority import Authority
from xingtu.server.operation.metrics import Metrics, Stats
from xingtu.server.operation.openapi import describe_api
from xingtu.server.operation.views import Operated, make_blueprint
from xingtu.server.problems import STATUSES, register_problems

TOKEN = "correct-horse-battery"


class Engine:
    """An engine whose answer the test decides."""

    version = "v7"
    writable = False

    async def run(self, task: Task) -> Answer:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


def serve(
    run: Callable[[Task], Answer] = lambda task: Answer(b"{}"), shown: str = "on"
) -> FlaskClient:
    app = Flask("test", instance_path=str(Path(__file__).parent))
    metrics = Metrics(lambda: Stats(waiting=3))
    authority = Authority(TOKEN, "https://kg.example")
    app.register_blueprint(
        make_blueprint(Operated(Engine(), run, metrics, authority, "https://kg.example", shown))
    )
    register_problems(app)
    return app.test_client()


def fail(error: Exception) -> Callable[[Task], Answer]:
    def run(task: Task) -> Answer:
        raise error

    return run


def test_the_server_is_ready_when_its_engine_answers() -> None:
    asked: list[Task] = []
    client = serve(lambda task: asked.append(task) or Answer(b"{}"))  # type: ignore[func-returns-value]
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json
    assert (answer.json["status"], answer.json["dataset"]) == ("ready", "v7")
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", answer.json["version"])
    assert asked and asked[0].timeout <= 5


@pytest.mark.parametrize(
    "error",
    [TimedOut("late"), EngineDied("dead"), ServerBusy("full"), StoreUnusable("torn"), TimeoutError(), ConnectionResetError()],
)  # fmt: skip
def test_it_is_alive_but_not_ready_when_its_engine_does_not(error: Exception) -> None:
    client = serve(fail(error))
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"].isdecimal()
    assert client.get("/health").status_code == 200


def test_health_does_not_ask_the_engine() -> None:
    assert serve(fail(AssertionError())).get("/health").json == {"status": "alive"}


@pytest.mark.parametrize(
    ("shown", "header", "status"),
    [
        ("on", "", 200),
        ("off", f"Bearer {TOKEN}", 404),
        ("token", "", 401),
        ("token", "Bearer wrong-wrong-wrong", 401),
        ("token", f"Bearer {TOKEN}", 200),
    ],
)
def test_metrics_are_shown_to_whom_the_setting_says(shown: str, header: str, status: int) -> None:
    answer = serve(shown=shown).get("/metrics", headers={"Authorization": header})
    assert answer.status_code == status
    assert ("xingtu_waiting 3.0" in answer.text) == (status == 200)


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/openapi.json"])
def test_no_cache_keeps_these_and_nothing_else_is_done_there(path: str) -> None:
    client = serve()
    assert client.get(path).headers["Cache-Control"] == "no-store"
    assert client.post(path).status_code == 405


def parameters(operation: dict[str, Any]) -> set[str]:
    content = operation.get("requestBody", {}).get("content", {})
    form = content.get("application/x-www-form-urlencoded", {}).get("schema", {})
    named = {parameter["name"] for parameter in operation.get("parameters", [])}
    return named | set(form.get("properties", {}))


@pytest.fixture
def api() -> dict[str, Any]:
    document = serve().get("/openapi.json").json
    assert document == json.loads(
        json.dumps(describe_api("https://kg.example", document["info"]["version"]))
    )
    assert isinstance(document, dict)
    return document


def test_the_description_names_the_parameters_that_are_read(api: dict[str, Any]) -> None:
    operations = api["paths"]["/sparql"].values()
    assert set().union(*map(parameters, operations)) == protocol._KNOWN


def test_the_description_names_the_formats_and_statuses_there_are(api: dict[str, Any]) -> None:
    for operation in api["paths"]["/sparql"].values():
        offered = operation["responses"]["200"]["content"].keys()
        assert offered == {row.media_type for row in (*RESULT_FORMATS, *GRAPH_FORMATS)} | {
            "text/html"
        }
        assert {str(status.value) for status in STATUSES.values()} <= operation["responses"].keys()
    for operation in api["paths"]["/gsp"]["put"], api["paths"]["/gsp/{path}"]["put"]:
        accepted = operation["requestBody"]["content"].keys()
        assert accepted == {row.media_type for row in GRAPH_FORMATS} | {"multipart/form-data"}


def test_every_write_is_described_to_need_the_token(api: dict[str, Any]) -> None:
    for path in ("/gsp", "/gsp/{path}"):
        for method in ("put", "post", "delete"):
            assert api["paths"][path][method]["security"] == [{"token": []}]
    assert {"token": []} in api["paths"]["/sparql"]["post"]["security"]


def test_a_problem_is_as_it_is_described(api: dict[str, Any]) -> None:
    schema = api["components"]["schemas"]["Problem"]
    problem = serve(fail(TimedOut("late"))).get("/ready").get_json(force=True)
    assert set(schema["required"]) <= problem.keys() <= schema["properties"].keys()
