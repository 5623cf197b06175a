"""The commands that keep a store on disk."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xingtu.server import storing
from xingtu.server.durable import lock
from xingtu.server.durable.loading import open_writer

TRIG = "<u:a> <u:p> 1 . <u:g> { <u:a> <u:p> 2, <<( <u:a> <u:p> 1 )>> }"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to be in, in memory if possible, with a file to load."""
    monkeypatch.setattr(lock, "_PATIENCE", 0.0)
    memory = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        monkeypatch.chdir(folder)
        Path("data.trig.gz").write_bytes(gzip.compress(TRIG.encode()))
        yield Path(folder)
        monkeypatch.undo()


def run(command: str) -> Result:
    name, *arguments = command.split()
    return CliRunner().invoke(getattr(storing, name), arguments)


def test_store_goes_round(files: Path) -> None:
    for command, output in (
        ("load store data.trig.gz", "3 quads added to store"),
        ("backup store copy", "copy is a backup of store"),
        ("load store data.trig.gz --graph u:more", "3 quads added"),
        ("restore copy again", "again is restored from copy"),
        ("dump again all.nq.zst", ""),
        ("load last all.nq.zst", "3 quads added"),
        ("dump last all.nq", ""),
        ("dump last one.ttl --graph u:g", ""),
    ):
        result = run(command)
        assert result.exit_code == 0 and output in result.stdout, result.output
    assert sorted((files / "all.nq").read_text().splitlines()) == [
        '<u:a> <u:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        '<u:a> <u:p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> <u:g> .',
        '<u:a> <u:p> <<( <u:a> <u:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> )>> <u:g> .',
    ]
    assert "<<( <u:a> <u:p> 1 )>>" in (files / "one.ttl").read_text()
    assert (files / "all.nq").read_text() == run("dump last -").stdout


def test_packaged_graph_is_loaded_and_upgraded(packaged_store: object, files: Path) -> None:
    assert "has the packaged graph" in run("load store").stdout
    assert "already up to date" in run("upgrade store").stdout


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("load store bad.ttl", "bad.ttl: line 2, column 4: "),
        ("load store data.trig.gz bad.foo", "bad.foo: no RDF format has the ending .foo"),
        ("load store short.ttl.gz", "short.ttl.gz cannot be read: "),
        ("load store bad.ttl.zst", "bad.ttl.zst cannot be read: "),
        ("load folder data.trig.gz", "folder is neither empty nor a store: it has file"),
        ("load store data.trig.gz --graph relative", "a graph is named by an absolute IRI"),
        ("dump nothing all.nq", "nothing is no store"),
        ("dump good all.ttl", "Turtle has no graphs"),
        ("dump good all.foo", "no RDF format has the ending .foo"),
        ("dump good one.ttl --graph u:none", "there is no graph <u:none>"),
        ("dump good nowhere/all.nq", "nowhere"),
        ("dump good all.jsonld", "RDF 1.2"),
        ("backup nothing copy", "nothing is no store"),
        ("backup good folder", "folder is there already"),
        ("restore folder store", "folder is no store"),
        ("restore good folder", "folder is neither empty nor a store: it has file"),
        ("upgrade nothing", "nothing is no store"),
        ("upgrade used", "used is in use by another server, process"),
    ],
)
def test_failure_is_one_line_and_leaves_nothing(files: Path, command: str, problem: str) -> None:
    (files / "bad.ttl").write_text("<u:a> <u:p> 1 .\n<b>")
    (files / "bad.foo").touch()
    (files / "short.ttl.gz").write_bytes(gzip.compress(b"<u:a> <u:p> 1 .\n" * 1000)[:-20])
    (files / "bad.ttl.zst").write_bytes(b"no frame")
    (files / "folder").mkdir()
    (files / "folder" / "file").touch()
    assert run("load good data.trig.gz").exit_code == 0
    before = sorted(path.name for path in files.iterdir())
    with open_writer(files / "used"):
        result = run(command)
    assert result.exit_code in {1, 2}
    assert problem in result.stderr.splitlines()[-1]
    assert {path.name for path in files.iterdir()} - {*before} <= {"store", "used"}
