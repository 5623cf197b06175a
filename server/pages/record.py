"""What the dataset says of itself, with this server's own addresses: `/.well-known/void`.

The dataset names its endpoint and its files by canonical addresses, since it is the same wherever
it is served. What is told of the service (where to query, to download, to read on) is true of this
server only if it names this server: those addresses are replaced, and nothing else. A dataset that
does not describe itself is counted instead.
"""

from collections.abc import Iterator
from http import HTTPStatus
from threading import Lock
from typing import Final

from cachetools import LRUCache, cached
from flask import Blueprint, Response, current_app, redirect, request, url_for
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from werkzeug.wrappers import Response as BaseResponse

from xingtu.ontology import PREFIXES
from xingtu.server.engine.tasks import ReadGraph
from xingtu.server.errors import NotFound, QueryError
from xingtu.server.formats import prefers_page, rank_formats, serialize_graph
from xingtu.server.http.release import is_packaged
from xingtu.server.http.sparql import VOID_PATH
from xingtu.server.pages.addresses import ROOT, absolute
from xingtu.server.pages.asking import Term, ask_once, body_of, perform
from xingtu.server.pages.jsonld import DCAT
from xingtu.server.pages.vocabulary import RDF_TYPE
from xingtu.triples import iri

blueprint = Blueprint("record", __name__)

FOAF: Final = "http://xmlns.com/foaf/0.1/"
SPDX: Final = "http://spdx.org/rdf/terms#"
VOID: Final = "http://rdfs.org/ns/void#"
DATASET: Final = iri.graph("dataset")
# What leads to the service: its objects are addresses, not names.
_LEADING: Final = frozenset(
    {VOID + name for name in ("sparqlEndpoint", "dataDump", "openSearchDescription")}
    | {DCAT + name for name in ("endpointURL", "endpointDescription", "accessURL")}
    | {DCAT + name for name in ("downloadURL", "landingPage")}
)
_PREFIXES: Final = {
    **{name: PREFIXES[name] for name in ("dcterms", "void", "xsd")},
    "dcat": DCAT,
    "foaf": FOAF,
    "spdx": SPDX,
}


@blueprint.get(VOID_PATH)
def show() -> BaseResponse:
    """Describe the dataset (VoID §7.2); a browser is sent to the home page.

    Raises:
        NotAcceptable: if none of our formats is asked for.
        QueryError, ServerBusy: as the engine does.
    """
    accept, name = request.headers.get("Accept", ""), request.args.get("format")
    if name is None and prefers_page(accept):
        answer: BaseResponse = redirect(absolute(url_for("home.show")), HTTPStatus.SEE_OTHER)
    else:
        formats = rank_formats(accept, name, "CONSTRUCT")
        body, content_type = _write(*_state(), formats)
        answer = Response(body, content_type=content_type)
        answer.headers["Cache-Control"] = "no-cache"
        answer.add_etag()
        answer.make_conditional(request)
    answer.vary.add("Accept")
    return answer


def read_record() -> tuple[Triple, ...]:
    """Give the record of the dataset (the graph `dataset`); nothing if it has none."""
    return _read_record(*_state())


def _state() -> tuple[str, str]:
    """Give all that a description depends on: what is served, and where."""
    return current_app.config["ENGINE"].version, current_app.config["BASE"]


@cached(LRUCache(8), lock=Lock())
def _write(version: str, base: str, formats: tuple[str, ...]) -> tuple[bytes, str]:
    document, record = base + VOID_PATH, _read_record(version, base)
    dataset = DATASET if record else NamedNode(document + "#dataset")
    triples = [
        _say(NamedNode(document), RDF_TYPE.value, NamedNode(VOID + "DatasetDescription")),
        _say(NamedNode(document), FOAF + "primaryTopic", dataset),
        *(record or _count(dataset, base)),
        *_read_graph("void"),
    ]
    return serialize_graph(triples, formats, _PREFIXES)


@cached(LRUCache(2), lock=Lock())
def _read_record(_version: str, base: str) -> tuple[Triple, ...]:
    triples = _read_graph("dataset")
    named = [t.object for t in triples if t.predicate.value == SPDX + "checksumValue"]
    sums = {value.value for value in named if isinstance(value, Literal)}
    packaged = is_packaged(sums)
    return tuple(_readdress(triple, base, packaged) for triple in triples)


def _read_graph(name: str) -> list[Triple]:
    try:
        answer = perform(ReadGraph(iri.graph(name).value, (RdfFormat.N_TRIPLES.media_type,)))
    except NotFound:
        return []
    return [quad.triple for quad in parse(body_of(answer), RdfFormat.N_TRIPLES)]


def _readdress(triple: Triple, base: str, packaged: bool) -> Triple:
    """Put this server's address in place of a canonical one; of a file, only if it is here."""
    address = triple.object.value if isinstance(triple.object, NamedNode) else ""
    rest = address.removeprefix(ROOT)
    leads = triple.predicate.value in _LEADING and rest != address
    if not leads or (rest.startswith("release/") and not packaged):
        return triple
    return Triple(triple.subject, triple.predicate, NamedNode(f"{base}/{rest}"))


def _count(dataset: NamedNode, base: str) -> Iterator[Triple]:
    """Describe a dataset by its classes and properties; without, if counting takes too long."""
    yield _say(dataset, RDF_TYPE.value, NamedNode(VOID + "Dataset"))
    yield _say(dataset, VOID + "sparqlEndpoint", NamedNode(base + "/sparql"))
    try:
        rows = ask_once("usage")
    except QueryError:
        return
    total = 0
    for number, row in enumerate(rows):
        node, uses = BlankNode(f"part{number}"), row["uses"]
        kind = str(getattr(row["kind"], "value", ""))
        yield _say(dataset, f"{VOID}{kind}Partition", node)
        yield _say(node, VOID + kind, row["term"])
        yield _say(node, VOID + ("entities" if kind == "class" else "triples"), uses)
        if kind == "property" and isinstance(uses, Literal):
            total += int(uses.value)
    yield _say(dataset, VOID + "triples", Literal(total))


def _say(subject: NamedNode | BlankNode, predicate: str, value: Term) -> Triple:
    return Triple(subject, NamedNode(predicate), value)
