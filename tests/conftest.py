"""Fixtures.

Strategy: tests run over `data/small.trig`, a dataset small enough to know by heart, in a store
in memory; only tests that say so use the packaged dataset, and they are skipped where it has not
been built. Nothing reaches the network except the loopback interface.
"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Store

from xingtu.server import create_app
from xingtu.server.engine.dataset import load_store, open_store
from xingtu.server.engine.local import LocalEngine
from xingtu.server.errors import MissingDataset
from xingtu.server.http.message import Endpoint, Request, Response
from xingtu.server.problems import STATUSES, problem_response

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def store() -> Store:
    """The small dataset; read-only, so shared."""
    return load_store([DATA / "small.trig"])


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """A client of an application that serves the small dataset."""
    return create_app(LocalEngine(store)).test_client()


@pytest.fixture(scope="session")
def packaged_store() -> Store:
    """The packaged dataset."""
    try:
        return open_store()
    except MissingDataset as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def send() -> Callable[..., Response]:
    """Send a request to an endpoint, without a server; errors come back as problem documents.

    Headers are keywords with underscores for hyphens; None leaves one out.
    """

    async def answer(endpoint: Endpoint, request: Request) -> Response:
        try:
            return await endpoint(request)
        except tuple(STATUSES) as error:
            return problem_response(error)

    def send(
        endpoint: Endpoint,
        method: str,
        target: str,
        body: bytes | str = b"",
        **headers: str | None,
    ) -> Response:
        path, _, query = target.partition("?")
        named = {name.replace("_", "-"): text for name, text in headers.items() if text is not None}
        encoded = body.encode() if isinstance(body, str) else body
        request = Request(method, path, query.encode("latin-1"), named, encoded)
        return asyncio.run(answer(endpoint, request))

    return send


Server = tuple[str, int, subprocess.Popen[str]]


@pytest.fixture(scope="session")
def serving() -> Callable[..., AbstractContextManager[Server]]:
    """Start `xingtu serve` with options and environment, and give its host, port and process."""

    @contextmanager
    def serve(*options: str, **environment: str) -> Iterator[Server]:
        command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0", *options]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | environment
        ) as process:
            try:
                line = process.stdout.readline()
                url = urlsplit(re.search(r"http://\S+", line).group())
                yield url.hostname, url.port, process
            finally:
                process.terminate()
                process.wait(20)

    return serve
