"""The dataset that a request names for an update (SPARQL 1.1 Protocol §2.2.3).

The engine's `update` takes none, so clauses are written into the text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from xingtu.server.errors import DatasetConflict, InvalidGraphName, MalformedQuery
from xingtu.server.gate.reading import Reading
from xingtu.server.gate.tokens import locate

_KEYWORDS: Final = frozenset({
    "PREFIX", "BASE", "VERSION", "LOAD", "SILENT", "INTO", "CLEAR", "DROP", "CREATE", "ADD", "MOVE",
    "COPY", "TO", "GRAPH", "DEFAULT", "NAMED", "ALL", "INSERT", "DELETE", "DATA", "WHERE", "WITH",
    "USING",
})  # fmt: skip
_ABSOLUTE_IRI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?:[^\x00-\x20<>\"{}|^`\\%\x7f-\x9f\ud800-\udfff]|%[0-9A-Fa-f]{2})*"
)


def inject_using(update: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> str:
    """Write USING and USING NAMED clauses into each operation that has a WHERE.

    The short form DELETE WHERE has no place for them and becomes the long one. Operations without
    a pattern (INSERT DATA, COPY …) have no dataset and stay as they are.

    Args:
        update: An update that has passed the gate.
        default_graphs: The graphs whose merge is the default graph (`using-graph-uri`).
        named_graphs: The graphs that GRAPH can reach (`using-named-graph-uri`).

    Returns:
        The text with the clauses; the same text if no graph is given.

    Raises:
        InvalidGraphName: if a graph is not named by an absolute IRI.
        DatasetConflict: if the update has USING or WITH itself.
        MalformedQuery: if it has words outside its brackets that are no keywords.
        RefusedOperation: if a WHERE cannot be told from a part of a string or comment.
    """
    for iri in (*default_graphs, *named_graphs):
        if _ABSOLUTE_IRI.fullmatch(iri) is None:
            raise InvalidGraphName(f"a graph must be named by an absolute IRI, not by {iri!r}")
    clauses = [f"USING <{iri}> " for iri in default_graphs]
    clauses += [f"USING NAMED <{iri}> " for iri in named_graphs]
    return "".join(_rewrite(update, "".join(clauses))) if clauses else update


def _rewrite(update: str, clauses: str) -> Iterator[str]:
    """Give the parts of the new text, in their order."""
    reading = Reading(update, None)
    reading.refuse_doubt("WHERE")
    written = depth = group = 0
    is_short = False
    previous = ""
    for place, (start, end) in enumerate(locate(update)):
        token = reading.tokens[place]
        if token == "{":
            group = group if depth else start
            depth += 1
        elif token == "}":
            depth -= 1
            if is_short and depth == 0:
                yield f"{update[written:end]} {clauses}WHERE {update[group:end]}"
                written, is_short = end, False
        elif depth == 0 and place >= reading.prologue.length:
            _refuse_word(token, previous)
            if token.upper() == "WHERE":
                is_short = previous.upper() == "DELETE"
                yield update[written:start] + ("" if is_short else clauses)
                written = end if is_short else start
        previous = token
    yield update[written:]


def _refuse_word(token: str, previous: str) -> None:
    """Refuse a token outside the brackets that stands in the way.

    Keywords written together with what follows them, as in WITHex:graph, would be overlooked.
    """
    word = token.upper()
    if word in {"USING", "WITH"}:
        raise DatasetConflict(f"the update has {word} itself, so the request can name no graph")
    is_name = ":" in token and token[0] not in "<'\""
    is_fine = previous.isidentifier() if is_name else word in _KEYWORDS or not word.isalnum()
    if not is_fine:
        raise MalformedQuery(f"{token} is no keyword of updates: keywords need spaces around them")
