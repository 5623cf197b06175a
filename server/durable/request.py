"""A request of SPARQL updates, its declarations apart from its operations, and known to parse."""

from typing import Final, NamedTuple
from uuid import uuid4

from pyoxigraph import Store

from xingtu.server.durable.tokens import Tokens
from xingtu.server.engine.faults import malformed
from xingtu.server.errors import MalformedQuery, RefusedOperation

_DECLARATIONS: Final = ("PREFIX", "BASE", "VERSION")
_IMPOSSIBLE: Final = f"DROP GRAPH <urn:uuid:{uuid4()}>;"


class Request(NamedTuple):
    """A request; where its declarations were, `body` has spaces."""

    prologue: str
    body: str


def read_request(text: str, base_iri: str | None = None) -> Request:
    """Take a request apart (SPARQL 1.1 Update §4.1).

    pyoxigraph takes declarations before the first operation only; the grammar has them before
    each, so we put all of them first.

    Raises:
        MalformedQuery: if it does not parse.
        RefusedOperation: if a declaration behind an operation changes one before.
    """
    try:
        request = _separate(Tokens(text))
    except MalformedQuery:
        _parse(text, 0, base_iri)  # it knows better what is wrong
        raise
    start = request.prologue + _IMPOSSIBLE
    try:
        _parse(start + request.body, len(start), base_iri)
    except MalformedQuery as error:
        if error.line == 1 and error.column == 0:
            _parse(text, 0, base_iri)
        raise
    return request


def _separate(tokens: Tokens) -> Request:
    declared: dict[str, str] = {}
    pieces, copied, depth, begins, begun = [], 0, 0, True, False
    while tokens.next.text:
        token = tokens.take()
        keyword = token.text.upper()
        if not begins or keyword not in _DECLARATIONS:
            depth += {"{": 1, "}": -1}.get(keyword, 0)
            begins, begun = keyword == ";" and not depth, True
            continue
        name = f"PREFIX {tokens.take().text}" if keyword == "PREFIX" else keyword
        value = tokens.take()
        late = begun and keyword == "BASE" and keyword not in declared
        if late or declared.setdefault(name, value.text) != value.text:
            raise RefusedOperation(f"an update may not change {name} between its operations")
        gap = tokens.text[token.start : value.end]
        pieces += [tokens.text[copied : token.start], _blank(gap)]
        copied = value.end
    prologue = "".join(f"{name} {value} " for name, value in declared.items())
    return Request(prologue, "".join([*pieces, tokens.text[copied:]]))


def _blank(text: str) -> str:
    """Replace all but the ends of lines, so that positions stay as they are."""
    return "".join(character if character in "\r\n" else " " for character in text)


def _parse(text: str, start: int, base_iri: str | None) -> None:
    """Have pyoxigraph parse a text, and count columns of its first line from `start`.

    The text is done too, on an empty store, but for one whose first operation is impossible.
    """
    try:
        Store().update(text, base_iri=base_iri)
    except RuntimeError:
        return
    except SyntaxError as error:
        problem = malformed(str(error))
        column = problem.column
        if column is not None and problem.line == 1:
            column = max(column - start, 0)
        raise MalformedQuery(problem.detail, problem.line, column) from error
