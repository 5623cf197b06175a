"""Every promise of the threat model has a test, and the test exists."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
MODEL = (TESTS.parent / "server" / "THREAT_MODEL.md").read_text("utf-8")


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_promise_has_tests_that_exist() -> None:
    table = MODEL.split("## Promised")[1].split("## Not promised")[0]
    rows = re.findall(r"^\| ([A-Z].+) \| (.+) \|$", table, re.MULTILINE)
    assert len(rows) >= 15
    for promise, tests in rows:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
        assert named, promise
        for file, test in named:
            assert test in functions(TESTS / file), (promise, test)
