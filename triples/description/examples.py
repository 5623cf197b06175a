"""The competency questions as SHACL executables, as SIB's tools read examples of queries.

https://github.com/sib-swiss/sparql-examples says how; sparql-editor and sparql-llm ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from xingtu.ontology.schema import RDF_TYPE, RDFS, SH
from xingtu.queries import Question, load_every_question
from xingtu.triples import iri
from xingtu.triples.description.partitions import VOID
from xingtu.triples.description.record import DCTERMS, PREFIX_LIST, values_of

SCHEMA = "https://schema.org/"
FEDERATES_WITH = "https://purl.expasy.org/sparql-examples/ontology#federatesWith"
SERVICE = re.compile(r"\bSERVICE\s+(?:SILENT\s+)?<([^>]+)>", re.IGNORECASE)


def describe_questions() -> Iterator[ox.Triple]:
    """Yield every competency question as an example query; they are all SELECT.

    Raises:
        InvalidQuestion: if one has no record.
    """
    endpoints = values_of(VOID + "sparqlEndpoint")
    for question in load_every_question():
        node = iri.part("examples", question.name)
        for predicate, value in _tell(question):
            yield ox.Triple(node, ox.NamedNode(predicate), value)
        for endpoint in endpoints:
            yield ox.Triple(node, ox.NamedNode(SCHEMA + "target"), endpoint)


def _tell(question: Question) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    for kind in ("SPARQLExecutable", "SPARQLSelectExecutable"):
        yield RDF_TYPE.value, ox.NamedNode(SH + kind)
    yield RDFS + "comment", ox.Literal(question.title, language="en")
    yield DCTERMS + "description", ox.Literal(question.description, language="en")
    yield SH + "prefixes", PREFIX_LIST
    yield SH + "select", ox.Literal(question.text)
    for keyword in question.keywords:
        yield SCHEMA + "keywords", ox.Literal(keyword)
    for service in SERVICE.findall(question.text):
        yield FEDERATES_WITH, ox.NamedNode(service)
