"""The media types an answer can have, and the choice among them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)
from werkzeug.datastructures import MIMEAccept

from xingtu.server.store import QueryResults

Syntax = TypeVar("Syntax", bound=QueryResultsFormat | RdfFormat)


class NotAcceptable(Exception):
    """None of the media types that can carry the answer is acceptable to the client."""


@dataclass(frozen=True)
class Format(Generic[Syntax]):
    """One row of the tables below.

    `names` are the values of `format=`; `aliases` are media types that also select the row, but
    only when the client accepts no registered type, and never label the answer.
    """

    names: tuple[str, ...]
    syntax: Syntax
    aliases: tuple[str, ...] = ()
    carries_boolean: bool = True
    carries_triple_terms: bool = True

    @property
    def media_type(self) -> str:
        """The registered media type, without parameters."""
        return self.syntax.media_type.partition(";")[0]


# The first row is the answer to a client without a preference.
RESULT_FORMATS: Final = (
    Format(("json",), QueryResultsFormat.JSON, ("application/json",)),
    Format(("xml",), QueryResultsFormat.XML, ("application/xml", "text/xml")),
    Format(("csv",), QueryResultsFormat.CSV, carries_boolean=False),
    Format(("tsv",), QueryResultsFormat.TSV, ("text/plain",), carries_boolean=False),
)
GRAPH_FORMATS: Final = (
    Format(("turtle", "ttl"), RdfFormat.TURTLE, ("application/x-turtle",)),
    Format(("ntriples", "nt"), RdfFormat.N_TRIPLES, ("text/plain",)),
    Format(("rdfxml", "rdf", "xml"), RdfFormat.RDF_XML, ("application/xml", "text/xml")),
    Format(
        ("jsonld", "json"), RdfFormat.JSON_LD, ("application/json",), carries_triple_terms=False
    ),
    Format(("trig",), RdfFormat.TRIG),
    Format(("nquads", "nq"), RdfFormat.N_QUADS),
)


def serialize_results(
    results: QueryResults, accept: MIMEAccept, name: str | None = None
) -> tuple[bytes, str]:
    """Write the results of a query, which it consumes; `accept` and `name` as in `choose_format`.

    Returns:
        The body and its Content-Type.

    Raises:
        NotAcceptable: if no acceptable format can carry these results.
    """
    if isinstance(results, QueryTriples):
        return serialize_graph(results, accept, name)
    boolean = isinstance(results, QueryBoolean)
    rows = [row for row in RESULT_FORMATS if row.carries_boolean or not boolean]
    syntax = choose_format(rows, accept, name).syntax
    return results.serialize(format=syntax) or b"", syntax.media_type


def serialize_graph(
    triples: Iterable[Triple], accept: MIMEAccept, name: str | None = None
) -> tuple[bytes, str]:
    """Write triples in the format the client prefers; arguments as for `serialize_results`.

    A graph with triple terms (RDF 1.2) is not offered in a format that cannot carry them.
    """
    graph = list(triples)
    rows: Sequence[Format[RdfFormat]] = GRAPH_FORMATS
    if any(isinstance(triple.object, Triple) for triple in graph):
        rows = [row for row in rows if row.carries_triple_terms]
    syntax = choose_format(rows, accept, name).syntax
    return serialize(graph, format=syntax) or b"", syntax.media_type


def choose_format(
    rows: Sequence[Format[Syntax]], accept: MIMEAccept, name: str | None = None
) -> Format[Syntax]:
    """Choose a row by `format=`, else by Accept (RFC 9110 §12.5.1), else the first.

    Args:
        rows: The formats that can carry the answer, best first.
        accept: The client's Accept header.
        name: The value of `format=`: one of the rows' names or media types.

    Returns:
        The row with the highest quality; of equals the earlier.

    Raises:
        NotAcceptable: if no row is named or accepted.
    """
    chosen: Format[Syntax] | None
    if name is not None:
        chosen = next((row for row in rows if name in (*row.names, row.media_type)), None)
    elif not accept:
        chosen = rows[0]
    else:
        chosen = _best(rows, accept) or _best_alias(rows, accept)
    if chosen is None:
        offered = ", ".join(f"{row.media_type} (format={row.names[0]})" for row in rows)
        raise NotAcceptable(f"this answer can be had as {offered}")
    return chosen


def prefers_html(accept: MIMEAccept) -> bool:
    """Tell a browser, which ranks text/html above every graph format, from an RDF client."""
    types = _without_parameters(accept)
    return types.quality("text/html") > max(types.quality(row.media_type) for row in GRAPH_FORMATS)


def _best(rows: Sequence[Format[Syntax]], accept: MIMEAccept) -> Format[Syntax] | None:
    # Not best_match(): it gives "*/*, text/csv;q=0" CSV.
    types = _without_parameters(accept)
    best = max(rows, key=lambda row: types.quality(row.media_type))
    return best if types.quality(best.media_type) > 0 else None


def _best_alias(rows: Sequence[Format[Syntax]], accept: MIMEAccept) -> Format[Syntax] | None:
    types = _without_parameters(accept)
    aliases = [(alias, row) for row in rows for alias in row.aliases]
    alias, best = max(aliases, key=lambda pair: types.quality(pair[0]))
    return best if types.quality(alias) > 0 else None


def _without_parameters(accept: MIMEAccept) -> MIMEAccept:
    """Drop charset, version and profile: they do not change which syntax is meant."""
    return MIMEAccept([(item.partition(";")[0].strip(), quality) for item, quality in accept])
