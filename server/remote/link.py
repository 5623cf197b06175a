"""Requests to a store: sent, and their replies received whole."""

import math
from collections.abc import Sequence
from typing import Any, Final

import httpx2

from xingtu.server.errors import ResultTooLarge, ServerBusy, ServiceFailed
from xingtu.server.remote.reply import Reply, refuse_failure
from xingtu.server.remote.store import RemoteStore

NTRIPLES: Final = {"content-type": "application/n-triples"}
_ERROR: Final = 64 << 10  # bytes; of what a store says of an error, no more is read
_PATIENCE: Final = 5.0  # seconds; for a connection, be it a new one or one of the pool
_KEPT: Final = 4.0  # seconds; less than servers keep an idle connection, or we might use a dead one


class Link:
    """Connections to one store, for one event loop. Deadlines are the caller's business.

    Args:
        store: Where it is.
        limit: The bytes that a reply may have.
        connections: How many requests the store may have to do at once.
    """

    def __init__(self, store: RemoteStore, limit: int, connections: int) -> None:
        self._store = store
        self._limit = limit
        self._client = httpx2.AsyncClient(
            **store.client_options(),
            timeout=httpx2.Timeout(None, connect=_PATIENCE, pool=_PATIENCE),
            limits=httpx2.Limits(max_connections=connections, keepalive_expiry=_KEPT),
        )

    async def query(
        self,
        text: str,
        accept: str,
        seconds: float,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Reply:
        """Send a query (SPARQL 1.1 Protocol §2.1.2).

        Args:
            text: The query.
            accept: The media types of the answer.
            seconds: When the store may give up, if it can be told.
            default_graphs: The graphs of the dataset's default graph.
            named_graphs: Its named graphs.

        Raises:
            QueryError, ServerBusy: if there is no answer; see `reply.py`.
        """
        form: dict[str, Any] = {
            "query": text,
            "default-graph-uri": [*default_graphs],
            "named-graph-uri": [*named_graphs],
        }
        if self._store.timeout_unit:
            form["timeout"] = str(math.ceil(seconds * self._store.timeout_unit))
        return await self._send("POST", self._store.query, data=form, headers={"accept": accept})

    async def update(self, text: str) -> None:
        """Send an update (SPARQL 1.1 Protocol §2.2.1).

        Raises:
            QueryError, ServerBusy: if it was not done, or we do not know; see `reply.py`.
        """
        await self._send("POST", self._store.update_url, data={"update": text})

    async def write(self, graph: str, triples: bytes, *, replace: bool) -> None:
        """Send N-Triples into a graph (Graph Store Protocol §5.3, §5.5).

        Raises:
            QueryError, ServerBusy: as `update`.
        """
        method, url = "PUT" if replace else "POST", self._store.graphs
        where = {"graph": graph}
        await self._send(method, url, params=where, content=triples, headers=NTRIPLES)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _send(self, method: str, url: str, **content: Any) -> Reply:
        try:
            async with self._client.stream(method, url, **content) as response:
                body = await self._receive(response)
        except httpx2.PoolTimeout as error:
            raise ServerBusy("too many queries wait for the store") from error
        except httpx2.RequestError as error:
            raise ServiceFailed(f"the store cannot be reached, or broke off: {error}") from error
        reply = Reply(response.status_code, response.headers, body)
        refuse_failure(reply)
        return reply

    async def _receive(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if response.status_code >= 300 and len(body) > _ERROR:
                break
            if len(body) > self._limit:
                raise ResultTooLarge(
                    f"the store's answer is larger than {self._limit >> 20} MiB; ask for less, or "
                    "in pages with ORDER BY, LIMIT and OFFSET"
                )
        return bytes(body)
