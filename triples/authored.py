"""YAML with line numbers, every scalar as text, every key consumed or complained of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from xingtu.triples.problem import Problem


def compose_folder(folder: Path) -> tuple[dict[Path, yaml.Node], list[Problem]]:
    """Return the YAML node of every file of a folder by its path, in the order of their names.

    The problems are files that cannot be read at all, or a folder without any.
    """
    nodes, problems = {}, []
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        problems.append(Problem(folder.name, 0, "", "there is no .yaml file", "see FORMAT.md"))
    for path in paths:
        try:
            nodes[path] = compose_file(path)
        except ValueError as error:
            line, _, message = str(error).partition(":")
            problems.append(Problem(short_name(path), int(line), "", message.strip()))
    return nodes, problems


def compose_file(path: Path) -> yaml.Node:
    """Return the YAML node of a file.

    Raises:
        ValueError: `line: what is wrong`, if it cannot be read, is not YAML, or is empty.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"1: cannot be read: {error}") from error
    return compose_text(text)


def compose_text(text: str) -> yaml.Node:
    """Return the YAML node of a text.

    Raises:
        ValueError: `line: what is wrong`, if it is not YAML, or is empty.
    """
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{line}: is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"1: cannot be read: {error}") from error
    except RecursionError as error:
        raise ValueError("1: is nested too deeply") from error
    if node is None:
        raise ValueError("1: is empty; fill it or delete it")
    return node


def short_name(path: Path) -> str:
    """Return what messages call a file: its folder and name."""
    return f"{path.parent.name}/{path.name}"


class Reader:
    """Reads the nodes of one file and keeps the problems that it meets."""

    def __init__(self, path: Path) -> None:
        self.name = short_name(path)
        self.problems: list[Problem] = []

    def complain(self, node: yaml.Node, about: str, message: str, remedy: str = "") -> None:
        """Note a fault at a node's line."""
        line = node.start_mark.line + 1
        self.problems.append(Problem(self.name, line, about, message, remedy))

    def items(self, node: yaml.Node | None, about: str) -> Iterator[tuple[str, yaml.Node]]:
        """Yield keys and values of a mapping node; a key that comes twice is a problem."""
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self.complain(node, about, "must be a mapping of keys to values, with one at least")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, about, "a key must be one text")
            elif key.value in seen:
                self.complain(key, about, f"the key {key.value!r} comes twice", "merge the two")
            else:
                seen.add(key.value)
                yield key.value, value

    def elements(self, node: yaml.Node | None, about: str) -> list[yaml.Node]:
        """Return the elements of a sequence, or the one node that stands for a sequence of one."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            return [node]
        if not node.value:
            self.complain(node, about, "must not be an empty list")
        return list(node.value)

    def text(self, node: yaml.Node | None, about: str) -> str:
        """Return a scalar's text, or '' with a problem; the text has no line break or tab."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.complain(node, about, "must be one text that is not empty")
            return ""
        if not node.value.isprintable():
            self.complain(node, about, "must not hold line breaks or control characters")
            return ""
        return str(node.value)

    def texts(self, node: yaml.Node | None, about: str) -> tuple[str, ...]:
        """Return the texts of a scalar or a sequence of scalars."""
        found = (self.text(element, about) for element in self.elements(node, about))
        return tuple(text for text in found if text)

    def fields(
        self, node: yaml.Node, about: str, known: set[str], required: set[str]
    ) -> dict[str, yaml.Node]:
        """Return a mapping's values by key; unknown and missing keys are problems."""
        found = dict(self.items(node, about))
        for key in sorted(found.keys() - known):
            remedy = f"use one of {', '.join(sorted(known))}"
            self.complain(found.pop(key), about, f"unknown key {key!r}", remedy)
        for key in sorted(required - found.keys()):
            self.complain(node, about, f"the key {key!r} is missing", "see FORMAT.md")
        return found
