"""What is told about a query or an update before it is done, or why it is not done."""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final, NamedTuple

from xingtu.server.errors import QueryTooLong
from xingtu.server.gate.plain import FORMS, VOLATILE, Form, find_plain_form
from xingtu.server.gate.reading import Reading
from xingtu.server.gate.requests import refuse_loads, refuse_services
from xingtu.server.gate.shape import refuse_complexity

MAX_QUERY_LENGTH: Final = 64 * 1024  # in characters
MAX_UPDATE_LENGTH: Final = 1024 * 1024  # most of a long update is data

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")


class QueryFacts(NamedTuple):
    """What a query is.

    Attributes:
        form: None when it cannot be told; the engine will say what is wrong with the syntax.
        default_graphs: The IRIs of its FROM clauses.
        named_graphs: The IRIs of its FROM NAMED clauses.
        knows_dataset: Whether these are all; else they are empty, and FROM is left to the engine.
        services: The other endpoints it asks, all of them allowed.
        deterministic: Whether it always has the same answer on the same data.
    """

    form: Form | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    knows_dataset: bool
    services: tuple[str, ...]
    deterministic: bool


_PLAIN: Final = {
    form: QueryFacts(form, (), (), knows_dataset=True, services=(), deterministic=True)
    for form in FORMS.values()
}


class UpdateFacts(NamedTuple):
    """What an update is.

    Attributes:
        services: The other endpoints it asks, all of them allowed.
        uses_load: Whether it loads documents, all of them allowed.
    """

    services: tuple[str, ...]
    uses_load: bool


def inspect_query(
    text: str, *, base_iri: str | None = None, services: Collection[str] = ()
) -> QueryFacts:
    """Let a query in, or not.

    Args:
        text: A query, well-formed or not.
        base_iri: The IRI against which its relative IRIs are resolved.
        services: The endpoints that SERVICE may ask.

    Raises:
        QueryTooLong: if it has more than `MAX_QUERY_LENGTH` characters.
        QueryTooComplex: if it could overflow the engine's stack; see `shape.py`.
        RefusedOperation: if it may ask another endpoint; see `requests.py`.
    """
    form = find_plain_form(text)
    return _inspect_closely(text, base_iri, services) if form is None else _PLAIN[form]


def _inspect_closely(text: str, base_iri: str | None, services: Collection[str]) -> QueryFacts:
    readings = _read(text, MAX_QUERY_LENGTH, base_iri)
    asked = _find_services(readings, services)
    reading = readings[0]
    dataset = _read_dataset(reading)
    default_graphs, named_graphs = dataset or ((), ())
    return QueryFacts(
        form=_read_form(reading),
        default_graphs=default_graphs,
        named_graphs=named_graphs,
        knows_dataset=dataset is not None,
        services=asked,
        deterministic=not asked and reading.words.isdisjoint(VOLATILE),
    )


def inspect_update(
    text: str,
    *,
    base_iri: str | None = None,
    services: Collection[str] = (),
    loads: Collection[str] = (),
) -> UpdateFacts:
    """Let an update in, or not.

    Args:
        text: An update, well-formed or not.
        base_iri: The IRI against which its relative IRIs are resolved.
        services: The endpoints that SERVICE may ask.
        loads: The documents that LOAD may fetch.

    Raises:
        QueryTooLong: if it has more than `MAX_UPDATE_LENGTH` characters.
        QueryTooComplex: if it could overflow the engine's stack; see `shape.py`.
        RefusedOperation: if it may send a request that is not allowed; see `requests.py`.
    """
    readings = _read(text, MAX_UPDATE_LENGTH, base_iri)
    asked = _find_services(readings, services)
    loaded = [refuse_loads(reading, loads) for reading in readings]
    return UpdateFacts(asked, any(loaded))


def _read(text: str, limit: int, base_iri: str | None) -> list[Reading]:
    """Read a text in all the ways there are, the engine's first, unless it is too much for it."""
    if len(text) > limit:
        raise QueryTooLong(f"the text has {len(text):,} characters, of {limit:,} allowed")
    readings = Reading.all_of(text, base_iri)
    for reading in readings:
        refuse_complexity(reading.text, reading.tokens)
    return readings


def _find_services(readings: list[Reading], allowed: Collection[str]) -> tuple[str, ...]:
    found = (refuse_services(reading, allowed) for reading in readings)
    return tuple(dict.fromkeys(chain.from_iterable(found)))


def _read_form(reading: Reading) -> Form | None:
    keyword = reading.tokens[reading.prologue.length].upper()
    return next((form for form in FORMS.values() if keyword.startswith(form)), None)


def _read_dataset(reading: Reading) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Tell the graphs of FROM and of FROM NAMED, or None if some cannot be told."""
    if "FROM" not in reading.capitals:
        return (), ()
    if reading.certain < len(reading.tokens):
        return None
    default_graphs: list[str] = []
    named_graphs: list[str] = []
    words = _outside_brackets(reading.tokens[reading.prologue.length :])
    for word in words:
        if not word.upper().startswith("FROM"):
            continue
        name, graphs = next(words, ""), default_graphs
        if name.upper() == "NAMED":
            name, graphs = next(words, ""), named_graphs
        iri = reading.prologue.resolve(name)
        if iri is None or word.upper() != "FROM":  # as in FROMex:graph, FROMNAMED
            return None
        graphs.append(iri)
    return tuple(default_graphs), tuple(named_graphs)


def _outside_brackets(tokens: list[str]) -> Iterator[str]:
    depth = 0
    for token in tokens:
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0:
            yield token
