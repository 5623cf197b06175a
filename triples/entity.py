"""The things that claims are about: read from `entities/*.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from xingtu.ontology import Schema
from xingtu.triples.authored import Reader
from xingtu.triples.iri import RESERVED, SLUG
from xingtu.triples.problem import Problem

KEYS = {"type", "en", "zh", "alt", "altZh", "definition"}


@dataclass(frozen=True)
class Entity:
    """A thing: its slug, classes (local names) and names by language."""

    slug: str
    types: tuple[str, ...]
    en: str
    zh: str
    alt: tuple[str, ...]
    alt_zh: tuple[str, ...]
    definition: str
    file: str
    line: int


def read_entities(
    nodes: dict[Path, yaml.Node], schema: Schema
) -> tuple[dict[str, Entity], list[Problem]]:
    """Read every entity file, given its node.

    Returns:
        The entities by slug, and what is wrong with them.
    """
    entities: dict[str, Entity] = {}
    problems: list[Problem] = []
    for path, root in nodes.items():
        reader = Reader(path)
        for slug, node in reader.items(root, ""):
            entity = _entity(reader, slug, node, schema)
            if slug in entities:
                first = entities[slug]
                reader.complain(
                    node,
                    slug,
                    f"is there already ({first.file}:{first.line})",
                    "keep one of the two",
                )
            entities.setdefault(slug, entity)
        problems += reader.problems
    return entities, problems


def _entity(reader: Reader, slug: str, node: yaml.Node, schema: Schema) -> Entity:
    fields = reader.fields(node, slug, KEYS, {"type", "en"})
    if not SLUG.fullmatch(slug) or slug.startswith(RESERVED):
        reader.complain(node, slug, "is no slug", "use lower case, digits and single hyphens")
    if slug in schema.individuals:
        reader.complain(node, slug, "is a controlled individual of the ontology", "rename it")
    types = reader.texts(fields.get("type"), slug)
    for name in types:
        if name not in schema.ancestors:
            reader.complain(
                fields["type"], slug, f"no class {name!r} in the ontology", "see ontology/"
            )
    return Entity(
        slug=slug,
        types=tuple(name for name in types if name in schema.ancestors),
        en=reader.text(fields.get("en"), slug),
        zh=reader.text(fields.get("zh"), slug),
        alt=reader.texts(fields.get("alt"), slug),
        alt_zh=reader.texts(fields.get("altZh"), slug),
        definition=reader.text(fields.get("definition"), slug),
        file=reader.name,
        line=node.start_mark.line + 1,
    )
