"""One article: what is known of it, its passages and the claims drawn from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from xingtu.triples.authored import Reader
from xingtu.triples.problem import Problem

HEADER = {"file", "sha256", "title", "publishedBy", "author", "url", "publishedWhen", "republishes"}
DEFAULTS = {"by", "asOf"}
QUALIFIERS = {
    "modality",
    "by",
    "reportedBy",
    "quotedFrom",
    "madeIn",
    "asOf",
    "rank",
    "status",
    "scopeAmbiguous",
    "dateAnchor",
    "subjectNamedAs",
    "key",
    "contradicts",
    "supersedes",
}
OFFSETS = re.compile(r"(\d+)-(\d+)")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Passage:
    """A run of an article's text: offsets in Unicode code points (end exclusive) and its hash."""

    article: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True)
class Claim:
    """A claim as authored: subject slug, property name, value text, qualifiers as texts."""

    subject: str
    predicate: str
    value: str
    passage: Passage
    qualifiers: dict[str, tuple[str, ...]]
    file: str
    line: int

    def one(self, qualifier: str, default: str = "") -> str:
        """Return a qualifier's first text."""
        return self.qualifiers.get(qualifier, (default,))[0]

    @property
    def modality(self) -> str:
        """The local name of the modality."""
        return self.one("modality", "factual")


@dataclass(frozen=True)
class Article:
    """An article: its header as texts, and its claims."""

    slug: str
    header: dict[str, str]
    claims: tuple[Claim, ...]
    file: str
    passages: tuple[tuple[Passage, int], ...] = field(repr=False, default=())
    """Every passage with its line, also those without a claim."""


def read_articles(folder: Path) -> tuple[list[Article], list[Problem]]:
    """Read every article file of a folder, in the order of their names.

    Returns:
        The articles, and what is wrong with their form (not with the terms that they use).
    """
    articles, problems = [], []
    for path in sorted(folder.glob("*.yaml")):
        article, found = read_article(path)
        articles.append(article)
        problems += found
    return articles, problems


def read_article(path: Path) -> tuple[Article, list[Problem]]:
    """Read one article file; see FORMAT.md for its keys."""
    reader = Reader(path)
    known = HEADER | DEFAULTS | {"passages"}
    required = {"file", "sha256", "title", "publishedBy", "by", "asOf", "passages"}
    root = reader.root()
    fields = reader.fields(root, path.stem, known, required) if root is not None else {}
    defaults = {key: reader.texts(fields.get(key), key) for key in DEFAULTS & fields.keys()}
    passages: list[tuple[Passage, int]] = []
    claims: list[Claim] = []
    for node in reader.elements(fields.get("passages")):
        passage, found = _passage(reader, path.stem, node, defaults)
        passages.append((passage, node.start_mark.line + 1))
        claims += found
    header = {key: reader.text(fields[key], key) for key in sorted(HEADER & fields.keys())}
    article = Article(path.stem, header, tuple(claims), reader.name, tuple(passages))
    return article, reader.problems


def _passage(
    reader: Reader, slug: str, node: yaml.Node, defaults: dict[str, tuple[str, ...]]
) -> tuple[Passage, list[Claim]]:
    fields = reader.fields(
        node, "passage", QUALIFIERS | {"at", "sha256", "claims"}, {"at", "sha256", "claims"}
    )
    at = OFFSETS.fullmatch(reader.text(fields.get("at"), "at"))
    if at is None or int(at[1]) >= int(at[2]):
        reader.complain(fields.get("at", node), "at", "must be START-END, START before END")
    sha256 = reader.text(fields.get("sha256"), "sha256")
    if "sha256" in fields and not SHA256.fullmatch(sha256):
        reader.complain(fields["sha256"], "sha256", "must be 64 hexadecimal digits")
    start, end = (int(at[1]), int(at[2])) if at else (0, 0)
    passage = Passage(slug, start, end, sha256)
    qualifiers = defaults | _qualifiers(reader, fields)
    return passage, list(_claims(reader, fields.get("claims"), passage, qualifiers))


def _qualifiers(reader: Reader, fields: dict[str, yaml.Node]) -> dict[str, tuple[str, ...]]:
    return {key: reader.texts(fields[key], key) for key in sorted(QUALIFIERS & fields.keys())}


def _claims(
    reader: Reader, node: yaml.Node | None, passage: Passage, defaults: dict[str, tuple[str, ...]]
) -> Iterator[Claim]:
    for subject, properties in reader.items(node, "claims"):
        for predicate, values in reader.items(properties, subject):
            about = f"{subject} {predicate}"
            for value in reader.elements(values):
                text, own = _value(reader, value, about)
                line = value.start_mark.line + 1
                yield Claim(subject, predicate, text, passage, defaults | own, reader.name, line)


def _value(reader: Reader, node: yaml.Node, about: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    if not isinstance(node, yaml.MappingNode):
        return reader.text(node, about), {}
    fields = reader.fields(node, about, QUALIFIERS | {"value"}, {"value"})
    return reader.text(fields.get("value"), about), _qualifiers(reader, fields)
