"""SSSOM/TSV: a block of metadata in YAML behind `#`, then one mapping to a line.

Source: https://mapping-commons.github.io/sssom/spec-formats-tsv/ (SSSOM 1.0).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from xingtu.triples.authored import Reader, compose_text
from xingtu.triples.problem import Problem

METADATA = {
    "curie_map",
    "mapping_set_id",
    "mapping_set_version",
    "mapping_set_title",
    "mapping_set_description",
    "creator_label",
    "license",
}
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "object_category",
    "mapping_justification",
    "mapping_date",
    "confidence",
    "see_also",
)
"""Those that every mapping has, in the order of the specification; `comment` may follow."""
OPTIONAL = ("comment",)
BUILT_IN = {
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
"""Prefixes that need no declaration, as far as they are used here."""


@dataclass(frozen=True)
class Row:
    """A mapping as written: its line, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass
class MappingSet:
    """The prefixes and rows of a file, and what is wrong with its form."""

    name: str
    prefixes: dict[str, str] = field(default_factory=lambda: dict(BUILT_IN))
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, line: int, about: str, message: str, remedy: str = "") -> None:
        """Note a fault."""
        self.problems.append(Problem(self.name, line, about, message, remedy))

    def expand(self, curie: str) -> str:
        """Return the IRI of a CURIE, or '' if it is none or its prefix is not declared."""
        prefix, colon, local = curie.partition(":")
        return self.prefixes[prefix] + local if colon and local and prefix in self.prefixes else ""


def read_mapping_set(path: Path) -> MappingSet:
    """Read a file whose form is SSSOM/TSV; every fault of its form is in the `problems`."""
    found = MappingSet(f"{path.parent.name}/{path.name}")
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found.complain(1, "", f"cannot be read: {error}")
        return found
    lines = text.removesuffix("\n").split("\n")
    head = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    _read_metadata(found, path, lines[:head])
    _read_rows(found, [line + "\n" for line in lines[head:]], head)
    return found


def _read_metadata(found: MappingSet, path: Path, lines: list[str]) -> None:
    try:
        node = compose_text("\n".join(line[1:] for line in lines))
    except ValueError as error:
        line, _, message = str(error).partition(":")
        found.complain(int(line), "metadata", message.strip(), "see FORMAT.md")
        return
    reader = Reader(path)
    fields = reader.fields(node, "metadata", METADATA, METADATA)
    for key in sorted(fields.keys() - {"curie_map"}):
        reader.texts(fields[key], key)
    for prefix, value in reader.items(fields.get("curie_map"), "curie_map"):
        found.prefixes[prefix] = reader.text(value, prefix)
    found.problems += reader.problems


def _read_rows(found: MappingSet, lines: list[str], before: int) -> None:
    table = csv.reader(lines, "excel-tab", strict=True)
    try:
        header = next(table, [])
        if not _sound_header(found, header, before + 1):
            return
        start = table.line_num
        for cells in table:
            line, start = before + start + 1, table.line_num
            found.rows += _row(found, header, cells, line)
    except csv.Error as error:
        found.complain(before + table.line_num, "", f"is no line of a table: {error}")


def _sound_header(found: MappingSet, header: list[str], line: int) -> bool:
    remedy = f"the columns are {', '.join((*COLUMNS, *OPTIONAL))}, with tabs between them"
    faults = [f"the column {name!r} is missing" for name in COLUMNS if name not in header]
    faults += [f"unknown column {n!r}" for n in header if n not in COLUMNS + OPTIONAL]
    faults += [f"the column {n!r} comes twice" for n in sorted(set(header)) if header.count(n) > 1]
    for fault in faults:
        found.complain(line, "header", fault, remedy)
    return not faults


def _row(found: MappingSet, header: list[str], cells: list[str], line: int) -> Iterator[Row]:
    """Yield the row, if it can be read."""
    if len(cells) != len(header):
        message = f"has {len(cells)} cells where the header has {len(header)}"
        found.complain(line, cells[0] if cells else "", message, "put one tab between two cells")
        return
    row = dict(zip(header, cells, strict=True))
    for name in (name for name, text in row.items() if not text.strip() and name in COLUMNS):
        found.complain(line, name, "is empty")
    for name in (name for name, text in row.items() if text and not text.isprintable()):
        found.complain(line, name, "must not hold line breaks or control characters")
    yield Row(line, row)
