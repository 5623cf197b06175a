"""GraphML (http://graphml.graphdrawing.org), as Gephi, yEd, igraph and networkx open it."""

from __future__ import annotations

from typing import IO

import networkx as nx
import pyoxigraph as ox

from xingtu.ontology import XT
from xingtu.triples import iri
from xingtu.triples.exports.facts import Facts, claimants, modalities, standing
from xingtu.triples.exports.thing import Thing, local_name


def write_graphml(facts: Facts, output: IO[bytes]) -> None:
    """Write things as nodes and what relates them as edges.

    Claims and passages are no nodes: an edge names the claims that it rests on. The `standing` of
    what is only planned or proposed, node or edge, is `plan`, that of all else `fact`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    nodes = {name: thing for name, thing in facts.things.items() if facts.standing_of(thing)}
    for thing in nodes.values():
        graph.add_node(thing.slug, **_node(facts, thing))
    for thing in nodes.values():
        for predicate, values in thing.values.items():
            for value in values:
                if predicate.startswith(XT) and value.value in nodes:
                    assert isinstance(value, ox.NamedNode)
                    edge = ox.Triple(thing.iri, ox.NamedNode(predicate), value)
                    graph.add_edge(
                        thing.slug,
                        nodes[value.value].slug,
                        key=f"e{graph.number_of_edges()}",
                        **_edge(facts, edge),
                    )
    nx.write_graphml_xml(graph, output)


def _node(facts: Facts, thing: Thing) -> dict[str, str]:
    names = {
        "label": thing.label("en") or thing.slug,
        "label_zh": thing.label("zh"),
        "iri": thing.iri.value,
        "type": " ".join(thing.types),
        "standing": facts.standing_of(thing),
        "status": " ".join(thing.names("status")),
        "wikidata": thing.wikidata,
    }
    return {name: text for name, text in names.items() if text}


def _edge(facts: Facts, triple: ox.Triple) -> dict[str, str | int]:
    """Describe an edge; one without claims comes from the header of an article."""
    support = facts.support(triple)
    sources = [source.removeprefix(iri.ID) for source in claimants(support)]
    texts = {
        "property": local_name(triple.predicate),
        "label": facts.term_label(triple.predicate),
        "standing": standing(support),
        "modality": " ".join(modalities(support)),
        "claimed_by": " ".join(sources),
        "claims": " ".join(claim.slug for claim in support),
    }
    return {name: text for name, text in texts.items() if text} | {"sources": len(sources)}
