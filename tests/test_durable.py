"""A store on disk: what is acknowledged stays, and what fails changes nothing."""

import asyncio
import hashlib
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
)

from xingtu.server import errors
from xingtu.server.durable import backups, directory, loading, lock, union
from xingtu.server.durable.dumping import create_file, dump, open_reader
from xingtu.server.durable.union import list_quads
from xingtu.server.durable.writer import Writer
from xingtu.server.engine.tasks import DropGraph, Update, WriteGraph

HERE = Path(__file__).parent
Content = tuple[set[str], Dataset]
BASE = "http://localhost/"
TURTLE, TRIG = "text/turtle", "application/trig"


# Quicker than a disk, which those who kill processes, not machines, do not need.
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def writer(home: Path) -> Iterator[Writer]:
    writer = Writer.open(home)
    yield writer
    writer.close()


def update(writer: Writer, text: str) -> None:
    writer.do(Update(text, BASE))


def put(writer: Writer, graph: str | None, *documents: str, replace: bool = True) -> bool:
    bodies = tuple((document.encode(), TURTLE) for document in documents)
    return writer.do(WriteGraph(graph, bodies, BASE, replace)).created


def content(writer: Writer) -> set[str]:
    """Give the quads; the default graph must be the union of the others, the snapshot the same."""
    quads = writer.use(lambda store: {*store})
    union = {quad.triple for quad in quads if quad.graph_name == DefaultGraph()}
    assert union == {quad.triple for quad in quads if quad.graph_name != DefaultGraph()}
    return {str(quad) for quad in writer.use(lambda store: [*list_quads(store)])}


def published(writer: Writer, folder: Path) -> set[Quad]:
    writer.publish(folder / "snapshot")
    return {*Store.read_only(str(folder / "snapshot"))}


def files(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file() and not path.name.startswith(("lock", "LOG"))
    }


# Graphs


def test_put_replaces_and_post_adds(writer: Writer) -> None:
    assert put(writer, "u:g", "<u:a> <u:p> 1, 2 .")
    assert not put(writer, "u:g", "<u:a> <u:p> 2, 3 .")
    put(writer, "u:g", "<u:a> <u:p> 4 .", replace=False)
    assert {line.split()[2][1] for line in content(writer)} == {"2", "3", "4"}


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("graph", ["u:g", "u:new", None])
def test_bad_body_changes_nothing(writer: Writer, graph: str | None, replace: bool) -> None:
    put(writer, "u:g", "<u:a> <u:p> 1 .")
    put(writer, None, "<u:a> <u:p> 2 .")
    before = content(writer)
    with pytest.raises(errors.MalformedData) as caught:
        put(writer, graph, "<u:b> <u:p> 3 .", "<u:c> <u:p> 4 .\n<u:d> <u:p", replace=replace)
    assert (caught.value.line, caught.value.column) == (2, 7)
    assert content(writer) == before
    with pytest.raises(errors.NotFound):
        writer.do(DropGraph("u:new"))


def test_large_body_is_added_whole_or_not_at_all(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(union, "_BULK", 10)
    body = "".join(f"<u:{number}> <u:p> '{'x' * 80}', _:b .\n" for number in range(1000))
    with pytest.raises(errors.MalformedData) as caught:
        put(writer, "u:g", body + "<u:d>")
    assert caught.value.line == 1001
    assert content(writer) == set()
    put(writer, "u:g", body)
    assert len(content(writer)) == 2000


def test_graph_in_a_body_is_refused(writer: Writer) -> None:
    with pytest.raises(errors.MalformedData, match="Named graphs"):
        writer.do(WriteGraph("u:g", ((b"<u:h> { <u:a> <u:b> <u:c> }", TRIG),), BASE, True))
    assert content(writer) == set()


def test_documents_have_blank_nodes_apart(writer: Writer) -> None:
    document = "_:x <u:p> _:x, [ <u:q> 1 ] ."
    put(writer, "u:g", document, document)
    put(writer, "u:g", document, replace=False)
    assert len({line.split()[0] for line in content(writer)}) == 6
    put(writer, "u:g", document)
    assert len({line.split()[0] for line in content(writer)}) == 2


def test_rdf_1_2_survives(writer: Writer) -> None:
    document = (
        "<u:a> <u:p> <<( <u:s> <u:p> <<( _:b <u:p> 'x'@ar--rtl )>> )>>, _:b, '\\\\u0041\"\\n' ."
    )
    for _ in range(2):  # the second is written as a difference
        put(writer, "u:g", document)
        quads = [Quad(*quad.triple, NamedNode("u:g")) for quad in parse(document, RdfFormat.TURTLE)]
        assert canonical(writer.use(lambda store: [*list_quads(store)])) == canonical(quads)


def test_what_two_graphs_hold_stays_while_one_does(writer: Writer) -> None:
    for graph in ("u:g", "u:h", None):
        put(writer, graph, "<u:a> <u:p> 1 .")
    put(writer, "u:g", "<u:a> <u:p> 2 .")
    assert len(content(writer)) == 3
    writer.do(DropGraph("u:h"))
    assert len(content(writer)) == 2
    put(writer, None, "")
    assert {line.split()[2][1] for line in content(writer)} == {"2"}


def test_empty_graph_exists(writer: Writer) -> None:
    assert put(writer, "u:g", "")
    assert not put(writer, "u:g", "")
    writer.do(DropGraph("u:g"))
    with pytest.raises(errors.NotFound):
        writer.do(DropGraph("u:g"))
    writer.do(DropGraph(None))  # which is always there


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { <u:a> <u:b> 1 }; INSERT DATA {", errors.MalformedQuery),
        ("INSERT DATA { <u:a> <u:b> 1 }; DROP GRAPH <u:none>", errors.RefusedOperation),
        ("INSERT DATA { <u:a> <u:b> 1 }; INSERT { <u:a> <u:b> ?x } WHERE { BIND(<u:f>(1) AS ?x) }", errors.UnknownFunction),
        ("INSERT DATA { <u:a> <u:b> 1 }; LOAD <http://127.0.0.1:1/>", errors.ServiceFailed),
    ],
)  # fmt: skip
def test_update_is_done_whole_or_not_at_all(
    writer: Writer, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        update(writer, text)
    assert content(writer) == set()


# The directory


def test_store_keeps_all_when_closed(home: Path, writer: Writer) -> None:
    update(writer, "INSERT DATA { <u:a> <u:p> 1 GRAPH <u:g> { <u:b> <u:p> 2 } }")
    before, version = content(writer), writer.version
    writer.close()
    again = Writer.open(home)
    assert content(again) == before and again.version == version
    update(again, "INSERT DATA { <u:a> <u:p> 3 }")
    assert again.version != version
    again.close()


def test_version_changes_with_every_commit(home: Path, writer: Writer) -> None:
    versions = [writer.version]
    for number in range(3):
        update(writer, f"INSERT DATA {{ <u:a> <u:p> {number} }}")
        versions.append(writer.version)
    with pytest.raises(errors.MalformedQuery):
        update(writer, "INSERT")
    assert writer.version == versions[-1]
    assert len({*versions}) == 4


def test_snapshot_shows_one_state(writer: Writer, tmp_path: Path) -> None:
    update(writer, "INSERT DATA { <u:a> <u:p> 1 GRAPH <u:g> { <u:a> <u:p> 1 } }")
    quads = published(writer, tmp_path)
    update(writer, "CLEAR ALL")
    default = NamedNode("https://w3id.org/xingtu/graph/default")
    assert {quad.graph_name for quad in quads} == {DefaultGraph(), default, NamedNode("u:g")}
    assert quads == {*Store.read_only(str(tmp_path / "snapshot"))}


def test_second_server_is_refused(home: Path, writer: Writer) -> None:
    update(writer, "INSERT DATA { <u:a> <u:p> 1 }")
    before = files(home)
    with pytest.raises(errors.StoreUnusable, match="in use by another server, process"):
        Writer.open(home)
    assert files(home) == before
    update(writer, "INSERT DATA { <u:a> <u:p> 2 }")
    assert len(content(writer)) == 2


@pytest.mark.parametrize("name", ["notes.txt", "CURRENT", "data"])
def test_other_directories_are_refused(home: Path, name: str) -> None:
    home.mkdir()
    (home / name).write_text("something")
    with pytest.raises(errors.StoreUnusable, match=name):
        Writer.open(home)
    assert [path.name for path in home.iterdir()] == [name]


DAMAGE: dict[str, Callable[[Path], object]] = {
    "marker": lambda home: (home / "xingtu-store.json").write_text("{"),
    "newer": lambda home: (home / "xingtu-store.json").write_text('{"format": 2, "graphs": []}'),
    "data": lambda home: (home / "data").rename(home / "elsewhere"),
    "current": lambda home: next(home.glob("data/CURRENT")).unlink(),
    "garbage": lambda home: next(home.glob("data/CURRENT")).write_text("MANIFEST"),
    "manifest": lambda home: next(home.glob("data/MANIFEST-*")).write_bytes(b"\x00" * 500),
    "table": lambda home: next(home.glob("data/*.sst")).unlink(),
    "short": lambda home: next(home.glob("data/*.sst")).write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_store_is_refused_and_stays_as_it_is(
    home: Path, writer: Writer, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    put(writer, "u:g", "<u:a> <u:p> 1 .")
    published(writer, tmp_path)  # so that there are tables
    writer.close()
    damage(home)
    before = files(home)
    with pytest.raises(errors.StoreUnusable, match=r"damaged|format 2"):
        Writer.open(home)
    assert files(home) == before


@pytest.fixture
def full_disk() -> Iterator[Callable[[], None]]:
    """Let no file grow beyond half a megabyte until called, which for RocksDB is much the same."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, before[1]))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_damages_nothing(
    home: Path, full_disk: Callable[[], None], tmp_path: Path
) -> None:
    writer = Writer.open(home)
    done = 0
    with pytest.raises(errors.StoreFull) as caught:
        for done in range(100):
            put(writer, "u:g", f"<u:{done}> <u:p> '{'x' * 20_000}' .", replace=False)
    for way in (
        lambda: update(writer, f"INSERT DATA {{ <u:large> <u:p> '{'x' * 600_000}' }}"),
        lambda: put(writer, "u:g", *[f"<u:large> <u:p> '{'x' * 20_000}{n}' ." for n in range(300)]),
    ):
        with pytest.raises(errors.StoreFull):
            way()
    assert caught.value.__traceback__  # held, as a server may do
    assert len(content(writer)) == done
    full_disk()
    put(writer, "u:g", "<u:last> <u:p> 1 .", replace=False)
    assert len(content(writer)) == done + 1
    assert len(published(writer, tmp_path)) == 2 * (done + 1)
    writer.close()


def test_commit_is_on_the_disk_when_it_is_acknowledged(
    home: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: dict[str, bytes] = {}

    def sync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced[path.name] = path.read_bytes() if path.is_file() else b""

    monkeypatch.setattr(directory.os, "fdatasync", sync)
    for number in range(3):
        update(writer, f"INSERT DATA {{ <u:a> <u:p> 'number {number}' }}")
        logs = [path for path in home.glob("data/*.log") if b"number" in path.read_bytes()]
        assert logs and all(synced[path.name] == path.read_bytes() for path in logs)
    assert "data" in synced  # the names of new logs


def test_what_a_killed_replacement_leaves_is_never_seen(home: Path, writer: Writer) -> None:
    put(writer, "u:g", "<u:a> <u:p> 1, 2, 3 .")
    before = content(writer)
    part = [quad for quad in writer.use(lambda store: [*store]) if quad.object.value == "1"]
    scratch = NamedNode(f"{union.SCRATCH.value}/0")
    writer.use(lambda store: store.extend([Quad(*part[0].triple, scratch)]))
    writer.close()
    with open_reader(home) as store:
        assert {str(quad) for quad in list_quads(store)} == before
    again = Writer.open(home)
    assert content(again) == before
    assert again.use(lambda store: [*store.named_graphs()]) == [NamedNode("u:g")]
    again.close()


def test_killing_a_writer_loses_nothing_acknowledged(home: Path) -> None:
    command = [sys.executable, str(HERE / "kill_writer.py"), str(home), "100", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    busy, written = [int(word) for word in done.stdout.split() if word.isdigit()][1:]
    assert busy > 50 and written > 100


# Whole datasets


def canonical(quads: Iterable[Quad]) -> tuple[set[str], Dataset]:
    """Make quads comparable: the lines without blank nodes, and the others with canonical ones."""
    lines = {str(quad): quad for quad in quads}
    blank = Dataset(quad for line, quad in lines.items() if "_:" in line)
    blank.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {line for line in lines if "_:" not in line}, blank


@pytest.fixture(scope="session")
def packaged_home(packaged_store: Store) -> Iterator[Path]:
    """A store with the packaged dataset, a graph and a triple of a user."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        with loading.open_writer(Path(folder) / "store") as writer:
            assert loading.upgrade(writer)
            assert not loading.upgrade(writer)
            update(writer, "INSERT DATA { <u:a> <u:p> 1 GRAPH <u:mine> { [] <u:p> <u:b> } }")
        yield Path(folder) / "store"


@pytest.fixture(scope="session")
def expected(packaged_store: Store) -> Content:
    mine = parse("<u:a> <u:p> 1 . <u:mine> { [] <u:p> <u:b> }", RdfFormat.TRIG)
    quads = (quad for quad in packaged_store if quad.graph_name != DefaultGraph())
    return canonical([*quads, *mine])


def test_dump_and_load_give_the_same_quads(
    packaged_home: Path, expected: Content, tmp_path: Path
) -> None:
    name = tmp_path / "all.nq.gz"
    with open_reader(packaged_home) as store, create_file(name) as (stream, format_):
        dump(store, stream, format_)
    with loading.open_writer(tmp_path / "again") as writer:
        loading.load(writer, [name])
        assert canonical(writer.use(lambda store: [*list_quads(store)])) == expected


def test_restored_backup_has_the_same_quads(
    packaged_home: Path, expected: Content, tmp_path: Path
) -> None:
    with loading.open_writer(packaged_home) as writer:
        writer.backup(tmp_path / "backup")
        with pytest.raises(errors.StoreUnusable, match="there already"):
            writer.backup(tmp_path / "backup")
    backups.restore(tmp_path / "backup", tmp_path / "again")
    with pytest.raises(errors.StoreUnusable, match="neither empty"):
        backups.restore(tmp_path / "backup", tmp_path / "again")
    with loading.open_writer(tmp_path / "again") as writer:
        assert canonical(writer.use(lambda store: [*list_quads(store)])) == expected
        assert not loading.upgrade(writer)
        update(writer, "CLEAR ALL")
    with open_reader(tmp_path / "backup") as store:
        assert canonical([*list_quads(store)]) == expected


def test_damaged_backup_is_not_restored(home: Path, writer: Writer, tmp_path: Path) -> None:
    put(writer, "u:g", "<u:a> <u:p> 1 .")
    writer.backup(tmp_path / "backup")
    next((tmp_path / "backup").glob("data/*.sst")).write_bytes(b"")
    for source in (tmp_path / "backup", tmp_path / "nothing", tmp_path):
        with pytest.raises(errors.StoreUnusable):
            backups.restore(source, tmp_path / "again")
    Writer.open(tmp_path / "again").close()


def test_backup_and_dump_while_serving(home: Path, writer: Writer, tmp_path: Path) -> None:
    async def back_up(target: Path) -> None:
        writer.backup(target)

    def ask() -> list[Quad]:
        assert backups.request_backup(home, tmp_path / "backup")
        with pytest.raises(errors.StoreUnusable, match="there already"):
            backups.request_backup(home, tmp_path / "backup")
        with open_reader(home) as store:
            return [*list_quads(store)]

    async def serve() -> list[Quad]:
        async with await backups.serve_backups(home, back_up):
            return await asyncio.to_thread(ask)

    update(writer, "INSERT DATA { <u:a> <u:p> 1 }")
    assert len(asyncio.run(serve())) == 1
    update(writer, "CLEAR ALL")
    with open_reader(tmp_path / "backup") as store:
        assert len([*list_quads(store)]) == 1
    assert not backups.request_backup(home, tmp_path / "another")
    assert not list(home.glob("dump-*"))


def test_load_adds_all_files_or_none(home: Path, writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<a> <u:p> _:b . _:b <u:p> 1 .")
    (tmp_path / "b.trig").write_text("_:b <u:p> 2 . <u:g> { _:b <u:p> 3 }")
    (tmp_path / "bad.nt").write_text("<u:a> <u:p> <u:b> .\n<u:a> <u:p .")
    paths = [tmp_path / "a.ttl", tmp_path / "b.trig"]
    with pytest.raises(errors.MalformedData, match=r"bad\.nt: line 2, column "):
        loading.load(writer, [*paths, tmp_path / "bad.nt"])
    assert content(writer) == set()
    assert loading.load(writer, paths, NamedNode("u:h")) == 4
    lines = content(writer)
    assert sum(line.endswith("<u:h>") for line in lines) == 3
    assert len({term for line in lines for term in line.split() if term.startswith("_:")}) == 2
    assert any(line.startswith(f"<{tmp_path.as_uri()}/a>") for line in lines)


GRAPH = "https://w3id.org/xingtu/graph/"
OLD = f"""
GRAPH <{GRAPH}kept> {{ <u:a> <u:p> 1, 2 . _:x <u:p> <u:a> }}
GRAPH <{GRAPH}gone> {{ <u:a> <u:p> 1, 5 }}
"""
NEW = f"""
GRAPH <{GRAPH}kept> {{ <u:a> <u:p> 1, 3 . _:x <u:p> <u:a>, <u:b> }}
GRAPH <{GRAPH}added> {{ <u:a> <u:p> 4 }}
"""
MINE = f"""
<u:a> <u:p> 5, 6 .
GRAPH <u:mine> {{ <u:a> <u:p> 2 }}
GRAPH <{GRAPH}mine> {{ <u:a> <u:p> 7 }}
"""


def test_upgrade_replaces_what_is_packaged_alone(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def package(text: str) -> None:
        (tmp_path / "dataset.trig").write_text(text)
        monkeypatch.setattr(loading, "fingerprint", lambda paths: text)
        path = tmp_path / "dataset.trig"
        monkeypatch.setattr(loading, "packaged_dataset", lambda: nullcontext(path))

    package(OLD)
    assert loading.upgrade(writer)
    update(writer, f"INSERT DATA {{ {MINE} }}")
    package(NEW)
    assert loading.upgrade(writer) and not loading.upgrade(writer)
    quads = writer.use(lambda store: [*list_quads(store)])
    assert canonical(quads) == canonical([*parse(NEW + MINE, RdfFormat.TRIG)])
    assert len(content(writer)) == len(quads)
    assert NamedNode(f"{GRAPH}gone") not in writer.use(lambda store: [*store.named_graphs()])
