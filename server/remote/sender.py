"""Requests to a store while it is loaded: tried again when it is busy or the network fails."""

from collections.abc import Callable
from typing import Any, Final

import httpx2
from pyoxigraph import NamedNode

from xingtu.server.errors import MalformedQuery, ServerBusy, ServiceFailed
from xingtu.server.remote import graphs
from xingtu.server.remote.link import NTRIPLES
from xingtu.server.remote.reply import ASKED_RESULTS, Reply, read_solutions, refuse_failure
from xingtu.server.remote.rewriting import broken
from xingtu.server.remote.store import RemoteStore

_TRIES: Final = 5
_TIMEOUT: Final = httpx2.Timeout(3600.0, connect=10.0)  # seconds; to copy into a union takes long
_TRIPLE_TERMS: Final = (
    "ASK { ?r <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> <<( ?s ?p ?o )>> }"
)


class Sender:
    """Sends requests to a store, each one twice if need be: all of them bear that.

    Args:
        store: Where to.
        pause: Waits for so many seconds before another try.
    """

    def __init__(self, store: RemoteStore, pause: Callable[[float], object]) -> None:
        self._store = store
        self._pause = pause
        self._client = httpx2.Client(**store.client_options(), timeout=_TIMEOUT)

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def knows_triple_terms(self) -> bool:
        """Ask the store whether it knows triple terms (RDF 1.2)."""
        try:
            self._query(_TRIPLE_TERMS)
        except MalformedQuery:
            return False
        return True

    def count(self, pattern: str, default_graph: str = "") -> int:
        """Count the solutions of a group graph pattern.

        Args:
            pattern: Without its braces.
            default_graph: What it is matched against, if that is not the store's default graph.
        """
        dataset = {"default-graph-uri": default_graph} if default_graph else {}
        with broken():
            reply = self._query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}", **dataset)
            numbers = [solution["n"] for solution in read_solutions(reply)]
        if len(numbers) != 1 or numbers[0] is None or not numbers[0].value.isdecimal():
            raise ServiceFailed("the store cannot count")
        return int(numbers[0].value)

    def write(self, graph: NamedNode, triples: bytes, *, replace: bool) -> None:
        """Add N-Triples to a graph, or put them in place of it, by what the store offers."""
        if not self._store.graphs:
            self.update(graphs.write(graph, triples, "", replace=replace))
            return
        method, where = "PUT" if replace else "POST", {"graph": graph.value}
        self._send(method, self._store.graphs, params=where, content=triples, headers=NTRIPLES)

    def update(self, text: str) -> None:
        """Do an update."""
        self._send("POST", self._store.update_url, data={"update": text})

    def _query(self, text: str, **parameters: str) -> Reply:
        form, headers = {"query": text, **parameters}, {"accept": ASKED_RESULTS}
        return self._send("POST", self._store.query, data=form, headers=headers)

    def _send(self, method: str, url: str, **content: Any) -> Reply:
        for attempt in range(_TRIES):
            try:
                return self._send_once(method, url, **content)
            except (ServerBusy, httpx2.RequestError) as error:
                problem = error
                wait = error.retry_after if isinstance(error, ServerBusy) else 0
                if attempt < _TRIES - 1:
                    self._pause(max(wait, 2**attempt))
        if isinstance(problem, ServerBusy):
            raise problem
        raise ServiceFailed(f"the store cannot be reached, or broke off: {problem}") from problem

    def _send_once(self, method: str, url: str, **content: Any) -> Reply:
        response = self._client.request(method, url, **content)
        reply = Reply(response.status_code, response.headers, response.content)
        refuse_failure(reply)
        return reply
