"""What a store replied: an answer, whole, or an error by its right name.

A store that gives up may say so only in a header, or in the midst of the body, under status 200.
So nothing is passed on that has not been read to its end.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from xingtu.server.errors import (
    MalformedQuery,
    QueryError,
    RefusedOperation,
    ServerBusy,
    ServiceFailed,
    TimedOut,
    UnknownFunction,
)

ASKED_RESULTS: Final = "application/sparql-results+json"
ASKED_TRIPLES: Final = "application/n-triples, text/turtle;q=0.5"
_RESULTS: Final = {QueryResultsFormat.JSON, QueryResultsFormat.XML}  # CSV and TSV have no end
_TRIPLES: Final = {RdfFormat.N_TRIPLES, RdfFormat.TURTLE}  # RDF/XML has entity bombs

_SHOWN: Final = 300  # characters of a store's message
_POSITION: Final = re.compile(r" ?(?:at )?line (\d+), column (\d+)\.?|error at (\d+):(\d+): ?")
_TIMEOUT: Final = re.compile(r"time[d-]?[ -]?out|cancelled", re.IGNORECASE)
_UNKNOWN_FUNCTION: Final = re.compile(r"(custom|unknown) function|Undefined procedure")
# Virtuoso says 400 of much that is no fault of the syntax; that is SQL state 37000.
_VIRTUOSO: Final = re.compile(r"Virtuoso (?!37000)\w{5} Error")
_VIRTUOSO_NODE: Final = re.compile(rb'("type":\s*"bnode",\s*"value":\s*")nodeID://')
_VIRTUOSO_ASK: Final = "__ASK_RETVAL"

_log = logging.getLogger("xingtu.remote")


@dataclass(frozen=True, slots=True)
class Reply:
    """A response that has arrived; the names in `headers` are found in either case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """The beginning of a body that is a text, on one line."""
        text = self.body[: 4 * _SHOWN].decode("utf-8", "replace").partition("SPARQL query:")[0]
        return "".join(c if c.isprintable() else " " for c in text)[:_SHOWN].strip()

    @property
    def row_limit(self) -> int | None:
        """How many rows Virtuoso's ResultSetMaxRows lets pass, if it may have cut the answer."""
        limit = self.headers.get("x-sparql-maxrows", "")
        return int(limit) if limit.isdecimal() else None


def refuse_failure(reply: Reply) -> None:
    """Let a reply pass only if it is an answer, and whole as far as its head tells.

    Raises:
        MalformedQuery, UnknownFunction: if the store finds fault with the request.
        RefusedOperation: if it does not let us.
        TimedOut, ServerBusy, ServiceFailed: if it could not do it.
    """
    status = reply.status
    # Virtuoso's "anytime" answers are those found so far.
    if status == 206 or reply.headers.get("x-sql-state", "") == "S1TAT":
        raise TimedOut("the store gave up before it had the whole answer")
    if status < 300 and "x-sql-state" not in reply.headers:
        return
    if status == 400 and not _VIRTUOSO.match(reply.message):
        raise _malformed(reply.message)
    _log.warning("the store answered %s: %s", status, reply.message)
    if status in {429, 503} and not _TIMEOUT.search(reply.message):
        raise ServerBusy("the store is busy", _retry_after(reply))
    raise _failure(reply)


def read_results(reply: Reply) -> QuerySolutions | QueryBoolean:
    """Read the results of SELECT or ASK; solutions are lazy.

    Raises:
        ServiceFailed: if it is not what was asked for.
        SyntaxError: if it breaks off, or is corrupt, here or when the solutions are read.
    """
    kind = reply.headers.get("content-type", "")
    syntax = QueryResultsFormat.from_media_type(kind)
    if syntax not in _RESULTS or syntax is None:
        raise ServiceFailed(f"the store answered {_shorten(kind)}, not the results of a query")
    body = reply.body
    if b"nodeID://" in body:
        body = _VIRTUOSO_NODE.sub(rb"\1", body)
    results = parse_query_results(body, format=syntax)
    if isinstance(results, QuerySolutions):
        if [variable.value for variable in results.variables] != [_VIRTUOSO_ASK]:
            return results
        truth = b"true" if any(True for _ in results) else b"false"
        results = parse_query_results(
            b'{"head":{},"boolean":%s}' % truth, format=QueryResultsFormat.JSON
        )
    assert isinstance(results, QueryBoolean)
    return results


def read_solutions(reply: Reply) -> QuerySolutions:
    """Read the results of SELECT; raises as `read_results`."""
    results = read_results(reply)
    if not isinstance(results, QuerySolutions):
        raise ServiceFailed("the store answered a boolean, not solutions")
    return results


def read_triples(reply: Reply) -> Iterator[Triple]:
    """Read a graph, lazily.

    Raises:
        ServiceFailed: if it is not what was asked for.
        SyntaxError: while reading, if it breaks off, or is corrupt.
    """
    kind = reply.headers.get("content-type", "")
    syntax = RdfFormat.from_media_type(kind)
    if syntax is None or syntax not in _TRIPLES:
        raise ServiceFailed(f"the store answered {_shorten(kind)}, not a graph")
    if not reply.headers.keys() & {"content-length", "transfer-encoding"}:
        raise ServiceFailed("the store does not tell where its answer ends")  # nor do triples
    return (quad.triple for quad in parse(reply.body, format=syntax))


def _malformed(message: str) -> MalformedQuery:
    place = _POSITION.search(message)
    detail = _POSITION.sub("", message) or "the store cannot read it"
    if place is None:
        return MalformedQuery(detail)
    line, column = (int(number) for number in place.groups() if number)
    return MalformedQuery(detail, line, column)


def _failure(reply: Reply) -> QueryError:
    status, message = reply.status, reply.message
    if status in {408, 504} or _TIMEOUT.search(message):
        return TimedOut("the store gave up: it took too long")
    if _UNKNOWN_FUNCTION.search(message):
        return UnknownFunction("the store does not know a function of the query")
    if status == 403:
        return RefusedOperation("the store does not let this server do that")
    return ServiceFailed(f"the store answered with status {status}")


def _retry_after(reply: Reply) -> int:
    seconds = reply.headers.get("retry-after", "")
    return min(int(seconds), 3600) if seconds.isdecimal() else 1


def _shorten(media_type: str) -> str:
    return media_type[:80] if media_type.isprintable() and media_type else "without a type"
