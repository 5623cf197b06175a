"""What the server has its workers do, and what they reply; see also `lease.py`."""

from pathlib import Path
from typing import Any, NamedTuple

from xingtu.server.engine.tasks import Answer, DropGraph, Query, ReadGraph, Update, WriteGraph


class Read(NamedTuple):
    """Do a task on the store in memory, or on the snapshot in a directory."""

    task: Query | ReadGraph
    snapshot: Path | None = None


class Respond(NamedTuple):
    """Answer a request to the endpoint; `request` has the fields of an `http.message.Request`.

    `version` is that of the dataset, and `timeout` for all that is not a task with its own.
    """

    request: tuple[Any, ...]
    version: str
    snapshot: Path | None = None
    timeout: float = 30.0


class Responded(NamedTuple):
    """The fields of an `http.message.Response`."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Path
    notes: dict[str, str]


class Write(NamedTuple):
    """Do a task on the directory that this worker alone may write."""

    task: Update | WriteGraph | DropGraph


class Publish(NamedTuple):
    """Make a snapshot for readers."""

    target: Path
    timeout: float = 600.0


class Backup(NamedTuple):
    """Make a copy of the store that can be restored."""

    target: Path
    timeout: float = 600.0


Order = Read | Respond | Write | Publish | Backup
Reply = Answer | Responded
