"""Fixtures.

Strategy: tests run over `data/small.trig`, a dataset small enough to know by heart, in a store
in memory; only tests that say so use the packaged dataset, and they are skipped where it has not
been built. Nothing reaches the network except the loopback interface.
"""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store

from xingtu.server import create_app
from xingtu.server.store import MissingDataset, load_store, open_store

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def store() -> Store:
    """The small dataset; read-only, so shared."""
    return load_store(DATA / "small.trig", RdfFormat.TRIG)


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """A client of an application that serves the small dataset."""
    return create_app(store).test_client()


@pytest.fixture(scope="session")
def packaged_store() -> Store:
    """The packaged dataset."""
    try:
        return open_store()
    except MissingDataset as error:
        pytest.skip(str(error))
