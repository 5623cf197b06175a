"""An engine that has its tasks done by a SPARQL 1.1 store elsewhere, over HTTP."""

import asyncio
import secrets
from collections.abc import Callable
from time import monotonic

from pyoxigraph import NamedNode, QueryResultsFormat

from xingtu.server.durable.translate import translate
from xingtu.server.engine.dataset import DEFAULT_GRAPH
from xingtu.server.engine.tasks import (
    Answer,
    DropGraph,
    Limits,
    Query,
    ReadGraph,
    Task,
    Update,
    WriteGraph,
)
from xingtu.server.errors import (
    InvalidGraphName,
    NotFound,
    PreconditionFailed,
    RefusedOperation,
    TimedOut,
)
from xingtu.server.gate.tokens import tokenize
from xingtu.server.remote import graphs
from xingtu.server.remote.documents import to_ntriples
from xingtu.server.remote.link import Link
from xingtu.server.remote.reply import (
    ASKED_RESULTS,
    ASKED_TRIPLES,
    read_results,
    read_solutions,
)
from xingtu.server.remote.rewriting import based, broken, rewrite
from xingtu.server.remote.store import DEFAULT, RemoteStore


class RemoteEngine:
    """Does tasks on a store elsewhere; all in one event loop.

    An answer is read to its end and written anew, so that it is alike whatever the store, and
    never a part. What an empty graph is to the store, it is to us: most do not keep one.

    Args:
        store: Where it is.
        limits: Rows and bytes of an answer; the seconds are those of the task.
        connections: How many requests the store may have to do at once.
        clock: Tells the time in seconds, from whenever.
    """

    def __init__(
        self,
        store: RemoteStore,
        limits: Limits | None = None,
        *,
        connections: int = 32,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._limits = limits or Limits()
        self._link = Link(store, self._limits.answer, connections)
        self._epoch = secrets.token_hex(4)
        self._commits = 0
        self._clock = clock
        self._writing = asyncio.Lock()

    @property
    def version(self) -> str:
        """A token that changes whenever we write, and from time to time if others may."""
        age = 0 if self._store.exclusive else int(self._clock() / self._store.freshness)
        return f"remote-{self._epoch}-{self._commits}-{age}"

    @property
    def writable(self) -> bool:
        """Whether tasks that write are done; what the store lets us write, is its business."""
        return True

    async def run(self, task: Task) -> Answer:
        """Do the task; see `Engine`."""
        try:
            async with asyncio.timeout(task.timeout):
                if isinstance(task, Query):
                    return await self._query(task)
                if isinstance(task, ReadGraph):
                    return await self._read_graph(task)
                return await self._write(task)
        except TimeoutError as error:
            raise TimedOut(f"the store took more than {task.timeout:g} seconds") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._link.close()

    async def _query(self, task: Query) -> Answer:
        default, named = task.default_graphs, task.named_graphs
        if len(default) > 1 and not self._store.merges:
            raise RefusedOperation(
                "a default graph of several graphs cannot be had here: this store counts a triple "
                "once for each graph that holds it"
            )
        if not default and not named and self._store.union not in {"", DEFAULT}:
            default = (self._store.union,)
            if any(token.upper() == "GRAPH" for token in tokenize(task.text)):
                named = await self._list_graphs(task)
        solutions = QueryResultsFormat.from_media_type(task.formats[0]) is not None
        accept = ASKED_RESULTS if solutions else ASKED_TRIPLES
        with based(task.text, task.base_iri) as text:
            reply = await self._link.query(text, accept, task.timeout, default, named)
        return await rewrite(reply, task, self._limits, solutions=solutions)

    async def _read_graph(self, task: ReadGraph) -> Answer:
        name = _name_graph(task.graph)
        if task.graph is not None and not await self._exists(name, task):
            raise NotFound(f"there is no graph <{task.graph}>")
        reply = await self._link.query(graphs.contents(name), ASKED_TRIPLES, task.timeout)
        return await rewrite(reply, task, self._limits, solutions=False)

    async def _write(self, task: Update | WriteGraph | DropGraph) -> Answer:
        async with self._writing:
            if not isinstance(task, Update) and task.if_version not in {None, self.version}:
                raise PreconditionFailed("the store was changed meanwhile, or may have been")
            try:
                if isinstance(task, Update):
                    return await self._update(task)
                if isinstance(task, WriteGraph):
                    return await self._write_graph(task)
                return await self._drop_graph(task)
            finally:  # an error does not say that nothing was done
                self._commits += 1

    async def _update(self, task: Update) -> Answer:
        text = task.text
        if self._store.union == DEFAULT:
            text = await asyncio.to_thread(translate, text, task.base_iri)
        elif self._store.union:
            raise RefusedOperation(
                "the union of this store's graphs is kept in a named graph, which an update would "
                "leave behind: write whole graphs (Graph Store Protocol)"
            )
        with based(text, task.base_iri) as text:
            await self._link.update(text)
        return Answer()

    async def _write_graph(self, task: WriteGraph) -> Answer:
        name, union = self._name_for_write(task.graph), self._store.union
        triples = await asyncio.to_thread(to_ntriples, task.documents, task.base_iri)
        created = not await self._exists(name, task)
        if union == DEFAULT or not self._store.graphs:
            text = graphs.write(name, triples, union, replace=task.replace)
            await self._link.update(text)
            return Answer(created=created)
        # Not one transaction; but Virtuoso, which this is for, has no blank nodes in updates.
        if union and task.replace:
            await self._link.update(graphs.leave_union(name, union))
        await self._link.write(name.value, triples, replace=task.replace)
        if union:
            await self._link.update(graphs.join_union(name, union))
        return Answer(created=created)

    async def _drop_graph(self, task: DropGraph) -> Answer:
        name = self._name_for_write(task.graph)
        if not await self._exists(name, task):
            raise NotFound(f"there is no graph <{name.value}>")
        await self._link.update(graphs.drop(name, self._store.union))
        return Answer()

    def _name_for_write(self, iri: str | None) -> NamedNode:
        if iri is not None and iri == self._store.union:
            raise RefusedOperation("this graph is kept as the union of the others")
        return _name_graph(iri)

    async def _list_graphs(self, task: Task) -> tuple[str, ...]:
        """Name all graphs but the union: with a default graph but no named ones, there are none."""
        reply = await self._link.query(graphs.ALL, ASKED_RESULTS, task.timeout)
        with broken():
            names = [solution["g"] for solution in read_solutions(reply)]
        return tuple(name.value for name in names if name.value != self._store.union)

    async def _exists(self, name: NamedNode, task: Task) -> bool:
        reply = await self._link.query(graphs.exists(name), ASKED_RESULTS, task.timeout)
        with broken():
            return bool(read_results(reply))


def _name_graph(iri: str | None) -> NamedNode:
    try:
        return DEFAULT_GRAPH if iri is None else NamedNode(iri)
    except ValueError as error:
        raise InvalidGraphName(f"a graph must be named by an absolute IRI: {error}") from error
