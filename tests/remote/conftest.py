"""Stores on the loopback interface: one that says what a test tells it to, and an honest one."""

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from xingtu.server.remote.store import RemoteStore


@dataclass
class Asked:
    """A request that a store got; `form` is of the URL or the body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        text = urlsplit(self.path).query or self.body.decode()
        return parse_qs(text)


@dataclass
class Said:
    """A response; `length` is a false Content-Length, or None for none at all."""

    status: int = 200
    body: bytes = b""
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = -1
    wait: threading.Event | None = None


class Listening:
    """A running HTTP server that answers by a function, and remembers what it was asked.

    The function gives a `Said` or the arguments of one.
    """

    def __init__(self, answer: Callable[[Asked], Said | tuple]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        listening = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet

            def respond(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, self.rfile.read(length))
                listening.asked.append(asked)
                said = listening.answer(asked)
                said = said if isinstance(said, Said) else Said(*said)
                if said.wait is not None:
                    said.wait.wait()
                length = len(said.body) if said.length == -1 else said.length
                self.close_connection = length != len(said.body)
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if said.kind:
                    self.send_header("content-type", said.kind)
                if length is not None:
                    self.send_header("content-length", str(length))
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_POST = do_PUT = respond  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Say nothing of clients that left."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/sparql"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listen() -> Iterator[Callable[[Callable[[Asked], Said | tuple]], Listening]]:
    """Start servers that answer by a function."""
    started: list[Listening] = []

    def start(answer: Callable[[Asked], Said | tuple]) -> Listening:
        started.append(Listening(answer))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def say(listen) -> Callable[..., Listening]:
    """Start a server that answers everything alike."""
    return lambda *args, **kwargs: listen(lambda asked: Said(*args, **kwargs))


class HonestStore:
    """A SPARQL store over pyoxigraph: query, update, and the Graph Store Protocol at `/graphs`.

    With `native_union` its default graph is the union, in which, as in Virtuoso and Oxigraph, a
    triple is once for each graph; without `triple_terms` it is of the time before RDF 1.2.
    """

    def __init__(self, listen, *, native_union=False, triple_terms=True) -> None:
        self.store = ox.Store()
        self.native_union = native_union
        self.triple_terms = triple_terms
        self.refusals: list[Said | tuple] = []
        self.losing = False
        self.server = listen(self.answer)

    def remote(self, **fields) -> RemoteStore:
        return RemoteStore(query=self.server.url, **fields)

    @property
    def graphs_url(self) -> str:
        return self.server.url.replace("/sparql", "/graphs")

    def answer(self, asked: Asked) -> Said | tuple:
        if self.refusals:
            return self.refusals.pop(0)
        if "<<(" in asked.body.decode() + str(asked.form.get("query")) and not self.triple_terms:
            return Said(400, b"Parse error at line 1, column 7.")
        if asked.path.startswith("/graphs"):
            return self.write(asked)
        if "update" in asked.form:
            self.store.update(asked.form["update"][0])
            return Said(204)
        return self.query(asked.form)

    def write(self, asked: Asked) -> Said:
        graph = ox.NamedNode(asked.form["graph"][0])
        if asked.method == "PUT":
            self.store.remove_graph(graph)
        if not self.losing:
            self.store.load(asked.body, ox.RdfFormat.N_TRIPLES, to_graph=graph)
        return Said(204)

    def query(self, form: dict[str, list[str]]) -> Said:
        names = [ox.NamedNode(iri) for iri in form.get("default-graph-uri", [])]
        named = [ox.NamedNode(iri) for iri in form.get("named-graph-uri", [])]
        results = self.store.query(
            form["query"][0],
            default_graph=names or None,
            named_graphs=named if names else None,
            use_default_graph_as_union=self.native_union and not names,
        )
        if isinstance(results, ox.QueryTriples):
            return Said(
                200,
                ox.serialize(results, format=ox.RdfFormat.N_TRIPLES) or b"",
                "application/n-triples",
            )
        body = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
        return Said(200, body, "application/sparql-results+json")

    def show(self, graph: str | None) -> set[str]:
        """What is in a graph, None for the default graph."""
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        return {str(quad.triple) for quad in self.store.quads_for_pattern(None, None, None, name)}


@pytest.fixture
def honest(listen):
    """Make honest stores."""
    return lambda **kwargs: HonestStore(listen, **kwargs)
