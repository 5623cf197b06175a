"""What follows from the facts: derived shortcuts and OWL inferences, by SPARQL rules to a fixpoint.

The rules are data: `ontology/rules/*.rq`, and the `xt:derivation` queries in the ontology. They
cover the constructs that the ontology uses; the tests hold the result to HermiT's.
"""

from __future__ import annotations

import pyoxigraph as ox

from xingtu.ontology import SPARQL_PREFIXES, Schema
from xingtu.ontology.schema import FOLDER


def derive(facts: list[ox.Triple], schema: Schema) -> tuple[set[ox.Triple], set[ox.Triple]]:
    """Close the facts under the rules.

    Args:
        facts: every asserted triple about individuals, claims included.
        schema: the ontology, whose own triples the rules read but do not change.

    Returns:
        The derived shortcuts (by `xt:derivation`) and the OWL inferences, both without the facts.
    """
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in facts)
    store.extend(schema.store)
    known = set(store)
    shortcuts: set[ox.Triple] = set()
    inferences: set[ox.Triple] = set()
    rules = [path.read_text("utf-8") for path in sorted((FOLDER / "rules").glob("*.rq"))]
    queries = [query for _, query in sorted(schema.derivations.items())]
    while True:
        before = len(known)
        for text in queries:
            shortcuts |= _apply(text, store, known)
        for text in rules:
            inferences |= _apply(text, store, known)
        if len(known) == before:
            return shortcuts, {t for t in inferences if not _of_ontology(t, schema)}


def _apply(query: str, store: ox.Store, known: set[ox.Quad]) -> set[ox.Triple]:
    """Run one rule, add what is new to the store, and return it."""
    triples = store.query(SPARQL_PREFIXES + query)
    assert isinstance(triples, ox.QueryTriples)
    new = {
        quad for t in triples if (quad := ox.Quad(t.subject, t.predicate, t.object)) not in known
    }
    store.extend(new)
    known |= new
    return {quad.triple for quad in new}


def _of_ontology(triple: ox.Triple, schema: Schema) -> bool:
    """Leave out what the rules say of classes and properties themselves."""
    subject = triple.subject
    if not isinstance(subject, ox.NamedNode):
        return True
    local = subject.value.rpartition("#")[2]
    return "#" in subject.value and local not in schema.individuals
