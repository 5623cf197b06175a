"""The servers: where they are found, how they load a file, and how they are started.

What is not on the PATH is looked for in the folder XINGTU_BENCH_PEERS (/tmp/bench-peers).
"""

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from client import Endpoint
from process import Process

FOLDER: Final = Path(os.environ.get("XINGTU_BENCH_PEERS", "/tmp/bench-peers"))
PLACES: Final = (Path(sys.executable).parent, FOLDER / "venv" / "bin", Path("/usr/bin"))
CHUNK_BYTES: Final = 32 * 1024 * 1024
LOAD_SECONDS: Final = 1800.0


class Peer:
    """A server program. A subclass says how it is started, and loaded if it keeps files.

    `loads_rdf12` is whether it takes triple terms; `too_slow_for` are scales it would need hours
    for; `is_slow` leaves it out of all but the first rounds.
    """

    name = ""
    title = ""
    program = ""
    path = "/sparql"
    loads_rdf12 = True
    too_slow_for: tuple[str, ...] = ()
    is_slow = False

    def find(self) -> Path | None:
        """Return where the program is, or None if it is not installed."""
        found = (place / self.program for place in PLACES)
        return next((path for path in found if path.exists()), None)

    def load(self, data: Path, folder: Path) -> None:
        """Load a file into the server's own files under a new folder, before it is started."""

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        """Return the start command."""
        raise NotImplementedError

    def fill(self, data: Path, endpoint: Endpoint, process: Process) -> None:
        """Send a file to the started server, if it keeps nothing between starts."""

    def _run(self, *command: object, cwd: Path) -> None:
        with (cwd / "load.log").open("wb") as log:
            subprocess.run(
                [str(part) for part in command],
                stdout=log,
                stderr=log,
                cwd=cwd,
                check=True,
                timeout=LOAD_SECONDS,
            )


class Xingtu(Peer):
    """Our server, as it is installed: deadlines and isolation on."""

    name, title, program = "xingtu", "Xingtu", "xingtu"

    def __init__(self, timeout: float | None = None) -> None:
        self._timeout = timeout

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        """Serve the file, or the packaged graph if this is that."""
        files = [] if data.name == "dataset.nq" else [str(data)]
        limit = [] if self._timeout is None else ["--timeout", f"{self._timeout:g}"]
        return [str(self.find()), "serve", *files, "--port", str(port), *limit]


class OxigraphDisk(Peer):
    """Oxigraph's own server on its RocksDB files, read-only: the measure of the others."""

    name, title, program = "oxigraph", "Oxigraph, disk", "oxigraph"
    path = "/query"

    def load(self, data: Path, folder: Path) -> None:
        options = ["--location", folder, "--file", data]
        self._run(self.find(), "load", *options, cwd=folder.parent)

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        options = ["--location", str(folder), "--bind", f"127.0.0.1:{port}"]
        return [str(self.find()), "serve-read-only", *options, "--union-default-graph"]


class OxigraphMemory(Peer):
    """Oxigraph's own server in memory: it is sent the file after each start."""

    name, title, program = "oxigraph-memory", "Oxigraph, memory", "oxigraph"
    path = "/query"

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        return [str(self.find()), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]

    def fill(self, data: Path, endpoint: Endpoint, process: Process) -> None:
        _wait_for_port(endpoint, process)
        for chunk in _chunks(data):  # it takes at most 128 MB at a time
            connection = http.client.HTTPConnection(endpoint.host, endpoint.port)
            connection.request(
                "POST", "/store?no_transaction", chunk, {"Content-Type": "application/n-quads"}
            )
            status = connection.getresponse().status
            if status != 204:
                raise OSError(f"{self.title} refused the data: {status}")


class RdflibEndpoint(Peer):
    """The usual Python server: rdflib's memory store behind FastAPI."""

    name, title, program = "rdflib", "rdflib-endpoint", "rdflib-endpoint"
    path = "/"
    loads_rdf12 = False
    too_slow_for = ("medium", "large")
    is_slow = True

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        return [str(self.find()), "serve", "--host", "127.0.0.1", "--port", str(port), str(data)]


class Fuseki(Peer):
    """Jena Fuseki on TDB2 files."""

    name, title = "fuseki", "Jena Fuseki, TDB2"
    path = "/ds/sparql"

    def find(self) -> Path | None:
        jars = sorted(FOLDER.glob("jena-fuseki-server-*.jar"))
        return jars[-1] if jars and shutil.which("java") else None

    def load(self, data: Path, folder: Path) -> None:
        loader = ["tdb2.tdbloader", f"--loc={folder}", data]
        self._run("java", "-cp", self.find(), *loader, cwd=folder.parent)

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        java = ["java", "-Xmx4G", "-jar", str(self.find()), "--localhost", f"--port={port}"]
        union = ["--set", "tdb2:unionDefaultGraph=true"]
        return [*java, "--quiet", f"--loc={folder}", *union, "/ds"]


def _wait_for_port(endpoint: Endpoint, process: Process) -> None:
    while True:
        process.check_alive()
        try:
            http.client.HTTPConnection(endpoint.host, endpoint.port).connect()
        except OSError:
            time.sleep(0.005)
        else:
            return


def _chunks(data: Path) -> Iterator[bytes]:
    with data.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk + file.readline()
