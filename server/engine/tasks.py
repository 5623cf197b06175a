"""What an engine is asked to do, and what it gives back: plain tuples, quick to send."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from xingtu.server.errors import PreconditionFailed


class Query(NamedTuple):
    """A query that has passed the gate.

    `formats` are media types in the client's order, of which the first that can carry the answer
    is used; `coding` is a content coding (RFC 9110 §8.4.1) or None; `timeout` is in seconds. No
    `default_graphs` and no `named_graphs` means the whole store, its default graph the union.
    """

    text: str
    base_iri: str
    formats: tuple[str, ...]
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    coding: str | None = None
    timeout: float = 30.0


class ReadGraph(NamedTuple):
    """One graph, whole; `graph` is an IRI, or None for the store's own default graph.

    The answer is `NotFound` where there is no such graph.
    """

    graph: str | None
    formats: tuple[str, ...]
    coding: str | None = None
    timeout: float = 30.0


class Update(NamedTuple):
    """A SPARQL update request that has passed the gate; done whole or not at all."""

    text: str
    base_iri: str
    timeout: float = 30.0


class WriteGraph(NamedTuple):
    """Put documents into a graph, done whole or not at all.

    `documents` are pairs of bytes and media type, parsed apart, so that their blank nodes stay
    apart; `replace` tells PUT from POST. `if_version` is the version of the dataset that the
    client's conditions were checked against; at another the answer is `PreconditionFailed`.
    """

    graph: str | None
    documents: tuple[tuple[bytes, str], ...]
    base_iri: str
    replace: bool
    timeout: float = 30.0
    if_version: str | None = None


class DropGraph(NamedTuple):
    """Delete a graph; the answer is `NotFound` where there is none.

    `if_version` is as in `WriteGraph`.
    """

    graph: str | None
    timeout: float = 30.0
    if_version: str | None = None


Task = Query | ReadGraph | Update | WriteGraph | DropGraph


def refuse_stale(task: Update | WriteGraph | DropGraph, version: str) -> None:
    """Refuse a write that is meant for another version of the dataset; call it under the lock.

    Raises:
        PreconditionFailed: if it is.
    """
    if not isinstance(task, Update) and task.if_version not in (None, version):
        raise PreconditionFailed("the dataset has changed meanwhile")


class Answer(NamedTuple):
    """The outcome of a task that succeeded.

    `body` is in memory, or in a file that whoever has the answer deletes. `created` tells of a
    WriteGraph that made a new graph.
    """

    body: bytes | Path = b""
    content_type: str = ""
    coding: str | None = None
    created: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may use: seconds at most, bytes of memory, rows and bytes of answer."""

    seconds: float = 30.0
    memory: int = 1 << 30
    rows: int = 1_000_000
    answer: int = 128 << 20


class Engine(Protocol):
    """Something that keeps a dataset and does tasks on it."""

    @property
    def version(self) -> str:
        """A token that changes whenever the dataset does."""

    @property
    def writable(self) -> bool:
        """Whether tasks that write are done."""

    async def run(self, task: Task) -> Answer:
        """Do the task; cancelling this coroutine stops the work.

        Raises:
            QueryError, NotFound, NotAcceptable, ServerBusy, StoreFull: see `errors.py`.
        """

    async def close(self) -> None:
        """Let go of all that is held."""
