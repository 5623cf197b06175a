"""The service description (SPARQL 1.1 Service Description; `sd:supportedVersion` of 1.2)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, Triple

from xingtu.ontology import PREFIXES as DECLARED
from xingtu.server.engine.tasks import Engine, Query
from xingtu.server.errors import InvalidRequest
from xingtu.server.formats import GRAPH_FORMATS, RESULT_FORMATS, syntax_of
from xingtu.server.http.answers import take_body

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
PREFIXES: Final = {
    "sd": SD,
    "format": "http://www.w3.org/ns/formats/",
    "sparql": "http://www.w3.org/ns/sparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# What pyoxigraph has beyond SPARQL: GeoSPARQL 1.1 §8 to §10.
GEO_FUNCTIONS: Final = tuple(
    PREFIXES["geof"] + name
    for name in (
        "area", "asGeoJSON", "centroid", "convexHull", "coordinateDimension", "difference",
        "dimension", "distance", "ehContains", "ehCoveredBy", "ehCovers", "ehDisjoint", "ehEquals",
        "ehInside", "ehMeet", "ehOverlap", "envelope", "getSRID", "intersection", "isEmpty",
        "isSimple", "length", "perimeter", "rcc8dc", "rcc8ec", "rcc8eq", "rcc8ntpp", "rcc8ntppi",
        "rcc8po", "rcc8tpp", "rcc8tppi", "relate", "sfContains", "sfCrosses", "sfDisjoint",
        "sfEquals", "sfIntersects", "sfOverlaps", "sfTouches", "sfWithin", "spatialDimension",
        "symDifference", "union",
    )
)  # fmt: skip

PARAMETERS: Final = """Parameters beyond the SPARQL Protocol. \
`format` (or `output`): names the format of the answer and overrides Accept, such as format=csv; \
format=html gives a page. \
`timeout`: the milliseconds the operation may take, such as timeout=5000, up to the limit of the \
server. \
`as-of`: a day, such as as-of=2025-12-31; the dataset is then the graphs that were known on it. \
It chooses the dataset, so it excludes default-graph-uri, named-graph-uri and FROM."""

_TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_MOST: Final = 1000  # named graphs that are listed
# The first pattern finds empty graphs too; Virtuoso knows only the second.
_NAMED_GRAPHS: Final = f"""SELECT ?graph (MAX(?size) AS ?triples) {{
  {{ GRAPH ?graph {{}} BIND(0 AS ?size) }}
  UNION {{ SELECT ?graph (COUNT(*) AS ?size) {{ GRAPH ?graph {{ ?s ?p ?o }} }} GROUP BY ?graph }}
}} GROUP BY ?graph ORDER BY ?graph LIMIT {_MOST}"""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a service can do, beyond what its engine tells.

    `versions` are those of SPARQL it evaluates; `federated` says whether SERVICE reaches anything;
    `union` whether the default graph is the union of the named ones.
    """

    union: bool = True
    federated: bool = False
    empty_graphs: bool = True
    versions: tuple[str, ...] = ("1.1", "1.2")
    functions: tuple[str, ...] = GEO_FUNCTIONS


class ServiceDescription:
    """Describes a service; the description is made once a version of the dataset.

    Args:
        engine: Tells whether it may be written, and which graphs there are.
        abilities: What else is true of the service.
    """

    def __init__(self, engine: Engine, abilities: Abilities | None = None) -> None:
        self._engine = engine
        self._abilities = abilities or Abilities()
        self._version = ""
        self._graphs: list[tuple[NamedNode, int]] = []

    async def describe(self, endpoint: str, dataset_description: str) -> list[Triple]:
        """Describe the service (§3).

        Args:
            endpoint: The public URL of the endpoint.
            dataset_description: That of the VoID description of its dataset.

        Returns:
            The triples of the description.

        Raises:
            InvalidRequest: if a URL is not an IRI, as a Host header may cause.
            QueryError, ServerBusy: if the engine cannot say which graphs there are.
        """
        try:
            url, about = NamedNode(endpoint), NamedNode(dataset_description)
        except ValueError as error:
            raise InvalidRequest(f"the URL of this server is not an IRI: {error}") from error
        service, dataset = BlankNode("service"), BlankNode("dataset")
        return [
            Triple(service, _TYPE, _sd("Service")),
            Triple(service, _sd("endpoint"), url),
            Triple(service, NamedNode(PREFIXES["rdfs"] + "comment"), Literal(PARAMETERS)),
            *(Triple(service, _sd(name), term) for name, term in self._abilities_of_service()),
            Triple(service, _sd("defaultDataset"), dataset),
            Triple(dataset, _TYPE, _sd("Dataset")),
            Triple(dataset, NamedNode(PREFIXES["rdfs"] + "seeAlso"), about),
            *_declare_prefixes(dataset),
            *_describe_graphs(dataset, await self._named_graphs(endpoint)),
        ]

    def _abilities_of_service(self) -> Iterator[tuple[str, NamedNode]]:
        able, writable = self._abilities, self._engine.writable
        for language in ("Query", "Update") if writable else ("Query",):
            yield "supportedLanguage", _sd(f"SPARQL11{language}")
            yield "supportedLanguage", _sd(f"SPARQL{language}")
        for version in able.versions:
            yield "supportedVersion", NamedNode(f"{PREFIXES['sparql']}version-{version}")
        for iri in _format_iris(results=True):
            yield "resultFormat", iri
        for iri in _format_iris(results=False) if writable else ():
            yield "inputFormat", iri
        features = {
            "UnionDefaultGraph": able.union,
            "BasicFederatedQuery": able.federated,
            "EmptyGraphs": able.empty_graphs,
        }
        for feature in (name for name, present in features.items() if present):
            yield "feature", _sd(feature)
        yield "defaultEntailmentRegime", NamedNode("http://www.w3.org/ns/entailment/Simple")
        for function in able.functions:
            yield "extensionFunction", NamedNode(function)

    async def _named_graphs(self, endpoint: str) -> list[tuple[NamedNode, int]]:
        version = self._engine.version
        if not self._version or self._version != version:
            task = Query(_NAMED_GRAPHS, endpoint, (QueryResultsFormat.JSON.media_type,))
            rows = json.loads(take_body((await self._engine.run(task)).body))["results"]["bindings"]
            self._graphs, self._version = [*_read_graphs(rows)], version
        return self._graphs


def _read_graphs(rows: list[dict[str, dict[str, str]]]) -> Iterator[tuple[NamedNode, int]]:
    """Yield the named graphs of an answer, each with its size in triples."""
    for row in rows:
        if row["graph"]["type"] == "uri":
            yield NamedNode(row["graph"]["value"]), int(row["triples"]["value"])


def _declare_prefixes(dataset: BlankNode) -> Iterator[Triple]:
    """Yield our prefixes (SHACL §5.2.1), which editors ask for where the dataset has none."""
    for prefix, namespace in DECLARED.items():
        node, uri = BlankNode(f"prefix-{prefix}"), NamedNode(PREFIXES["xsd"] + "anyURI")
        yield Triple(dataset, NamedNode(PREFIXES["sh"] + "declare"), node)
        yield Triple(node, NamedNode(PREFIXES["sh"] + "prefix"), Literal(prefix))
        yield Triple(
            node, NamedNode(PREFIXES["sh"] + "namespace"), Literal(namespace, datatype=uri)
        )


def _describe_graphs(
    dataset: BlankNode, named: Iterable[tuple[NamedNode, int]]
) -> Iterator[Triple]:
    default_graph = BlankNode("defaultGraph")
    yield Triple(dataset, _sd("defaultGraph"), default_graph)
    yield Triple(default_graph, _TYPE, _sd("Graph"))
    for number, (name, size) in enumerate(named):
        graph, content = BlankNode(f"graph{number}"), BlankNode(f"content{number}")
        yield Triple(dataset, _sd("namedGraph"), graph)
        yield Triple(graph, _TYPE, _sd("NamedGraph"))
        yield Triple(graph, _sd("name"), name)
        yield Triple(graph, _sd("graph"), content)
        yield Triple(content, _TYPE, _sd("Graph"))
        yield Triple(content, NamedNode(PREFIXES["void"] + "triples"), Literal(size))


def _format_iris(results: bool) -> Iterator[NamedNode]:
    for row in RESULT_FORMATS if results else ():
        syntax = QueryResultsFormat.from_media_type(row.media_type)
        assert syntax is not None
        yield NamedNode(syntax.iri)
    for row in GRAPH_FORMATS:
        yield NamedNode(syntax_of(row.media_type).iri)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
