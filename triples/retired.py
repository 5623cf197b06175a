"""Slugs that were published once and name nothing any more: read from `retired.yaml`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml

from xingtu.triples.authored import Reader
from xingtu.triples.iri import SLUG
from xingtu.triples.problem import Problem

KEYS = {"replacedBy", "withdrawn"}


@dataclass(frozen=True)
class Retired:
    """A slug out of use: the slug that took its place, or else why it was withdrawn."""

    slug: str
    replaced_by: str
    withdrawn: str


def read_retired(
    nodes: dict[Path, yaml.Node], known: Collection[str]
) -> tuple[list[Retired], list[Problem]]:
    """Read the file of retired slugs, if there is one, given its node.

    Args:
        nodes: The node of the file by its path.
        known: The slugs of entities and articles.

    Returns:
        The retired slugs, and what is wrong with them.
    """
    retired: list[Retired] = []
    problems: list[Problem] = []
    for path, root in nodes.items():
        reader = Reader(path)
        retired += [_retired(reader, slug, node, known) for slug, node in reader.items(root, "")]
        problems += reader.problems
    return retired, problems


def _retired(reader: Reader, slug: str, node: yaml.Node, known: Collection[str]) -> Retired:
    fields = reader.fields(node, slug, KEYS, set())
    if not SLUG.fullmatch(slug):
        reader.complain(node, slug, "is no slug", "use lower case, digits and single hyphens")
    if slug in known:
        reader.complain(node, slug, "is in use", "a slug is either retired or in use")
    if len(fields) != 1:
        reader.complain(node, slug, "needs one key: replacedBy or withdrawn", "see FORMAT.md")
    successor = reader.text(fields.get("replacedBy"), slug)
    if successor and successor not in known:
        message = f"no entity or article {successor!r}"
        reader.complain(fields["replacedBy"], slug, message, "name one that is in use")
    return Retired(slug, successor, reader.text(fields.get("withdrawn"), slug))
