"""Real SPARQL stores, each started empty, loaded by `push`, and stopped at the end.

A store that cannot be had is skipped, unless XINGTU_ENGINES names it: then its tests fail.
Fuseki needs XINGTU_FUSEKI, the path of its jar, and Java >= 17, or XINGTU_JAVA; .ci/run gets both.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pyoxigraph as ox
import pytest

from xingtu.server.engine.dataset import packaged_dataset
from xingtu.server.errors import MissingDataset
from xingtu.server.remote.push import Pushed, push
from xingtu.server.remote.store import RemoteStore, store_at

_START = 90  # seconds that a store may take to start


class Missing(Exception):
    """A store that is not installed."""


@dataclass(frozen=True)
class Loaded:
    """A running store, and what was pushed into it."""

    name: str
    store: RemoteStore
    pushed: Pushed


@dataclass(frozen=True)
class Plan:
    """How to start a store in an empty folder; `ready` is where it answers once it has started."""

    command: list[str]
    store: RemoteStore


def oxigraph(folder: Path, port: int) -> Plan:
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        raise Missing("no `oxigraph`: pip install oxigraph")
    # A query whose client has left goes on until --timeout-s.
    command = [program, "serve", "-l", str(folder / "db"), "-b", f"127.0.0.1:{port}"]
    url = f"http://127.0.0.1:{port}/query"
    return Plan([*command, "--timeout-s", "10"], store_at(url, "oxigraph"))


def fuseki(folder: Path, port: int) -> Plan:
    java, jar = os.environ.get("XINGTU_JAVA", "java"), os.environ.get("XINGTU_FUSEKI", "")
    if shutil.which(java) is None or not Path(jar).is_file():
        raise Missing("no Java, or XINGTU_FUSEKI is not the path of jena-fuseki-server-*.jar")
    (folder / "db").mkdir()
    command = [java, "-Xmx2g", "-jar", str(Path(jar).resolve()), "--localhost", "--port", str(port)]
    command += ["--tdb2", "--loc", str(folder / "db"), "--update", "/ds"]
    return Plan(command, store_at(f"http://127.0.0.1:{port}/ds/sparql", "fuseki"))


# Reading is open at /sparql to a user who may not write; dba, with its first password, writes.
VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{other_port}
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
"""


def virtuoso(folder: Path, port: int) -> Plan:
    program = shutil.which("virtuoso-t")
    if program is None:
        raise Missing("no `virtuoso-t`: apt-get install virtuoso-opensource-7-bin")
    settings = folder / "virtuoso.ini"
    settings.write_text(VIRTUOSO.format(port=port, other_port=free_port()))
    url = f"http://127.0.0.1:{port}/sparql"
    return Plan(
        [program, "+foreground", "+configfile", str(settings)],
        store_at(url, "virtuoso", user="dba", password="dba"),
    )


ENGINES: dict[str, Callable[[Path, int], Plan]] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "virtuoso": virtuoso,
}


@pytest.fixture(scope="session", params=ENGINES)
def loaded(request, tmp_path_factory) -> Iterator[Loaded]:
    """Each store in turn, with the packaged dataset in it."""
    name = request.param
    folder, port = tmp_path_factory.mktemp(name), free_port()
    try:
        plan = ENGINES[name](folder, port)
        with packaged_dataset() as path:
            quads = [*ox.parse(path=path, format=ox.RdfFormat.N_QUADS)]
    except (Missing, MissingDataset) as error:
        required = name in os.environ.get("XINGTU_ENGINES", "").split()
        (pytest.fail if required else pytest.skip)(f"{name}: {error}")
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(plan.command, cwd=folder, stdout=output, stderr=output)
    try:
        wait_for(plan.store.query, process, folder / "output")
        yield Loaded(name, plan.store, push(plan.store, quads))
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen, output: Path) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.post(url, data={"query": "ASK {}"}, timeout=5).raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} did not start: {output.read_text(errors='replace')[-2000:]}")
