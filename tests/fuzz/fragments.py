"""What schemathesis sends where the description says "SPARQL" or "RDF": right, nearly right, wrong.

It is loaded by schemathesis itself (SCHEMATHESIS_HOOKS).
"""

import schemathesis
from hypothesis import strategies as st

TOKENS = [
    *"{}()[].,;|^?*+-/=<>!&@$_:#\\'\"",
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "FROM", "NAMED", "GRAPH", "OPTIONAL", "MINUS"),
    *("UNION", "FILTER", "EXISTS", "NOT", "BIND", "AS", "VALUES", "UNDEF", "SERVICE", "SILENT", "LATERAL"),
    *("PREFIX", "BASE", "VERSION", "DISTINCT", "REDUCED", "GROUP", "HAVING", "ORDER", "BY", "LIMIT"),
    *("OFFSET", "COUNT", "SUM", "GROUP_CONCAT", "REGEX", "STRDT", "IRI", "BNODE", "NOW", "RAND", "IF", "IN"),
    *("INSERT", "DELETE", "DATA", "LOAD", "INTO", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "TO"),
    *("DEFAULT", "ALL", "WITH", "USING", "ISIRI", "SUBJECT", "TRIPLE", "a", "true", "?s", "?p", "?o", "$x"),
    *("<http://a/>", "<>", "<a b>", "<http://127.0.0.1:1/>", "ex:a", "_:b", '"é"', "'''x'''", '"\\u0000"'),
    *('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@en--ltr', "<<( ?s ?p ?o )>>", "<< ?s ?p ?o >>"),
    *("1", "-1.5e3", "99999999999999999999", "1e999", "\\uD800", "\\u003F", "\x00", "\u2028", "星图"),
]  # fmt: skip
QUERIES = [
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3",
    "DESCRIBE <https://w3id.org/xingtu/id/tianwen-3>",
    'SELECT ("\\u0001" AS ?x) {}',
    "SELECT (<<( <http://a/> <http://a/> 1 )>> AS ?t) {}",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { ?s (<http://a/>|!<http://b/>)* ?o } LIMIT 3",
    'SELECT (REPLACE("a", "(a", "b") AS ?x) (1/0 AS ?y) {}',
]
UPDATES = [
    "INSERT DATA { <http://a/> <http://a/> 1 }",
    "INSERT DATA { GRAPH <http://g/> { <http://a/> <http://a/> 'x'@en } }",
    "DELETE WHERE { <http://a/> ?p ?o }",
    "LOAD <http://127.0.0.1:1/>",
    "DROP SILENT GRAPH <http://g/>",
    "COPY <http://g/> TO <http://h/>",
]
DOCUMENTS = {
    "text/turtle": ["<http://a/> <http://a/> 1 .", "@prefix : <http://a/> . :a :b [] ."],
    "application/n-triples": ["<http://a/> <http://a/> _:b ."],
    "application/trig": ["<http://g/> { <http://a/> <http://a/> 1 }"],
    "application/n-quads": ["<http://a/> <http://a/> _:b <http://g/> ."],
    "application/ld+json": ['{"@id": "http://a/", "http://a/": 1}', '{"@context": "http://127.0.0.1:1/"}'],
    "application/rdf+xml": [
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description/></r:RDF>',
        '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
    ],
}  # fmt: skip


def near(right: list[str]) -> st.SearchStrategy[str]:
    """Something right, the same with a piece missing or foreign, or a row of tokens."""
    sampled = st.sampled_from(right)
    mangled = st.builds(
        lambda text, token, at, cut: text[: at % len(text)] + token + text[at % len(text) + cut :],
        sampled,
        st.sampled_from(TOKENS),
        st.integers(0, 200),
        st.integers(0, 5),
    )
    rows = st.lists(st.sampled_from(TOKENS), max_size=60).map(" ".join)
    return st.one_of(sampled, mangled, rows)


for name, texts in (("sparql-query", QUERIES), ("sparql-update", UPDATES)):
    schemathesis.openapi.format(name, near(texts))
    schemathesis.openapi.media_type(
        f"application/{name}", near(texts).map(str.encode) | st.binary()
    )
schemathesis.openapi.format(
    "iri", st.sampled_from(["http://a/", "https://w3id.org/xingtu/graph/default", "a b", "", "<>"])
)
for name, texts in DOCUMENTS.items():
    schemathesis.openapi.media_type(name, near(texts).map(str.encode) | st.binary())
