"""Fixtures of the tests of reconciliation: the service over the packaged dataset, and what a client sends."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store

from xingtu.server import create_app
from xingtu.server.engine.local import LocalEngine

PREFIXES = """
PREFIX xt: <https://w3id.org/xingtu/ontology#> PREFIX id: <https://w3id.org/xingtu/id/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX wd: <http://www.wikidata.org/entity/>
"""


class Service:
    """A client of the reconciliation service."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    @staticmethod
    def ids(found: list[dict[str, Any]]) -> list[str]:
        return [each["id"] for each in found]

    def get(self, path: str = "", **headers: str) -> Any:
        return self.client.get(f"/reconcile{path}", headers=headers)

    def post(self, queries: object, path: str = "/reconcile") -> dict[str, Any]:
        """Send a batch as OpenRefine does."""
        answer = self.client.post(path, data={"queries": json.dumps(queries)})
        assert answer.status_code == 200, answer.text
        return answer.json

    def match(self, query: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        """The candidates for one query of version 0.2."""
        asked = fields if query is None else {"query": query, **fields}
        (entry,) = self.post({"q0": asked}).values()
        assert "error" not in entry, entry
        return entry["result"]

    def draft(self, *queries: object) -> list[dict[str, Any]]:
        """The results of a batch of version 1.0-draft."""
        answer = self.client.post("/reconcile/v1/match", json={"queries": queries})
        assert answer.status_code == 200, answer.text
        return answer.json["results"]

    def extend(self, ids: list[str], *properties: object) -> dict[str, Any]:
        """The answer to a data extension query of version 0.2; a property is its id, or more."""
        named = [{"id": each} if isinstance(each, str) else each for each in properties]
        sent = json.dumps({"ids": ids, "properties": named})
        answer = self.client.post("/reconcile", data={"extend": sent})
        assert answer.status_code == 200, answer.text
        return answer.json


@pytest.fixture(scope="session")
def service(packaged_store: Store) -> Service:
    """The service over the packaged dataset."""
    return Service(create_app(LocalEngine(packaged_store), "https://xingtu.example").test_client())


@pytest.fixture(scope="session")
def serve() -> Callable[[str], Service]:
    """Serve a dataset given in Turtle."""

    def serve(turtle: str) -> Service:
        store = Store()
        store.load((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)
        return Service(create_app(LocalEngine(store)).test_client())

    return serve
