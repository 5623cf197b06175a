"""One article: what is known of it, its passages and the claims drawn from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from xingtu.triples.authored import Reader
from xingtu.triples.edtf import parse_edtf
from xingtu.triples.iri import GRAPH_NAMES, RESERVED, SLUG
from xingtu.triples.problem import Problem

HEADER = {
    "file",
    "sha256",
    "title",
    "publishedBy",
    "author",
    "url",
    "publishedWhen",
    "republishes",
    "originalAuthor",
    "originalUrl",
    "originalPublishedWhen",
}
DEFAULTS = {"by", "asOf"}
QUALIFIERS = {
    "modality",
    "by",
    "reportedBy",
    "quotedFrom",
    "madeIn",
    "asOf",
    "rank",
    "claimStatus",
    "scopeAmbiguous",
    "dateAnchor",
    "subjectNamedAs",
    "key",
    "contradicts",
    "supersedes",
}
UNSAID = {"modality": "factual", "rank": "normal", "claimStatus": "accepted"}
"""What a claim that does not say it means."""
LISTS = {"by", "reportedBy", "contradicts", "supersedes"}
"""The qualifiers that may have several values."""
OFFSETS = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
SHORTEST = 25
"""Characters of a passage: the hash of a shorter one says little."""
SHA256 = re.compile(r"[0-9a-f]{64}")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


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
        """Return a qualifier's first text, or what its absence means."""
        return self.qualifiers.get(qualifier, (UNSAID.get(qualifier, default),))[0]

    @property
    def modality(self) -> str:
        """The local name of the modality."""
        return self.one("modality")


@dataclass(frozen=True)
class Article:
    """An article: its header as texts, and its claims."""

    slug: str
    header: dict[str, str]
    claims: tuple[Claim, ...]
    file: str
    passages: tuple[tuple[Passage, int], ...] = field(repr=False, default=())
    """Every passage with its line."""


def read_articles(nodes: dict[Path, yaml.Node]) -> tuple[list[Article], list[Problem]]:
    """Read every article file, given its node.

    Returns:
        The articles, and what is wrong with their form (not with the terms that they use).
    """
    articles, problems = [], []
    for path, root in nodes.items():
        reader = Reader(path)
        articles.append(_article(reader, path.stem, root))
        problems += reader.problems
    return articles, problems


def _article(reader: Reader, slug: str, root: yaml.Node) -> Article:
    if not SLUG.fullmatch(slug) or slug.startswith(RESERVED) or slug in GRAPH_NAMES:
        reader.complain(root, slug, "is no name for an article", "rename the file: see FORMAT.md")
    required = {"file", "sha256", "title", "publishedBy", "by", "asOf", "passages"}
    fields = reader.fields(root, slug, HEADER | DEFAULTS | {"passages"}, required)
    defaults = _qualifiers(reader, {key: fields[key] for key in DEFAULTS & fields.keys()})
    passages: list[tuple[Passage, int]] = []
    claims: list[Claim] = []
    for node in reader.elements(fields.get("passages"), "passages"):
        passage, found = _passage(reader, slug, node, defaults)
        passages.append((passage, node.start_mark.line + 1))
        claims += found
    header = {key: reader.text(fields[key], key) for key in sorted(HEADER & fields.keys())}
    _check_header(reader, fields, header)
    return Article(slug, header, tuple(claims), reader.name, tuple(passages))


def _check_header(reader: Reader, fields: dict[str, yaml.Node], header: dict[str, str]) -> None:
    if "sha256" in fields and not SHA256.fullmatch(header["sha256"]):
        reader.complain(fields["sha256"], "sha256", "must be 64 hexadecimal digits")
    for key in sorted({"publishedWhen", "originalPublishedWhen"} & fields.keys()):
        try:
            parse_edtf(header[key])
        except ValueError as error:
            reader.complain(fields[key], key, str(error), "see FORMAT.md, 'A claim'")
    for key in sorted({"url", "originalUrl"} & fields.keys()):
        if not WEB_ADDRESS.fullmatch(header[key]):
            reader.complain(fields[key], key, "must be an http or https address")


def _passage(
    reader: Reader, slug: str, node: yaml.Node, defaults: dict[str, tuple[str, ...]]
) -> tuple[Passage, list[Claim]]:
    keys = {"at", "sha256", "claims"}
    fields = reader.fields(node, "passage", QUALIFIERS | keys, keys)
    start, end = _offsets(reader, fields.get("at"))
    sha256 = reader.text(fields.get("sha256"), "sha256")
    if sha256 and not SHA256.fullmatch(sha256):
        reader.complain(fields["sha256"], "sha256", "must be 64 hexadecimal digits")
    passage = Passage(slug, start, end, sha256)
    qualifiers = defaults | _qualifiers(reader, fields)
    return passage, list(_claims(reader, fields.get("claims"), passage, qualifiers))


def _offsets(reader: Reader, node: yaml.Node | None) -> tuple[int, int]:
    match = OFFSETS.fullmatch(reader.text(node, "at"))
    start, end = (int(match[1]), int(match[2])) if match else (0, 0)
    if node is not None and end <= start:
        reader.complain(node, "at", "must be START-END, START before END")
    elif node is not None and end - start < SHORTEST:
        message = f"the passage is shorter than {SHORTEST} characters"
        reader.complain(node, "at", message, "take in its context, so that the hash says something")
    return start, end


def _qualifiers(reader: Reader, fields: dict[str, yaml.Node]) -> dict[str, tuple[str, ...]]:
    found = {}
    for key in sorted(QUALIFIERS & fields.keys()):
        if key in LISTS:
            found[key] = reader.texts(fields[key], key)
        else:
            found[key] = (reader.text(fields[key], key),)
    return {key: texts for key, texts in found.items() if any(texts)}


def _claims(
    reader: Reader, node: yaml.Node | None, passage: Passage, defaults: dict[str, tuple[str, ...]]
) -> Iterator[Claim]:
    for subject, properties in reader.items(node, "claims"):
        for predicate, values in reader.items(properties, subject):
            about = f"{subject} {predicate}"
            for value in reader.elements(values, about):
                text, own = _value(reader, value, about)
                line = value.start_mark.line + 1
                yield Claim(subject, predicate, text, passage, defaults | own, reader.name, line)


def _value(reader: Reader, node: yaml.Node, about: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    if not isinstance(node, yaml.MappingNode):
        return reader.text(node, about), {}
    fields = reader.fields(node, about, QUALIFIERS | {"value"}, {"value"})
    return reader.text(fields.get("value"), about), _qualifiers(reader, fields)
