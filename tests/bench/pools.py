"""The parameter values of the queries: from the numbering of a generated graph, or from our own."""

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from entities import (
    AGENTS,
    CLASSES,
    ENTITIES_PER_AGENT,
    ENTITIES_PER_ARTICLE,
    GRAPH,
    MOODS,
    TERM,
    article_of,
    entity_count,
    iri_of,
    name_of,
)
from shapes import PREFIXES, Pools

if TYPE_CHECKING:
    from pyoxigraph import Store

POOL_SIZE: Final = 1000
PLAIN_WORD: Final = re.compile(r"[^\"\\\s]{2,}")
QUESTIONS: Final = {
    "entity": "SELECT DISTINCT ?x { ?claim xt:subject ?x . ?x rdfs:label ?name }",
    "agent": "SELECT DISTINCT ?x { ?claim xt:claimedBy ?x }",
    "kind": "SELECT DISTINCT ?x { ?thing a ?x ; rdfs:label ?name . ?claim xt:subject ?thing }",
    "article": "SELECT DISTINCT ?x { GRAPH ?x { ?claim xt:subject ?thing } }",
    "word": "SELECT DISTINCT ?x { ?thing rdfs:label ?name BIND(LCASE(STR(?name)) AS ?x) }",
}


def generated_pools(scale: str) -> Pools:
    """Return the parameter values for a generated graph."""
    count = entity_count(scale)
    entities = _spread(1, count)
    words = [name_of(i).lower().split(" ", 1)[1] for i in entities[::2]]
    return {
        "entity": [iri_of(i) for i in entities],
        "agent": [iri_of(i) for i in _spread(0, count, ENTITIES_PER_AGENT)],
        "kind": [TERM + name for name, *_ in (*CLASSES, *AGENTS)],
        "article": [GRAPH + article_of(i) for i in _spread(0, count, ENTITIES_PER_ARTICLE)],
        "word": words + [f"{i}号" for i in entities[1::2]],
        "mood": MOODS,
    }


def stored_pools(store: "Store") -> Pools:
    """Return the parameter values for a graph of our vocabulary that is in a store."""
    pools = {name: _answers(store, question) for name, question in QUESTIONS.items()}
    words = {word for label in pools["word"] for word in PLAIN_WORD.findall(label)}
    return pools | {"word": sorted(words)[:: len(words) // POOL_SIZE + 1], "mood": MOODS}


def _answers(store: "Store", question: str) -> list[str]:
    from pyoxigraph import QuerySolutions

    prefixes = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    rows = store.query(prefixes + question, use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    return sorted(row[0].value for row in rows)


def _spread(start: int, stop: int, step: int = 1) -> list[int]:
    """Choose numbers of a range evenly, at most as many as a pool holds."""
    every = (stop - start) // step // POOL_SIZE + 1
    return list(islice(range(start, stop, step * every), POOL_SIZE))
