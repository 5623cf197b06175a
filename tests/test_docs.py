"""The documents say what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xingtu.server import exporting
from xingtu.server.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_every_command_is_in_the_readme_and_has_help() -> None:
    for name, command in main.commands.items():
        assert f"`xingtu {name}" in README, name
        assert command.help and command.help.strip().endswith(".")
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0
    for name in exporting.export.commands:
        assert f"`xingtu export {name}" in README, name
        assert CliRunner().invoke(main, ["export", name, "--help"]).exit_code == 0
    named = set(re.findall(r"xingtu ([a-z]+)", README + CONTRIBUTING))
    assert named <= main.commands.keys() | {"serve"}, named


def test_every_option_in_the_readme_exists() -> None:
    for line in re.findall(r"^\| `xingtu (.+?)` \|", README, re.MULTILINE):
        name, second, *_ = [*line.split(), ""]
        command = main.commands[name]
        command = getattr(command, "commands", {}).get(second, command)
        options = {option for p in command.params for option in p.opts}
        assert set(re.findall(r"--[a-z]+", line)) <= options, line


def test_where_to_add_names_paths_that_exist() -> None:
    rows = re.findall(r"^\| .+ \| (.+) \| (.+) \|$", CONTRIBUTING, re.MULTILINE)
    paths = re.findall(r"`([a-z.]+/[\w./-]*|[A-Z]+\.md)`", "\n".join(" ".join(row) for row in rows))
    assert len(paths) >= 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_where_to_add_covers_every_folder_and_module_of_data() -> None:
    table = CONTRIBUTING.split("Where do I add")[1].split("## Before")[0]
    for path in [*ROOT.glob("ontology/*.ttl"), *ROOT.glob("triples/verify_*.py")]:
        if path.name != "xingtu.ttl":
            assert f"`{path.relative_to(ROOT)}`" in table, path


def test_the_readme_example_in_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, *others = done.stdout.splitlines()
    assert first == "launch of Tianwen-3 ['2028']"
    assert "plan Riko Seibo" in others


def test_the_readme_query_gets_an_answer() -> None:
    (query,) = re.findall(r"--data-urlencode 'query=\n(.+?)'\n```", README, re.DOTALL)
    result = CliRunner().invoke(main, ["query", "-", "--format", "csv"], input=query)
    assert "Tianwen-3,2028" in result.output, result.output


@pytest.mark.parametrize("qualifier", ["modality", "rank", "claimStatus"])
def test_the_format_lists_the_individuals_of_an_enumeration(qualifier: str) -> None:
    from xingtu.ontology import load_schema
    from xingtu.triples.judge import ENUMERATIONS

    contract = (ROOT / "triples/FORMAT.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| `{qualifier}` \| (.+?) \|", contract, re.MULTILINE)
    individuals = load_schema().individuals.items()
    assert set(row.split(", ")) == {i for i, kind in individuals if kind == ENUMERATIONS[qualifier]}


def test_the_format_lists_every_key() -> None:
    from xingtu.triples import article, entity

    contract = (ROOT / "triples/FORMAT.md").read_text("utf-8")
    for key in article.HEADER | article.DEFAULTS | article.QUALIFIERS | entity.KEYS:
        assert re.search(rf"`{key}`|^{key}: |[{{ ]{key}: ", contract, re.MULTILINE), key
