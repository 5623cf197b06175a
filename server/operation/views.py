"""The pages for operators and their machines: health, readiness, metrics, description."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import Final

from flask import Blueprint, Response, jsonify, request

from xingtu.server.engine.tasks import Answer, Engine, Query, Task
from xingtu.server.errors import NotAuthorized, NotFound
from xingtu.server.formats import RESULT_FORMATS
from xingtu.server.operation import metrics
from xingtu.server.operation.authority import Authority
from xingtu.server.operation.openapi import describe_api
from xingtu.server.problems import STATUSES, problem_document

_PATIENCE: Final = 5.0  # seconds; an engine that takes longer for nothing is not ready

_FAILURES: Final[tuple[type[Exception], ...]] = (*STATUSES, TimeoutError, OSError)


@dataclass(frozen=True)
class Operated:
    """What the pages tell of.

    `run` does a task of the engine and waits for the answer, from any thread. `shown` is the
    setting `metrics`: on, token or off.
    """

    engine: Engine
    run: Callable[[Task], Answer]
    metrics: metrics.Metrics
    authority: Authority
    base: str
    shown: str = "on"


def make_blueprint(operated: Operated) -> Blueprint:
    """Make the pages /health, /ready, /metrics and /openapi.json."""
    blueprint = Blueprint("operation", __name__)
    software = version("xingtu")
    api = describe_api(operated.base, software)

    @blueprint.get("/health")
    def show_health() -> Response:
        """Tell that the process is alive, whatever its engine does."""
        return jsonify(status="alive")

    @blueprint.get("/ready")
    def show_readiness() -> Response:
        """Tell whether the engine answers."""
        if failure := _try(operated):
            status = HTTPStatus.SERVICE_UNAVAILABLE
            document = problem_document(status, f"the engine does not answer: {failure}")
            answer = Response(document, status, content_type="application/problem+json")
            answer.headers["Retry-After"] = str(int(_PATIENCE))
            return answer
        return jsonify(status="ready", version=software, dataset=operated.engine.version)

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        """Show the metrics to those who may see them."""
        if operated.shown == "off":
            raise NotFound("the metrics are off")
        headers = {name.lower(): value for name, value in request.headers.items()}
        if operated.shown == "token" and not operated.authority.knows(headers):
            raise NotAuthorized("the metrics need the token: `Authorization: Bearer TOKEN`")
        return Response(operated.metrics.render(), content_type=metrics.CONTENT_TYPE)

    @blueprint.get("/openapi.json")
    def show_api() -> Response:
        """Show the description of the interface."""
        return jsonify(api)

    @blueprint.after_request
    def forbid_storing(response: Response) -> Response:
        """Keep caches from telling what was."""
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint


def _try(operated: Operated) -> str:
    """Put the least of questions; an empty string if it is answered."""
    formats = (RESULT_FORMATS[0].media_type,)
    try:
        operated.run(Query("ASK {}", operated.base, formats, timeout=_PATIENCE))
    except _FAILURES as error:
        return str(error) or type(error).__name__
    return ""
