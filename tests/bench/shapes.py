"""The query shapes: what is asked, with places for parameters, and how answers are compared."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Final

# The load driver replaces this by a new number in each request, so that no text is sent twice.
STAMP: Final = "_V_"
TEXTS: Final = 500
RESULTS: Final = "application/sparql-results+json"
GRAPH: Final = "text/turtle"
PREFIXES: Final = {
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xt": "https://w3id.org/xingtu/ontology#",
}

Pools = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Shape:
    """One kind of question.

    `template` has `$name` where a value of the pool `name` goes. Where LIMIT makes the choice of
    rows the server's, only their number is compared.
    """

    name: str
    template: str
    accept: str = RESULTS
    rows_are_determined: bool = True

    def texts(self, pools: Pools) -> list[str]:
        """Return queries with different parameters, each with the place for a stamp."""
        names = re.findall(r"\$(\w+)", self.template)
        return [self._text({name: _pick(pools[name], i) for name in names}) for i in range(TEXTS)]

    def _text(self, values: Mapping[str, str]) -> str:
        used = [name for name in PREFIXES if f"{name}:" in self.template]
        prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in used)
        body, variables = re.subn(r"\?(\w+)", rf"?\1{STAMP}", self.template)
        comment = "" if variables else f" # {STAMP}\n"
        return prefixes + Template(body).substitute(values) + comment


SHAPES: Final = (
    Shape("point", "SELECT ?label { <$entity> rdfs:label ?label }"),
    Shape("ask", "ASK { <$entity> a <$kind> }"),
    Shape("describe", "DESCRIBE <$entity>", GRAPH),
    Shape("union", "SELECT ?p ?x ?q { { <$entity> ?p ?x } UNION { ?x ?q <$entity> } }"),
    Shape(
        "path",
        "SELECT ?whole ?label { <$entity> xt:partOf+ ?whole . ?whole rdfs:label ?label }",
    ),
    Shape(
        "construct",
        """CONSTRUCT { <$entity> ?p ?o . ?o rdfs:label ?name . ?s ?q <$entity> . ?s rdfs:label ?title }
        WHERE { { <$entity> ?p ?o OPTIONAL { ?o rdfs:label ?name } }
                UNION { ?s ?q <$entity> OPTIONAL { ?s rdfs:label ?title } } }""",
        GRAPH,
    ),
    Shape(
        "provenance",
        """SELECT ?claim ?p ?value ?mood ?name ?article ?start {
          ?claim xt:subject <$entity> ; xt:predicate ?p ; xt:modality ?mood ;
                 xt:claimedBy ?who ; xt:evidence ?passage .
          ?passage xt:inArticle ?article ; xt:start ?start .
          OPTIONAL { ?claim xt:object|xt:valueText ?value }
          OPTIONAL { ?who rdfs:label ?name FILTER(LANG(?name) = "en") } }""",
    ),
    Shape(
        "join",
        """SELECT ?claim ?subject ?label {
          ?claim xt:claimedBy <$agent> ; xt:subject ?subject .
          ?subject xt:partOf ?whole . ?whole rdfs:label ?label FILTER(LANG(?label) = "en") }""",
    ),
    Shape(
        "graph",
        """SELECT ?subject (COUNT(?claim) AS ?n) {
          GRAPH <$article> { ?claim xt:subject ?subject ; xt:modality xt:$mood } }
        GROUP BY ?subject""",
    ),
    Shape(
        "optional",
        """SELECT DISTINCT ?thing ?label ?status ?when {
          ?thing a <$kind> ; rdfs:label ?label FILTER(LANG(?label) = "en")
          OPTIONAL { ?thing xt:status ?status } OPTIONAL { ?thing xt:when ?when } }
        ORDER BY STR(?label) ?thing LIMIT 50""",
    ),
    Shape(
        "search",
        'SELECT ?thing ?label { ?thing rdfs:label ?label FILTER(CONTAINS(LCASE(STR(?label)), "$word")) }',
    ),
    Shape(
        "group",
        """SELECT ?predicate (COUNT(?claim) AS ?n) {
          ?claim xt:predicate ?predicate ; xt:modality ?mood FILTER(?mood != xt:$mood) }
        GROUP BY ?predicate ORDER BY DESC(?n)""",
    ),
    Shape(
        "count",
        """SELECT (COUNT(?claim) AS ?n) {
          ?claim xt:modality xt:$mood ; xt:claimedBy ?who FILTER(?who != <$agent>) }""",
    ),
    Shape("rows", "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 10000", rows_are_determined=False),
)


def all_texts(pools: Pools) -> dict[str, list[str]]:
    """Return the queries of each shape; under `mix`, the shapes taking turns."""
    texts = {shape.name: shape.texts(pools) for shape in SHAPES}
    turns = [text for group in zip(*texts.values(), strict=True) for text in group]
    return texts | {"mix": turns}


def accept_for(text: str) -> str:
    """Return the Accept header for a query: one type, so that every server understands it."""
    return GRAPH if re.search(r"^(DESCRIBE|CONSTRUCT)\b", text, re.MULTILINE) else RESULTS


def stamped(text: str, stamp: str) -> str:
    """Return a query with its stamp, as it is sent."""
    return text.replace(STAMP, stamp)


def _pick(pool: Sequence[str], i: int) -> str:
    return pool[i * 7919 % len(pool)]  # a prime stride: all of the pool, in an order that hops
