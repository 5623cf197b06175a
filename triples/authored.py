"""YAML with line numbers, every scalar as text, every key consumed or complained of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from xingtu.triples.problem import Problem


class Reader:
    """Reads one file and keeps the problems that it meets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"{path.parent.name}/{path.name}"
        self.problems: list[Problem] = []

    def complain(self, node: yaml.Node | None, about: str, message: str, remedy: str = "") -> None:
        """Note a fault at a node's line."""
        line = node.start_mark.line + 1 if node is not None else 1
        self.problems.append(Problem(self.name, line, about, message, remedy))

    def root(self) -> yaml.Node | None:
        """Return the document's node, or None with a problem if it is no YAML text."""
        try:
            node = yaml.compose(self.path.read_text("utf-8"), Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.problems.append(Problem(self.name, line, "YAML", error.problem or "not YAML"))
            return None
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            self.problems.append(Problem(self.name, 1, "YAML", str(error)))
            return None
        if node is None:
            self.complain(None, "", "the file is empty", "delete it or fill it")
        return node

    def items(self, node: yaml.Node | None, about: str) -> Iterator[tuple[str, yaml.Node]]:
        """Yield the keys and values of a mapping node; a key that comes twice is a problem."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.complain(node, about, "must be a mapping of keys to values")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                self.complain(key, about, f"the key {key.value!r} comes twice", "merge the two")
                continue
            seen.add(key.value)
            yield key.value, value

    def elements(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Return the elements of a sequence, or the one node that stands for a sequence of one."""
        if node is None:
            return []
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    def text(self, node: yaml.Node | None, about: str) -> str:
        """Return a scalar's text, or '' with a problem."""
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value)
        if node is not None:
            self.complain(node, about, "must be one text that is not empty")
        return ""

    def texts(self, node: yaml.Node | None, about: str) -> tuple[str, ...]:
        """Return the texts of a scalar or a sequence of scalars."""
        found = (self.text(element, about) for element in self.elements(node))
        return tuple(text for text in found if text)

    def fields(
        self, node: yaml.Node | None, about: str, known: set[str], required: set[str]
    ) -> dict[str, yaml.Node]:
        """Return a mapping's values by key; unknown and missing keys are problems."""
        found = dict(self.items(node, about))
        for key in sorted(found.keys() - known):
            self.complain(
                found.pop(key),
                about,
                f"unknown key {key!r}",
                f"use one of {', '.join(sorted(known))}",
            )
        for key in sorted(required - found.keys()):
            self.complain(node, about, f"the key {key!r} is missing", "see FORMAT.md")
        return found
