"""The endpoints and the pages, over one engine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask, Response

from xingtu.server import pages, problems, reconciliation
from xingtu.server.engine.tasks import Answer, Engine, Task
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.description import Abilities, ServiceDescription
from xingtu.server.http.front import Recall
from xingtu.server.http.graph_store import GraphStoreEndpoint
from xingtu.server.http.head import COMMON_HEADERS
from xingtu.server.http.history import History
from xingtu.server.http.kept import KeptResponses
from xingtu.server.http.message import Endpoint
from xingtu.server.http.policy import Policy
from xingtu.server.http.relay import Relay, Responder
from xingtu.server.http.release import ReleaseEndpoint
from xingtu.server.http.sparql import SparqlEndpoint
from xingtu.server.http.wsgi import view_of
from xingtu.server.mcp.endpoint import McpEndpoint
from xingtu.server.operation.authority import Authority
from xingtu.server.operation.metrics import Metrics, Stats
from xingtu.server.operation.views import Operated, make_blueprint

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"]


@dataclass
class Application:
    """What answers requests.

    Args:
        engine: Does the work.
        base: The public URL of the server, without a slash at the end.
        authority: Decides on writes; None refuses them all.
        policy: What an endpoint allows.
        abilities: What the service description says of the engine.
        cache: Keeps answers.
        articles: The folder of the texts of the articles, if the operator has them.
        run: Does a task from a thread, and waits for it; a loop of its own does if None.
        mcp: Whether there is a door for language models.
        mcp_origins: The sites whose pages may ask there, beside our own.
        responder: Has queries answered elsewhere; here if None.
    """

    engine: Engine
    base: str
    authority: Authority | None = None
    policy: Policy = field(default_factory=Policy)
    abilities: Abilities = field(default_factory=Abilities)
    cache: ResultCache[Any] = field(default_factory=lambda: ResultCache(0))
    articles: Path | None = None
    run: Callable[[Task], Answer] | None = None
    mcp: bool = True
    mcp_origins: tuple[str, ...] = ()
    responder: Responder | None = None

    @cached_property
    def endpoints(self) -> dict[str, Endpoint]:
        """The endpoints by the first segment of their path."""
        graph_store = GraphStoreEndpoint(
            self.engine, authorize=self._authority.authorize, policy=self.policy
        )
        endpoints: dict[str, Endpoint] = {
            "sparql": self._relay or self._sparql,
            "gsp": graph_store,
            "release": ReleaseEndpoint(self.engine),
        }
        if self.mcp:
            endpoints["mcp"] = McpEndpoint(lambda: self.site, self.base, self.mcp_origins)
        return endpoints

    @property
    def recalls(self) -> dict[str, Recall]:
        """What gives responses that are kept, by the same."""
        return {"sparql": self._relay.recall} if self._relay else {}

    @cached_property
    def _relay(self) -> Relay | None:
        if self.responder is None:
            return None
        return Relay(self.responder, self._sparql, KeptResponses(self.cache), self.policy.services)

    @cached_property
    def _sparql(self) -> SparqlEndpoint:
        return SparqlEndpoint(
            self.engine,
            authorize=self._authority.authorize,
            description=ServiceDescription(self.engine, self.abilities),
            cache=ResultCache(0) if self.responder else self.cache,
            policy=self.policy,
            graphs_by=History(self.engine).graphs_by,
        )

    @cached_property
    def site(self) -> Flask:
        """The pages; the tools of the Model Context Protocol ask in its context too."""
        # Unused, but Flask's own search for it fails in an editable install of a namespace package.
        app = Flask(__name__, instance_path=str(Path(__file__).parent), static_folder=None)
        app.config |= {
            "RUN": self._run,
            "BASE": self.base,
            "ENGINE": self.engine,
            "ARTICLES": self.articles,
            "SPARQL": self.endpoints["sparql"],
        }
        for blueprint in (*pages.BLUEPRINTS, *reconciliation.BLUEPRINTS):
            app.register_blueprint(blueprint)
        return app

    def flask(self, metrics: Metrics | None = None, shown: str = "on") -> Flask:
        """Complete the Flask application, once: the pages, and the endpoints as views."""
        app = self.site
        metrics = metrics or Metrics(lambda: Stats(dataset=self.engine.version))
        operated = Operated(self.engine, self._run, metrics, self._authority, self.base, shown)
        app.register_blueprint(make_blueprint(operated))
        self._add_endpoints(app)
        app.after_request(_set_common_headers)
        problems.register_problems(app)
        return app

    def _run(self, task: Task) -> Answer:
        return self.run(task) if self.run else asyncio.run(self.engine.run(task))

    @property
    def _authority(self) -> Authority:
        return self.authority or Authority(None, self.base)

    def _add_endpoints(self, app: Flask) -> None:
        for name, endpoint in self.endpoints.items():
            view = view_of(endpoint, self.base)
            for rule in (f"/{name}", f"/{name}/<path:rest>"):
                app.add_url_rule(rule, rule, view, methods=METHODS, provide_automatic_options=False)


def _set_common_headers(response: Response) -> Response:
    for name, value in COMMON_HEADERS:
        response.headers.setdefault(name, value)
    return response
