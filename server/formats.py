"""The media types an answer can have, the choice among them, and what each can carry."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import QueryResultsFormat, RdfFormat, Triple, serialize
from werkzeug.http import parse_accept_header

from xingtu.server.errors import NotAcceptable
from xingtu.server.output import breaks_xml, has_triple_terms, mend

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]


@dataclass(frozen=True)
class Format:
    """One row of the tables below.

    `names` are the values of `format=`; `aliases` are media types that also select the row, after
    registered ones that are as welcome, and never label the answer. `cannot_carry` tells the
    graphs that the format has no way to write, None that there are none.
    """

    names: tuple[str, ...]
    media_type: str
    aliases: tuple[str, ...] = ()
    carries_boolean: bool = True
    cannot_carry: Callable[[Sequence[Triple]], bool] | None = None


# The first row is the answer to a client without a preference.
RESULT_FORMATS: Final = (
    Format(("json",), "application/sparql-results+json", ("application/json",)),
    Format(("xml",), "application/sparql-results+xml", ("application/xml", "text/xml")),
    Format(("csv",), "text/csv", carries_boolean=False),
    Format(("tsv",), "text/tab-separated-values", ("text/plain",), carries_boolean=False),
)
GRAPH_FORMATS: Final = (
    Format(("turtle", "ttl", "n3"), "text/turtle", ("application/x-turtle",)),
    Format(("ntriples", "nt"), "application/n-triples", ("text/plain",)),
    Format(
        ("rdfxml", "rdf", "xml", "rdf+xml"),
        "application/rdf+xml",
        ("application/xml", "text/xml"),
        cannot_carry=breaks_xml,
    ),
    Format(
        ("jsonld", "json", "json-ld"),
        "application/ld+json",
        ("application/json",),
        cannot_carry=has_triple_terms,
    ),
    Format(("trig",), "application/trig"),
    Format(("nquads", "nq"), "application/n-quads"),
)
PAGE: Final = Format(("html",), "text/html")  # of any answer; see `http/page.py`

_ROWS: Final[Mapping[Form, tuple[Format, ...]]] = {
    "SELECT": RESULT_FORMATS,
    "ASK": tuple(row for row in RESULT_FORMATS if row.carries_boolean),
    "CONSTRUCT": GRAPH_FORMATS,
    "DESCRIBE": GRAPH_FORMATS,
}


@lru_cache(1024)
def rank_formats(
    accept: str, name: str | None, form: Form, *, page: bool = False
) -> tuple[str, ...]:
    """Rank the media types an answer may have by `format=`, else by Accept (RFC 9110 §12.5.1).

    Args:
        accept: The client's Accept header, "" if there is none.
        name: The value of `format=`: a row's name or media type.
        form: The query form; a graph is as CONSTRUCT.
        page: Whether a page is on offer too.

    Returns:
        Media types, best first, up to the first one that can carry any answer of the form.

    Raises:
        NotAcceptable: if no row is named or accepted.
    """
    rows = (*_ROWS[form], PAGE) if page else _ROWS[form]
    if name is None:
        ranked = _rank_by_quality(rows, accept)
    else:
        wanted = name.replace(" ", "+")  # a "+" that was not percent-encoded
        ranked = [row for row in rows if wanted in (*row.names, row.media_type)]
    if not ranked:
        raise _not_acceptable(rows)
    last = next((n for n, row in enumerate(ranked) if row.cannot_carry is None), len(ranked))
    return tuple(row.media_type for row in ranked[: last + 1])


def prefers_page(accept: str) -> bool:
    """Tell a browser, which ranks text/html above every graph format, from an RDF client."""
    try:
        return rank_formats(accept, None, "CONSTRUCT", page=True)[0] == PAGE.media_type
    except NotAcceptable:
        return False


@cache
def carries_any_graph(media_type: str) -> bool:
    """Tell whether a media type of `GRAPH_FORMATS` can carry every graph."""
    return any(r.media_type == media_type and r.cannot_carry is None for r in GRAPH_FORMATS)


def choose_graph_format(triples: Sequence[Triple], media_types: Iterable[str]) -> RdfFormat:
    """Choose the first of some media types of `GRAPH_FORMATS` that can carry a graph.

    Raises:
        NotAcceptable: if none can.
    """
    wanted = [*media_types]
    able = [r for r in GRAPH_FORMATS if r.cannot_carry is None or not r.cannot_carry(triples)]
    for media_type in wanted:
        if any(row.media_type == media_type for row in able):
            return syntax_of(media_type)
    raise _not_acceptable(able)


def serialize_graph(
    triples: Sequence[Triple], media_types: Sequence[str], prefixes: dict[str, str] | None = None
) -> tuple[bytes, str]:
    """Write triples in the first of some media types that carries them.

    Returns:
        The body and its Content-Type.

    Raises:
        NotAcceptable: if none of the media types can carry them.
    """
    syntax = choose_graph_format(triples, media_types)
    return mend(serialize(triples, format=syntax, prefixes=prefixes) or b"", syntax)


def finish_body(
    body: bytes | Path, syntax: QueryResultsFormat | RdfFormat
) -> tuple[bytes | Path, str]:
    """Do what pyoxigraph leaves undone to a body it wrote, in place if that is a file.

    Returns:
        The body and its Content-Type; see `output.mend`.

    Raises:
        NotAcceptable: if the body holds what its format cannot.
    """
    if isinstance(body, bytes):
        return mend(body, syntax)
    written = body.read_bytes()
    mended, content_type = mend(written, syntax)
    if mended is not written:
        body.write_bytes(mended)
    return body, content_type


@cache
def results_syntax_of(media_type: str) -> QueryResultsFormat:
    """Give the syntax of a media type of `RESULT_FORMATS`."""
    syntax = QueryResultsFormat.from_media_type(media_type)
    assert syntax is not None
    return syntax


@cache
def syntax_of(media_type: str) -> RdfFormat:
    """Give the syntax of a media type of `GRAPH_FORMATS`."""
    syntax = RdfFormat.from_media_type(media_type)
    assert syntax is not None
    return syntax


def _rank_by_quality(rows: Sequence[Format], accept: str) -> list[Format]:
    """Sort rows by quality, of equals registered types first, then by their place in the table."""
    weights: dict[str, float] = {}
    for item, quality in parse_accept_header(accept):
        # Charset, version and profile do not change which syntax is meant.
        media_range = item.partition(";")[0].strip().lower()
        weights[media_range] = max(quality, weights.get(media_range, 0))
    if not accept.strip():
        return [*rows]
    rated = [(*_rate(row, weights), row) for row in rows]
    rated.sort(key=lambda each: (-each[0], each[1]))
    return [row for quality, _, row in rated if quality > 0]


def _rate(row: Format, weights: Mapping[str, float]) -> tuple[float, bool]:
    """Give a row's quality by its most specific media range, and whether an alias earned it."""
    if row.media_type in weights:
        return weights[row.media_type], False
    kind = row.media_type.partition("/")[0]
    general = weights.get(f"{kind}/*", weights.get("*/*", 0))
    alias = max((weights.get(alias, 0) for alias in row.aliases), default=0)
    return max(general, alias), alias > general


def _not_acceptable(rows: Iterable[Format]) -> NotAcceptable:
    offered = ", ".join(f"{row.media_type} (format={row.names[0]})" for row in rows)
    return NotAcceptable(f"this answer can be had as {offered}")
