"""The only place where IRIs are minted. Changing one is a breaking change."""

from __future__ import annotations

import hashlib
import re

import pyoxigraph as ox

from xingtu.ontology import XT

ROOT = "https://w3id.org/xingtu/"
ID = ROOT + "id/"
GRAPH = ROOT + "graph/"
WIKIDATA = "http://www.wikidata.org/entity/"
NANOPUBLICATION = ROOT + "np/"
PROJECT = ox.NamedNode(ROOT.removesuffix("/"))
ONTOLOGY = ox.NamedNode(XT.removesuffix("#"))
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED = ("claim-", "evidence-")
"""How the slug of an entity or article must not begin."""
GRAPH_NAMES = {"entities", "ontology", "inferred", "dataset", "void", "examples", "release"}
"""The named graphs that are of no article."""


def term(name: str) -> ox.NamedNode:
    """Return the IRI of a term of the ontology."""
    return ox.NamedNode(XT + name)


def thing(slug: str) -> ox.NamedNode:
    """Return the IRI of an entity or article."""
    return ox.NamedNode(ID + slug)


def graph(name: str) -> ox.NamedNode:
    """Return the IRI of a named graph."""
    return ox.NamedNode(GRAPH + name)


def part(name: str, fragment: str) -> ox.NamedNode:
    """Return the IRI of something that a named graph describes, and that is only known there."""
    return ox.NamedNode(f"{GRAPH}{name}#{fragment}")


def wikidata(item: str) -> ox.NamedNode:
    """Return the IRI of a Wikidata item."""
    return ox.NamedNode(WIKIDATA + item)


def evidence(article: str, start: int, end: int) -> ox.NamedNode:
    """Return the IRI of a passage of an article."""
    return thing(f"evidence-{article}-{start}-{end}")


def claim(article: str, start: int, end: int, statement: tuple[str, str, str, str]) -> ox.NamedNode:
    """Return the IRI of a claim: its subject and 12 hexadecimal digits of the hash of its key.

    `statement` is subject, predicate, value and modality as authored; FORMAT.md, "Identity".
    """
    key = "|".join((article, str(start), str(end), *statement))
    return thing(f"claim-{statement[0]}-{hashlib.sha256(key.encode()).hexdigest()[:12]}")


def nanopublication(code: str) -> ox.NamedNode:
    """Return the trusty IRI of a nanopublication, by its artifact code."""
    return ox.NamedNode(NANOPUBLICATION + code)
