"""What answers requests in the workers, where the dataset is."""

import socket
from dataclasses import dataclass

from xingtu.server.engine.board import Board
from xingtu.server.engine.inside import Service, at_once, finish, within
from xingtu.server.engine.lease import Borrow
from xingtu.server.engine.tasks import Engine
from xingtu.server.errors import RefusedOperation
from xingtu.server.http.borrowing import Attendance
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.history import History
from xingtu.server.http.kept import KeptResponses, name_request
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.http.page import show_problem
from xingtu.server.http.plain import PlainRequests
from xingtu.server.http.policy import Policy
from xingtu.server.http.sparql import SparqlEndpoint
from xingtu.server.operation.addresses import client_of
from xingtu.server.operation.values import Network
from xingtu.server.problems import STATUSES, problem_response


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """How requests are answered in the workers; it travels to them, so it is plain data.

    `cache` is in bytes, for each worker that has been lent a connection.
    """

    base: str
    policy: Policy
    proxies: tuple[Network, ...] = ()
    cache: int = 4 << 20

    def __call__(self, engine: Engine) -> Service:
        """Make the service over an engine."""
        endpoint = SparqlEndpoint(
            engine,
            authorize=_refuse_update,
            policy=self.policy,
            graphs_by=History(engine).graphs_by,
            offload=at_once,
        )
        kept = KeptResponses(ResultCache(self.cache), hesitates=True)
        answer = _Answering(engine, endpoint, kept, self.policy.most_seconds)
        find_client = client_of(self.proxies)

        def requests_of(order: Borrow) -> PlainRequests:
            return PlainRequests(order, find_client, self.base)

        def attend(control: socket.socket, board: Board, records: int) -> None:
            Attendance(answer, requests_of, control, board, records).run()

        return Service(endpoint, attend)


@dataclass(frozen=True, slots=True)
class _Answering:
    """Answers queries in this process, each in its time, and keeps the answers."""

    engine: Engine
    endpoint: Endpoint
    kept: KeptResponses
    seconds: float

    def __call__(self, request: Request) -> Response:
        name = name_request(self.engine.version, request)
        response = self.kept.recall(name, request)
        if response is None:
            response = self._answer(request)
            self.kept.keep(name, response)
        return response

    def _answer(self, request: Request) -> Response:
        try:
            with within(self.seconds):
                return finish(self.endpoint(request))
        except tuple(STATUSES) as error:
            return show_problem(problem_response(error), request)


def _refuse_update(request: Request) -> None:
    raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")
