"""A stand-in for Wikidata on loopback: its real slice, behind a query service and a search API.

It answers as they do, and fails as they do when told to; it keeps a log of what it was asked.
"""

import gzip
import json
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pyoxigraph as ox
import pytest

WD = "http://www.wikidata.org/entity/"
JSON = "application/json; charset=utf-8"
RESULTS = "application/sparql-results+json;charset=utf-8"
NAMES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?item ?name ?kind {
  { ?item rdfs:label ?name BIND("label" AS ?kind) } UNION { ?item skos:altLabel ?name BIND("alias" AS ?kind) }
  FILTER(STRSTARTS(STR(?item), "http://www.wikidata.org/entity/Q"))
} ORDER BY ?item"""


class StandIn:
    """`faults` are how the next requests end: a status with its Retry-After, or a name."""

    def __init__(self, store: ox.Store, names: list[tuple[str, str, str, str]]) -> None:
        self.store, self.names = store, names
        self.log: list[tuple[str, dict[str, str]]] = []
        self.agents: set[str] = set()
        self.sent = 0  # bytes of results
        self.faults: deque[tuple[int | str, str]] = deque()
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                standin.answer(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.sparql, self.api = self.url + "/sparql", self.url + "/w/api.php"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0)).decode()
        path, asked = urlsplit(handler.path).path, dict(parse_qsl(urlsplit(handler.path).query))
        if handler.headers.get("content-type", "").startswith("application/sparql-query"):
            asked["query"] = body
        else:
            asked |= dict(parse_qsl(body))
        self.log.append((path, asked))
        self.agents.add(handler.headers.get("user-agent", ""))
        if self.faults:
            fault, detail = self.faults.popleft()
            status, kind, headers, text = self.fail(fault, detail)
        elif path == "/w/api.php":
            status, kind, headers, text = 200, JSON, {}, json.dumps(self.search(asked))
        else:
            status, kind, headers, text = self.select(asked["query"])
        handler.send_response(status)
        data = text.encode()
        self.sent += len(data)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(data))),
            *headers.items(),
        ):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    def fail(self, fault: int | str, detail: str) -> tuple[int, str, dict[str, str], str]:
        wait = {"Retry-After": detail} if detail else {}
        match fault:
            case int():
                return fault, "text/plain", wait, "Too many requests, or none answered"
            case "maxlag":
                error = {"code": "maxlag", "info": "Waiting for wdqs: 9 seconds lagged.", "lag": 9}
                return (
                    200,
                    JSON,
                    wait | {"MediaWiki-API-Error": "maxlag"},
                    json.dumps({"error": error}),
                )
            case "cut":  # as when a query times out amid its answer
                text = '{"head":{"vars":["item"]},"results":{"bindings":[{"item"\njava.util.concurrent.TimeoutException'
                return 200, RESULTS, {}, text
            case "page":
                return 200, "text/html", {}, "<html>Maintenance</html>"
            case "moved":
                return 302, "text/plain", {"Location": self.url + "/inside"}, ""
            case "hang":
                time.sleep(float(detail))
                return 200, RESULTS, {}, '{"head":{"vars":[]},"results":{"bindings":[]}}'
        raise AssertionError(fault)

    def select(self, query: str) -> tuple[int, str, dict[str, str], str]:
        try:
            found = self.store.query(query)
        except SyntaxError as error:
            return 400, "text/plain", {}, str(error)
        return 200, RESULTS, {}, found.serialize(format=ox.QueryResultsFormat.JSON).decode()

    def search(self, asked: dict[str, str]) -> dict:
        """Answer as https://www.wikidata.org/w/api.php?action=help&modules=wbsearchentities does."""
        missing = {"search", "language", "type", "format", "action"} - asked.keys()
        if missing:
            return {
                "error": {
                    "code": "missingparam",
                    "info": f'The "{min(missing)}" parameter must be set.',
                }
            }
        start, limit = int(asked.get("continue", 0)), int(asked.get("limit", 7))
        wanted, language = asked["search"].casefold(), asked["language"]
        hits: dict[str, dict] = {}
        # What is exactly so comes first, as there; for the fame of items, shortness has to stand in.
        ordered = sorted(self.names, key=lambda each: (each[1].casefold() != wanted, len(each[1])))
        for item, name, tag, kind in ordered:
            if tag.startswith(language) and name.casefold().startswith(wanted):
                hits.setdefault(item, {
                    "id": item, "title": item, "concepturi": WD + item, "repository": "wikidata",
                    "url": f"//www.wikidata.org/wiki/{item}", "label": name,
                    "match": {"type": kind, "language": tag, "text": name},
                })  # fmt: skip
        page = [*hits.values()][start : start + limit]
        more = {"search-continue": start + limit} if len(hits) > start + limit else {}
        return {"searchinfo": {"search": asked["search"]}, "search": page, **more, "success": 1}


@pytest.fixture(scope="session")
def there() -> tuple[ox.Store, list[tuple[str, str, str, str]]]:
    """What the stand-in has: what is made for the tests, and the slice if it is at hand."""
    store, folder = ox.Store(), os.environ.get("XINGTU_WIKIDATA")
    if folder:
        with gzip.open(Path(folder) / "slice.nt.gz") as file:
            store.bulk_load(file, format=ox.RdfFormat.N_TRIPLES)
        assert len(store) > 100_000
    store.load(path=Path(__file__).parent / "made.ttl", format=ox.RdfFormat.TURTLE)
    names = [
        (
            row["item"].value.removeprefix(WD),
            row["name"].value,
            row["name"].language,
            row["kind"].value,
        )
        for row in store.query(NAMES)
    ]
    return store, names


@pytest.fixture(scope="session")
def known(there) -> set[str]:
    """The items that the real slice has a name of."""
    if "XINGTU_WIKIDATA" not in os.environ:
        pytest.skip("XINGTU_WIKIDATA does not name the folder with the slice of Wikidata")
    return {item for item, *_ in there[1]}


@pytest.fixture
def standin(there) -> Iterator[StandIn]:
    started = StandIn(*there)
    yield started
    started.close()
