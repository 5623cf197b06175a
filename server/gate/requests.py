"""The requests a text would have the engine send: by SERVICE, in patterns, and by LOAD.

Keywords may stand without a space before or after, and where a prefixed name does not make an IRI
the engine takes its prefix only, and what follows the colon may be a keyword. What we cannot tell
apart is refused.
"""

from collections.abc import Collection
from typing import Final

from xingtu.server.errors import RefusedOperation
from xingtu.server.gate.reading import Reading

_NO_WORDS: Final = frozenset("?$\"'<@_0123456789")  # what other tokens with letters begin with
_UNFIT: Final = ("EXISTS", "MINUS", "LATERAL")  # before a group: not the place for SERVICE
_BEFORE_GRAPHS: Final = frozenset({"GRAPH", "FROM", "NAMED", "DESCRIBE"})


def refuse_services(reading: Reading, allowed: Collection[str]) -> tuple[str, ...]:
    """Refuse federation with endpoints that are not allowed, and where it would go wrong unseen.

    Args:
        reading: A query or an update.
        allowed: The IRIs of endpoints, each to be matched exactly.

    Returns:
        The endpoints of its SERVICE clauses, each once.

    Raises:
        RefusedOperation: if it has one for another endpoint, or for one we cannot tell, SILENT or
            not, or if we cannot tell whether it has; or if it has one within EXISTS or MINUS,
            where pyoxigraph 0.5.13 takes a failure for a match or for none, or within LATERAL,
            where, as in EXISTS, it asks the service the same again for each row.
    """
    if "SERVICE" not in reading.capitals:
        return ()
    reading.refuse_doubt("SERVICE")
    prefixes = {prefix.upper() for prefix in reading.prologue.prefixes}
    found: dict[str, None] = {}
    for place, token in enumerate(reading.tokens):
        word = token.upper()
        if word == "SERVICE":
            found[_refuse_target(reading, place, allowed, "--services")] = None
        elif "SERVICE" in word and _may_hide_service(reading, place, prefixes):
            raise _unclear("SERVICE", token)
    if found:
        _refuse_repetition(reading.tokens)
    return tuple(found)


def refuse_loads(reading: Reading, allowed: Collection[str]) -> bool:
    """Refuse to load documents that are not allowed.

    Args:
        reading: An update.
        allowed: The IRIs of documents, each to be matched exactly; no file ever is.

    Returns:
        Whether the text has a LOAD operation.

    Raises:
        RefusedOperation: if it has one of another document, or of one we cannot tell, SILENT or
            not, or if we cannot tell whether it has.
    """
    if "LOAD" not in reading.capitals:
        return False
    reading.refuse_doubt("LOAD")
    found, depth, previous = False, 0, ""
    for place, token in enumerate(reading.tokens):
        depth += (token == "{") - (token == "}")
        word = token.upper()
        if word == "LOAD":
            _refuse_target(reading, place, allowed, "--loads")
            found = True
        elif word.startswith("LOAD"):
            is_name = ":" in word and (depth > 0 or previous.isidentifier())  # WITH load:x
            if not is_name:
                raise _unclear("LOAD", token)
        previous = token
    return found


def _refuse_repetition(tokens: list[str]) -> None:
    """Refuse SERVICE in a group of EXISTS, MINUS or LATERAL."""
    unfit: list[bool] = []  # for each open group, whether it is in one of them
    previous = ""
    for token in tokens:
        word = token.upper()
        if word == "{":
            inside = bool(unfit) and unfit[-1]
            unfit.append(inside or previous.endswith(_UNFIT))
        elif word == "}" and unfit:
            unfit.pop()
        elif word == "SERVICE" and unfit and unfit[-1]:
            raise RefusedOperation(
                "SERVICE is not available within EXISTS, MINUS and LATERAL: it would be asked for "
                "each row, or fail without a word; ask in a group of its own, then use BOUND"
            )
        previous = "" if ":" in word else word


def _refuse_target(reading: Reading, place: int, allowed: Collection[str], option: str) -> str:
    """Refuse the request whose keyword is at a place, unless its target is allowed; give that."""
    keyword = reading.tokens[place].upper()
    silent = reading.tokens[place + 1].upper() == "SILENT"
    target = reading.tokens[place + 1 + silent]
    if target.upper().startswith("SILENT"):
        raise _unclear("SILENT", target)
    iri = reading.prologue.resolve(target)
    if iri is None:
        raise RefusedOperation(
            f"{keyword} is available for constant IRIs only, not for {target or 'nothing'}, and "
            f"for those that the operator allows with {option}"
        )
    if iri.lower().startswith("file:"):
        raise RefusedOperation(f"{keyword} <{iri}> is not available: no file is read here")
    if iri not in allowed:
        raise RefusedOperation(
            f"{keyword} <{iri}> is not available here; the operator can allow it with "
            f"{option} {iri}"
        )
    return iri


def _may_hide_service(reading: Reading, place: int, prefixes: Collection[str]) -> bool:
    """Tell whether the engine may find the keyword in a longer token.

    Args:
        reading: The text.
        place: Of the token, which has the letters of the keyword.
        prefixes: The declared prefixes, in capitals.
    """
    token, after = reading.tokens[place : place + 2]
    if token[0] in _NO_WORDS:
        return False
    prefix, colon, local = token.upper().partition(":")
    if not colon:
        return True  # as in trueSERVICE
    if "SERVICE" in local and not reading.prologue.is_one_name(token):
        return True
    before = reading.tokens[place - 1].upper() if place else ""
    if "SERVICE" not in prefix or after != "{" or before in _BEFORE_GRAPHS:
        return False
    rest = prefix.rpartition("SERVICE")[2]
    return (
        prefix.count("SERVICE") > 1 or rest in prefixes or rest.removeprefix("SILENT") in prefixes
    )


def _unclear(keyword: str, token: str) -> RefusedOperation:
    return RefusedOperation(
        f"{keyword} cannot be told from a part of {token}: use another prefix, or put a space "
        "around the keyword"
    )
