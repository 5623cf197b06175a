"""How a text is built: whether the engine's stack can bear it, and how far our tokens are certain.

pyoxigraph's parser and evaluator recurse, and a stack that overflows ends the process. Measured
with pyoxigraph 0.5.13 on the 8 MiB stack of a main thread, the shortest texts that do it have

    850 FILTER EXISTS { in each other, or 2,200 {; 825 COUNT(, 975 STR( or 4,800 (
    2,700 of MINUS {}, BIND (), (1 AS ?x), ORDER BY (1), or the IRIs of DESCRIBE, in a row
    7,000 of + - * /; 9,600 of || && !; 8,400 / or 11,200 | of a path

A text with twice of all that the limits below allow still runs; with thrice it does not.

What looks like an IRI may be a comparison: in `?a<?b#c>'d` the engine, reading an expression, sees
`<`, a variable and a comment, and no quote. Only after an operator, or where a bracket can hold no
expression, as in the rows of VALUES, is an IRI surely one.
"""

import re
from typing import Final

from xingtu.server.errors import QueryTooComplex

MAX_NESTING: Final = 200  # of brackets of all kinds; our own queries have 5 at most
MAX_CLAUSES: Final = 1_000  # groups, bracketed expressions beside them, words outside brackets
MAX_OPERATORS: Final = 2_000  # of expressions and paths

_SHORT: Final = 2_000  # so few characters have not more clauses or operators than are allowed

# For texts we are not certain of, where we count in strings and comments too.
_MAX_UNCERTAIN: Final = {"{([": 500, "+-*/|&!^": 6_000}  # VALUES and IRIs have many, too

# What a bracket can hold: triples and groups; terms only; terms or expressions; expressions.
_GROUP, _TERMS, _EITHER, _EXPRESSION = range(4)
_HELD: Final = {"{": _GROUP, "[": _TERMS, "{|": _TERMS, "<<": _TERMS, "<<(": _TERMS}  # "(": any

_OPENING, _CLOSING, _OPERATOR, _STRAY, _END, _OTHER = range(6)
_ROLES: Final = {
    mark: role
    for role, marks in {
        _OPENING: "{ ( [ {| << <<(",
        _CLOSING: "} ) ] |} >> )>>",
        _OPERATOR: "+ - * / | || && ! ^",
        _STRAY: "\\ ' \"",
        _END: ";",
        _OTHER: ", = != < <= > >= ^^ . ? ~",
    }.items()
    for mark in marks.split()
}
_BEFORE_TERMS: Final = frozenset("+-*/|!^(,=<>") | {"||", "&&", "!=", "<=", ">=", "^^"}

# Read otherwise, these change how the rest is read. (No comparison goes on by // as http: does.)
_AMBIGUOUS: Final = re.compile(r"<<|<(?![A-Za-z][A-Za-z0-9+.-]*://).*[#'()]")


def refuse_complexity(text: str, tokens: list[str]) -> None:
    """Refuse a text that could overflow the stack of the engine.

    Raises:
        QueryTooComplex: if it exceeds a limit of this module.
    """
    if is_small(text):
        return
    if survey(tokens) < len(tokens):
        for marks, limit in _MAX_UNCERTAIN.items():
            _limit("signs " + " ".join(marks), sum(map(text.count, marks)), limit)


def is_small(text: str) -> bool:
    """Tell a text that cannot exceed a limit of this module."""
    return len(text) <= _SHORT and sum(map(text.count, "{([")) <= MAX_NESTING


def survey(tokens: list[str]) -> int:
    """Look through a text, given as its tokens.

    Returns:
        How many tokens, from the first, the engine is sure to cut as we do.

    Raises:
        QueryTooComplex: if the text exceeds a limit of this module.
    """
    clauses = operators = 0
    around: list[int] = []  # what each open bracket stands in
    inside, closed, previous = _GROUP, _GROUP, ""
    for place, token in enumerate(tokens):
        role = _ROLES.get(token)
        if inside >= _EITHER and token[:1] == "<" != token and _is_ambiguous(token, previous):
            return place
        if role is None:  # a word or a term
            clauses += not around
        elif role == _OPENING:
            around.append(inside)
            inside = (inside or _parenthesised(previous, closed)) if token == "(" else _HELD[token]
            clauses += token == "{" or (inside == _EXPRESSION and around[-1] == _GROUP)
            if len(around) > MAX_NESTING or clauses > MAX_CLAUSES:
                break
        elif role == _CLOSING and around:
            closed, inside = inside, around.pop()
        elif role == _OPERATOR:
            operators += token not in "+-" or (inside >= _EITHER and previous not in _BEFORE_TERMS)
        elif role == _STRAY:
            return place
        elif role == _END and not around and clauses <= MAX_CLAUSES:
            clauses = 0  # that was one operation of an update
        previous = token
    _limit("brackets in each other", len(around), MAX_NESTING)
    _limit("clauses", clauses, MAX_CLAUSES)
    _limit("operators", operators, MAX_OPERATORS)
    return len(tokens)


def _is_ambiguous(token: str, previous: str) -> bool:
    """Tell whether what begins with `<`, among expressions, may be a comparison."""
    return previous not in _BEFORE_TERMS and _AMBIGUOUS.match(token) is not None


def _parenthesised(previous: str, closed: int) -> int:
    """Tell what parentheses in a group can hold; elsewhere they hold what is around them.

    Args:
        previous: The token before them.
        closed: What the bracket closed last could hold.
    """
    if previous == "{" or (previous == ")" and closed == _TERMS):  # a list, a row of VALUES
        return _TERMS
    return _EXPRESSION if previous == ")" or previous.isidentifier() else _EITHER


def _limit(things: str, number: int, limit: int) -> None:
    if number > limit:
        raise QueryTooComplex(f"the text has more than {limit:,} {things}, all that is allowed")
