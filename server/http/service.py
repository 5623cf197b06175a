"""What answers requests in the workers, where the dataset is."""

import socket
from dataclasses import dataclass

from xingtu.server.engine.board import Board
from xingtu.server.engine.inside import Service, at_once
from xingtu.server.engine.tasks import Engine
from xingtu.server.errors import NotFound, RefusedOperation
from xingtu.server.http.borrowing import Attendance
from xingtu.server.http.caching import ResultCache
from xingtu.server.http.front import Front
from xingtu.server.http.history import History
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.http.policy import Policy
from xingtu.server.http.relay import Relay
from xingtu.server.http.sparql import SparqlEndpoint
from xingtu.server.operation.addresses import client_of
from xingtu.server.operation.values import Network


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
        relay = Relay(_Here(engine, endpoint), endpoint, ResultCache(self.cache))
        front = Front(
            {"sparql": relay},
            _find_nothing,
            self.base,
            client_of=client_of(self.proxies),
            recalls={"sparql": relay.recall},
        )

        def attend(control: socket.socket, board: Board, records: int) -> None:
            Attendance(front, self.policy.most_seconds, control, board, records).run()

        return Service(endpoint, attend)


@dataclass(frozen=True, slots=True)
class _Here:
    """Has requests answered in this process."""

    engine: Engine
    endpoint: Endpoint

    @property
    def version(self) -> str:
        return self.engine.version

    async def respond(self, request: Request) -> Response:
        return await self.endpoint(request)


def _refuse_update(request: Request) -> None:
    raise RefusedOperation("this endpoint is read-only: it takes queries, not updates")


async def _find_nothing(request: Request) -> Response:
    raise NotFound("only queries are answered here")
