"""All authored files, typed against the ontology; everything wrong with them in one list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xingtu.ontology import Schema, load_schema
from xingtu.triples.article import Article, read_articles
from xingtu.triples.authored import compose_folder
from xingtu.triples.entity import Entity, read_entities
from xingtu.triples.judge import Judge, fault
from xingtu.triples.mapping import MAPPINGS, Mapping, read_mappings
from xingtu.triples.problem import InvalidAuthoredFiles, Problem
from xingtu.triples.statement import Statement, make_statement

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Source:
    """The entities by slug, the articles, the typed claims in authored order, and the links."""

    schema: Schema
    entities: dict[str, Entity]
    articles: tuple[Article, ...]
    statements: tuple[Statement, ...]
    mappings: tuple[Mapping, ...] = ()


def load_source(folder: Path = FOLDER) -> Source:
    """Read and type everything under `entities/`, `articles/` and `mappings/` of a folder.

    Raises:
        InvalidAuthoredFiles: with every problem found; nothing is half read.
    """
    source, problems = read_source(folder)
    if problems:
        raise InvalidAuthoredFiles(sorted(set(problems)))
    return source


def read_source(folder: Path = FOLDER) -> tuple[Source, list[Problem]]:
    """Read and type as much as can be; also return what is wrong.

    A file that cannot be read is reported alone: what follows from its absence is noise.
    """
    schema = load_schema()
    things, unread = compose_folder(folder / "entities")
    texts, also_unread = compose_folder(folder / "articles")
    if unread or also_unread:
        return Source(schema, {}, (), ()), unread + also_unread
    entities, problems = read_entities(things, schema)
    articles, found = read_articles(texts)
    judge = Judge(schema, entities, articles)
    problems += found + list(judge.problems())
    statements, found = _statements(judge)
    mappings, also_found = read_mappings(folder / MAPPINGS, entities, schema)
    problems += found + also_found
    return Source(schema, entities, tuple(articles), tuple(statements), tuple(mappings)), problems


def _statements(judge: Judge) -> tuple[list[Statement], list[Problem]]:
    statements: dict[str, Statement] = {}
    problems = []
    for claim in judge.sound_claims():
        try:
            statement = make_statement(claim, judge.schema)
        except ValueError as error:
            problems.append(fault(claim, str(error), "see FORMAT.md, 'A claim'"))
            continue
        first = statements.setdefault(statement.iri.value, statement)
        if first is not statement:
            where = f"{first.claim.file}:{first.claim.line}"
            message = f"has the IRI of the claim at {where}: {statement.iri.value}"
            problems.append(fault(claim, message, "the same claim is written twice; delete one"))
    return list(statements.values()), problems


def claim_iris(source: Source) -> dict[str, str]:
    """Return claim key → claim IRI."""
    pairs = ((statement.claim.one("key"), statement.iri.value) for statement in source.statements)
    return {key: value for key, value in pairs if key}
