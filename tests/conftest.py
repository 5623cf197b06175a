"""Fixtures.

Strategy: tests run over `data/small.trig`, a dataset small enough to know by heart, in a store
in memory; only tests that say so use the packaged dataset, and they are skipped where it has not
been built. Nothing reaches the network except the loopback interface.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

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
