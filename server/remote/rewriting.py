"""What is rewritten on the way: a query for the store, and its reply for the client."""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from traceback import clear_frames
from typing import Final

from pyoxigraph import NamedNode

from xingtu.server.engine.evaluate import write_answer
from xingtu.server.engine.tasks import Answer, Limits, Query, ReadGraph
from xingtu.server.errors import MalformedQuery, NotAcceptable, QueryError, ServiceFailed
from xingtu.server.remote.reply import Reply, read_results, read_triples

_HAS_BASE: Final = re.compile(r"(?:\s|#[^\r\n]*)*+BASE\b", re.IGNORECASE)


@contextmanager
def based(text: str, base_iri: str) -> Iterator[str]:
    """Put a BASE before a text that does not begin with one.

    A second would be one too many for Virtuoso. To the first nothing else can be preferred, such as
    its DEFINE pragmas, which are a door to the network.

    Raises:
        MalformedQuery: that was raised within; a position is then one in the given text.
    """
    before = "" if _HAS_BASE.match(text) else f"BASE {NamedNode(base_iri)} "
    try:
        yield before + text
    except MalformedQuery as error:
        if error.line != 1 or error.column is None:
            raise
        raise MalformedQuery(error.detail, 1, max(1, error.column - len(before))) from error


async def rewrite(
    reply: Reply, task: Query | ReadGraph, limits: Limits, *, solutions: bool
) -> Answer:
    """Read a reply to its end, and write it in the client's format.

    It is done in a thread, which cannot be stopped half-way, but does no more than `limits` allow.

    Args:
        reply: What the store replied.
        task: What was asked for.
        limits: Rows and bytes the answer may have.
        solutions: Whether it is to be read as results, else as a graph.

    Raises:
        ServiceFailed: if it breaks off, or is corrupt, or not what was asked for.
        ResultTooLarge, NotAcceptable: as in `engine/evaluate.py`.
    """
    thread = asyncio.ensure_future(
        asyncio.to_thread(_rewrite, reply, task, limits, solutions=solutions)
    )
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        thread.add_done_callback(_discard)
        raise


@contextmanager
def broken() -> Iterator[None]:
    """Name pyoxigraph's error for a reply that does not parse by what is wrong.

    Raises:
        ServiceFailed: for a SyntaxError.
    """
    try:
        yield
    except SyntaxError as error:
        raise ServiceFailed(f"the store's answer breaks off or is corrupt: {error}") from error


def _rewrite(reply: Reply, task: Query | ReadGraph, limits: Limits, *, solutions: bool) -> Answer:
    try:
        return _convert(reply, task, limits, solutions=solutions)
    except (QueryError, NotAcceptable, OSError) as error:
        # Solutions must end in the thread where they began, and tracebacks would take them along.
        cause: BaseException | None = error
        while cause is not None:
            clear_frames(cause.__traceback__)
            cause = cause.__context__
        raise


def _convert(reply: Reply, task: Query | ReadGraph, limits: Limits, *, solutions: bool) -> Answer:
    if reply.row_limit is not None:
        limits = replace(limits, rows=min(limits.rows, reply.row_limit - 1))
    with broken():
        content = read_results(reply) if solutions else read_triples(reply)
        return write_answer(content, task, limits, Path(tempfile.gettempdir()))


def _discard(thread: "asyncio.Future[Answer]") -> None:
    """Delete what nobody waits for any more."""
    if not thread.cancelled() and thread.exception() is None:
        body = thread.result().body
        if isinstance(body, Path):
            body.unlink(missing_ok=True)
