"""Imports point one way, and the packages know their places."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "ontology": {"ontology"},
    "triples": {"ontology", "queries", "triples"},
    "queries": {"queries"},
    "server": {"server", "queries", "triples", "ontology"},
}
ONLY_IN = {
    "flask": "server/",
    "waitress": "server/",
    "pyshacl": "triples/verify_shapes.py",
    "yaml": "triples/",
}


def modules() -> list[Path]:
    found = [path for name in MAY_IMPORT for path in (ROOT / name).glob("*.py")]
    assert len(found) >= 25
    return found


def test_imports_point_one_way() -> None:
    for path in modules():
        imported = set(re.findall(r"(?:from|import) xingtu\.(\w+)", path.read_text("utf-8")))
        assert imported <= MAY_IMPORT[path.parent.name], path


def test_each_library_has_its_room() -> None:
    for path in modules():
        for library in re.findall(
            r"^\s*(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE
        ):
            room = ONLY_IN.get(library, "")
            assert str(path.relative_to(ROOT)).startswith(room), (path, library)


def test_iris_are_minted_in_one_place() -> None:
    for path in modules():
        if "/id/" in path.read_text("utf-8"):
            assert path.name == "iri.py"


def test_no_broad_except() -> None:
    for path in modules():
        assert not re.search(r"except( Exception| BaseException)?:", path.read_text("utf-8")), path
