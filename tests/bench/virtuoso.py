"""Virtuoso: a peer with a configuration file, loaded over its SQL port."""

import subprocess
import time
from pathlib import Path
from typing import Final

from peers import LOAD_SECONDS, Peer
from process import Process, free_port

# Buffers are 8 kB pages; the limits on rows and time are off, as they are at the other peers.
CONFIGURATION: Final = """
[Database]
DatabaseFile = {folder}/virtuoso.db
TransactionFile = {folder}/virtuoso.trx
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
xa_persistent_file = {folder}/virtuoso.pxa
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
ServerThreads = 100
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
DirsAllowed = {data}
CheckpointInterval = 0
SchedulerInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 64
KeepAliveTimeout = 60
MaxKeepAlives = 64
MaxClientConnections = 64
[SPARQL]
ResultSetMaxRows = 1000000
"""


class Virtuoso(Peer):
    """Virtuoso on its own files; its default graph is the union, with its system graphs."""

    name, title, program = "virtuoso", "Virtuoso", "virtuoso-t"
    loads_rdf12 = False

    def load(self, data: Path, folder: Path) -> None:
        """Start it, load by its bulk loader, write a checkpoint, and stop it."""
        folder.mkdir()
        sql_port = free_port()
        command = self._command(data, folder, free_port(), sql_port)
        process = Process(command, folder / "load.log", folder)
        try:
            self._wait_for_sql(process, sql_port)
            self._sql(
                sql_port,
                f"ld_dir('{data.parent}', '{data.name}', ''); rdf_loader_run(); checkpoint;",
            )
        finally:
            process.stop()

    def command(self, data: Path, folder: Path, port: int) -> list[str]:
        return self._command(data, folder, port, free_port())

    def _command(self, data: Path, folder: Path, port: int, sql_port: int) -> list[str]:
        file = folder / "virtuoso.ini"
        ports = {"port": port, "sql_port": sql_port}
        file.write_text(CONFIGURATION.format(folder=folder, data=data.parent, **ports), "utf-8")
        return [str(self.find()), "+foreground", "+configfile", str(file)]

    def _wait_for_sql(self, process: Process, port: int) -> None:
        while True:
            process.check_alive()
            try:
                self._sql(port, "select 1;")
            except subprocess.CalledProcessError:
                time.sleep(0.1)
            else:
                return

    def _sql(self, port: int, statements: str) -> None:
        command = ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={statements}"]
        subprocess.run(command, capture_output=True, check=True, timeout=LOAD_SECONDS)
