"""Whether two servers give the same answer: the multiset of rows, or the set of triples."""

import json
from collections import Counter
from typing import Any, Final

from client import Client, Endpoint, NoAnswer, fetch
from pyoxigraph import BlankNode, RdfFormat, Triple, parse
from shapes import RESULTS, Shape, accept_for, stamped

SAMPLES: Final = 3
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
# Oxigraph keeps the value of these, not the type; and a string is what has no other type.
SAME_TYPES: Final = {f"{XSD}nonNegativeInteger": f"{XSD}integer", f"{XSD}string": ""}

Answer = Counter[tuple[str, ...]]


def ask(endpoint: Endpoint, query: str) -> Answer:
    """Ask a query; return its rows, its triples, or its boolean as one row.

    Raises:
        NoAnswer: if there is none, or it cannot be read.
    """
    body, media_type = fetch(endpoint, query)
    try:
        return _rows(body) if accept_for(query) == RESULTS else _triples(body, media_type)
    except (ValueError, KeyError, SyntaxError) as error:
        raise NoAnswer(f"unreadable {media_type}: {error}") from error


def compare(shape: Shape, expected: list[Answer], given: list[Answer]) -> str:
    """Return what differs between the answers to some queries of a shape.

    Returns:
        Nothing; `duplicates` if only the number of times that rows come; `rows`.
    """
    if expected == given:
        return ""
    if not shape.rows_are_determined:
        totals = [[answer.total() for answer in answers] for answers in (expected, given)]
        return "" if totals[0] == totals[1] else "rows"
    same_sets = all(a.keys() == b.keys() for a, b in zip(expected, given, strict=True))
    return "duplicates" if same_sets else "rows"


def sample(endpoint: Endpoint, texts: list[str]) -> tuple[list[Answer], float]:
    """Ask the first queries of a shape.

    Returns:
        The answers, and the seconds that one took, on a connection kept alive.

    Raises:
        NoAnswer: if one of them fails.
    """
    queries = [stamped(text, f"v{i}") for i, text in enumerate(texts[:SAMPLES])]
    found = [ask(endpoint, query) for query in queries]
    client = Client(endpoint)
    times = sorted(client.time(stamped(text, f"w{i}"))[0] for i, text in enumerate(texts[:SAMPLES]))
    client.close()
    return found, times[SAMPLES // 2]


def _rows(body: bytes) -> Answer:
    document = json.loads(body)
    if "boolean" in document:
        return Counter([(str(document["boolean"]),)])
    names = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    return Counter(tuple(_term(row.get(name)) for name in names) for row in bindings)


def _term(term: dict[str, Any] | None) -> str:
    if term is None or term["type"] == "bnode":
        return "" if term is None else "_:"
    if term["type"] == "uri":
        return f"<{term['value']}>"
    datatype = term.get("datatype", "")
    language = term.get("xml:lang", "").lower()
    return f'"{term["value"]}"@{language}^^{SAME_TYPES.get(datatype, datatype)}'


def _triples(body: bytes, media_type: str) -> Answer:
    syntax = RdfFormat.from_media_type(media_type)  # not all give the one that was asked for
    triples = {quad.triple for quad in parse(body, format=syntax)}
    return Counter(_without_names(triple) for triple in triples)


def _without_names(triple: Triple) -> tuple[str, ...]:
    return tuple("_:" if isinstance(term, BlankNode) else str(term) for term in triple)
