"""The served dataset in named graphs.

There is one for each article, one each for entities, ontology and inferences, and three in which
the dataset describes itself (`description/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from xingtu.ontology import Schema
from xingtu.triples import describe, iri
from xingtu.triples.description import describe_dataset
from xingtu.triples.infer import derive
from xingtu.triples.source import Source, claim_iris
from xingtu.triples.statement import Statement, asserted

Graphs = dict[str, set[ox.Triple]]


def article_graphs(source: Source) -> Graphs:
    """Return, per article, its header, its claims and evidence, and the facts they make true."""
    graphs: Graphs = {a.slug: set(describe.describe_article(a)) for a in source.articles}
    keys = claim_iris(source)
    for statement in source.statements:
        graph = graphs[statement.claim.passage.article]
        graph |= set(describe.describe_claim(statement, keys))
        graph |= set(describe.describe_evidence(statement.claim.passage))
    for statement in asserted(list(source.statements), source.schema):
        graphs[statement.claim.passage.article].update(statement.triples)
    return graphs


def reifications(source: Source) -> Graphs:
    """Return, per article, the RDF 1.2 triples by which its claims reify what they claim."""
    graphs: Graphs = {article.slug: set() for article in source.articles}
    for statement in source.statements:
        graphs[statement.claim.passage.article].update(describe.describe_reification(statement))
    return graphs


def entity_graph(source: Source) -> set[ox.Triple]:
    """Return the types, names and links of all entities, and what became of retired IRIs."""
    entities = {t for e in source.entities.values() for t in describe.describe_entity(e)}
    entities = entities.union(*map(describe.describe_retired, source.retired))
    return entities.union(map(describe.describe_mapping, source.mappings))


def ontology_graph(schema: Schema) -> set[ox.Triple]:
    """Return all modules as one graph, blank nodes with canonical labels (RDFC-1.0)."""
    dataset = ox.Dataset(schema.store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {quad.triple for quad in dataset}


@dataclass(frozen=True)
class Knowledge:
    """What both outputs are made of: stated in articles, said of entities, derived, inferred."""

    source: Source
    articles: Graphs
    entities: set[ox.Triple]
    shortcuts: set[ox.Triple]
    inferences: set[ox.Triple]


def gather(source: Source) -> Knowledge:
    """Describe everything in the authored files, and close it under the rules."""
    articles, entities = article_graphs(source), entity_graph(source)
    stated = sorted_triples(entities.union(*articles.values()))
    return Knowledge(source, articles, entities, *derive(stated, source.schema))


def served_graphs(knowledge: Knowledge, files: Mapping[str, bytes]) -> Graphs:
    """Return every named graph of the dataset, by the last part of its IRI.

    Args:
        knowledge: what is in the dataset.
        files: the other release files by name, which its description tells of.
    """
    source = knowledge.source
    graphs = {"entities": knowledge.entities, "ontology": ontology_graph(source.schema)}
    graphs["inferred"] = knowledge.shortcuts | knowledge.inferences
    for name, triples in reifications(source).items():
        graphs[name] = knowledge.articles[name] | triples
    articles = [article.slug for article in source.articles]
    return graphs | describe_dataset(source.schema, graphs, articles, files)


def sorted_triples(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Sort by the N-Triples form, so that output never depends on the order of a set."""
    return sorted(triples, key=str)


def dataset_lines(graphs: Graphs) -> Iterator[str]:
    """Yield the dataset as sorted N-Quads lines (RDF 1.2 N-Quads)."""
    quads = (
        ox.Quad(t.subject, t.predicate, t.object, iri.graph(name))
        for name, triples in graphs.items()
        for t in triples
    )
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert text is not None
    yield from sorted(text.decode("utf-8").splitlines(keepends=True))


def supports(statements: list[Statement]) -> dict[ox.Triple, list[ox.NamedNode]]:
    """Return, for every asserted triple, the claims that it rests on, sorted."""
    found: dict[ox.Triple, set[str]] = {}
    for statement in statements:
        for triple in statement.triples:
            found.setdefault(triple, set()).add(statement.iri.value)
    return {
        triple: [ox.NamedNode(value) for value in sorted(iris)] for triple, iris in found.items()
    }
