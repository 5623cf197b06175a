"""What the dataset says of itself, in three graphs of its own, so that tools need no set-up.

`dataset.ttl` is authored; the rest is counted by the queries beside it, or made of the questions.
None of the three graphs counts itself or another of them: they are about the dataset, not in it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from xingtu.ontology import Schema
from xingtu.triples.description.counting import Counts
from xingtu.triples.description.examples import describe_questions
from xingtu.triples.description.partitions import describe_partitions
from xingtu.triples.description.record import describe_record


def describe_dataset(
    schema: Schema,
    graphs: Mapping[str, set[ox.Triple]],
    articles: list[str],
    files: Mapping[str, bytes],
) -> dict[str, set[ox.Triple]]:
    """Describe the dataset.

    Args:
        schema: the ontology, for its version.
        graphs: all other named graphs, by the last part of their IRIs.
        articles: the names of those that are each of an article.
        files: the other release files, by name.

    Returns:
        The graphs `dataset` (the record, DCAT and VoID), `void` (what is in the dataset, by class
        and property) and `examples` (the competency questions).

    Raises:
        InvalidQuestion: if a question has no record.
    """
    counts = Counts(graphs)
    return {
        "dataset": set(describe_record(schema.version, counts, articles, files)),
        "void": set(describe_partitions(counts)),
        "examples": set(describe_questions()),
    }
