"""Errors, told so that the next call can be right."""

import re
from typing import Final

from pydantic import ValidationError

from xingtu.server import errors
from xingtu.server.gate.reading import Reading
from xingtu.server.mcp.terms import advise_prefix

_PREFIXED: Final = re.compile(r"([^:<\"'?$@_]*):[^/]*")
_SHOWN: Final = 60  # characters of a text around its error
_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
)
_SYNTAX: Final = (
    "Often a `.` is missing between triples just before, a bracket or quote is not closed, or a "
    "variable of SELECT is neither grouped nor in an aggregate."
)
_ADVICE: Final[dict[type[Exception], str]] = {
    errors.UnknownFunction: "Use the functions of SPARQL 1.1.",
    errors.QueryTooLong: "Ask several short queries.",
    errors.QueryTooComplex: "Ask several simple queries.",
    errors.RefusedOperation: "This server only reads, and only its own graph and allowed services.",
    errors.ServiceFailed: "Ask without SERVICE, or try later.",
    errors.ResultTooLarge: "Add LIMIT, or count and group instead of listing.",
    errors.TimedOut: "Start from a thing or a small class; join every pattern by a variable; put "
    "FILTERs near their variables; avoid `?s ?p ?o` and long paths; LIMIT does not help ORDER BY.",
    errors.OutOfMemory: "Join the patterns by variables, and ask for fewer combinations.",
    errors.EngineDied: "Ask a simpler query.",
}


def teach(error: Exception, arguments: dict[str, object]) -> str:
    """Say what is wrong with a call, where, and what to do.

    Args:
        error: One of `problems.STATUSES`.
        arguments: What the tool was called with.
    """
    text = arguments.get("query")
    parts = [f"{str(error).rstrip('.')}."]
    if isinstance(error, errors.MalformedQuery) and isinstance(text, str):
        parts = [_explain(error, text)]
    if isinstance(error, errors.ServerBusy):
        parts.append(f"Try again in {error.retry_after} seconds.")
    elif advice := next((_ADVICE[kind] for kind in type(error).__mro__ if kind in _ADVICE), ""):
        parts.append(advice)
    return " ".join(parts)


def teach_arguments(error: ValidationError) -> str:
    """Say which arguments are wrong; their values are not repeated."""
    faults = [
        f"`{'.'.join(str(part) for part in fault['loc'])}`: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)
    ]
    return "; ".join(faults[:5])


def _explain(error: errors.MalformedQuery, text: str) -> str:
    """Say where a query goes wrong, by its own words, and name what can be told to be wrong."""
    reading = Reading(text, None)
    first = reading.tokens[reading.prologue.length].upper()
    if first in _UPDATES:
        return f"This is an update ({first}), and the graph is only read here: SELECT, ASK, …"
    undeclared = " ".join(
        f"`{prefix}:` is not declared; {advise_prefix(prefix)}." for prefix in _undeclared(reading)
    )
    return undeclared or f"Syntax error{_place(error, text)}. {_SYNTAX}"


def _place(error: errors.MalformedQuery, text: str) -> str:
    """Say where an error is, by the words around it."""
    detail = error.detail.removeprefix("expected one of ")
    lines = text.split("\n")
    if error.line is None or error.column is None:
        return f": {detail}"
    at = sum(len(line) + 1 for line in lines[: error.line - 1]) + error.column - 1
    before, after = text[max(0, at - _SHOWN) : at], text[at : at + _SHOWN]
    around = f"between `{' '.join(before.split())}` and `{' '.join(after.split())}`"
    return f" at line {error.line}, column {error.column}, {around}: {detail}"


def _undeclared(reading: Reading) -> list[str]:
    """Name the prefixes that a query uses and does not declare."""
    found = [_PREFIXED.fullmatch(token) for token in reading.tokens[reading.prologue.length :]]
    prefixes = dict.fromkeys(match[1] for match in found if match)
    return [prefix for prefix in prefixes if prefix not in reading.prologue.prefixes][:3]
