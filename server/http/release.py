"""The endpoint `/release/NAME`: the release files, where what is served is that release."""

import asyncio
import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from xingtu.server.engine.coding import choose_coding, compress
from xingtu.server.engine.spool import Spool
from xingtu.server.engine.tasks import Answer, Engine, Query
from xingtu.server.errors import MethodNotAllowed, NotFound
from xingtu.server.http.answers import VARY, options, respond, take_body
from xingtu.server.http.message import Request, Response
from xingtu.server.http.validators import entity_tag, names_tag
from xingtu.triples import iri
from xingtu.triples.build import RELEASE

FILES: Final = ("dataset.nq", "xingtu.ttl", "xingtu.rdf")
ALLOW: Final = "GET, HEAD, OPTIONS"

_CHECKSUMS: Final = f"""SELECT ?checksum {{ GRAPH <{iri.graph("dataset").value}> {{
  ?file <http://spdx.org/rdf/terms#checksumValue> ?checksum }} }}"""


class ReleaseEndpoint:
    """Sends the release files.

    Args:
        engine: Holds a dataset, which may describe itself.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._version = ""
        self._current = False

    async def __call__(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            NotFound: if there is no such file, or another release, or none, is served.
            MethodNotAllowed: if it is not to be read.
            QueryError, ServerBusy: as the engine does.
        """
        if request.method == "OPTIONS":
            return options(ALLOW)
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed(ALLOW)
        name = request.path.removeprefix("/release").removeprefix("/")
        if name not in FILES or not await self._is_current():
            raise NotFound(f"there is no release file {name!r} of what is served here")
        return await _send(name, request)

    async def _is_current(self) -> bool:
        version = self._engine.version
        if not self._version or self._version != version:
            task = Query(_CHECKSUMS, iri.ONTOLOGY.value, (QueryResultsFormat.JSON.media_type,))
            rows = json.loads(take_body((await self._engine.run(task)).body))["results"]["bindings"]
            self._current = is_packaged({row["checksum"]["value"] for row in rows})
            self._version = version
        return self._current


def is_packaged(checksums: set[str]) -> bool:
    """Tell whether a dataset that records these checksums is of the release packaged here."""
    return (RELEASE / "xingtu.ttl").is_file() and digest("xingtu.ttl") in checksums


def digest(name: str) -> str:
    """Give the SHA-256 of a release file, in hexadecimal."""
    return _digest(name, (RELEASE / name).stat().st_mtime_ns)


@lru_cache(len(FILES))
def _digest(name: str, _changed: int) -> str:
    return sha256((RELEASE / name).read_bytes()).hexdigest()


async def _send(name: str, request: Request) -> Response:
    media_type = _media_type(name)
    wanted = choose_coding(request.headers.get("accept-encoding", ""))
    tag = entity_tag(digest(name), (media_type,), wanted)
    headers = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache")]
    if names_tag(request.headers.get("if-none-match", ""), tag):
        return Response(304, [VARY, *headers])
    coding, body = await asyncio.to_thread(_copy, name, wanted)
    return respond(Answer(body, media_type, coding), headers)


def _media_type(name: str) -> str:
    syntax = RdfFormat.from_extension(Path(name).suffix.removeprefix("."))
    assert syntax is not None
    return syntax.media_type


def _copy(name: str, coding: str | None) -> tuple[str | None, bytes | Path]:
    """Copy a file for sending, as answers are: a large one goes through a file, not memory."""
    applied, body = compress((RELEASE / name).read_bytes(), coding)
    data = take_body(body)
    with Spool(Path(gettempdir()), len(data)) as spool:
        spool.write(data)
        return applied, spool.close()
