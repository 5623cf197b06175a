"""How long a full batch of 50 names takes, beside one name and the manifest, in the same rounds.

    python tests/bench/reconcile.py

The names are those of the graph itself, so that every one has candidates; each batch has others.
"""

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter
from urllib.parse import urlencode
from urllib.request import urlopen

ROUNDS = 20
BATCH = 50
NAMES = "SELECT DISTINCT ?name { ?thing rdfs:label|skos:altLabel ?name FILTER(STRSTARTS(STR(?thing), 'https://w3id.org/xingtu/id/')) } ORDER BY STR(?name)"
PREFIXES = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "


def send(url: str, **fields: str) -> bytes:
    data = urlencode(fields).encode() if fields else None
    with urlopen(url, data) as answer:
        return bytes(answer.read())


def reconcile(url: str, names: list[str]) -> None:
    queries = {f"q{i}": {"query": name} for i, name in enumerate(names)}
    answer = json.loads(send(url + "reconcile", queries=json.dumps(queries)))
    assert sum(1 for entry in answer.values() if entry["result"]) >= 0.9 * len(names)


def measure(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def main() -> None:
    command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            url = re.findall(r"http://\S+", server.stdout.readline())[0]
            rows = json.loads(send(url + "sparql", query=PREFIXES + NAMES, format="json"))
            names = [row["name"]["value"] for row in rows["results"]["bindings"]]
            print(
                f"first answer, the index being made: {measure(lambda: reconcile(url, names[:1])):.0f} ms"
            )
            kinds: dict[str, list[float]] = {"batch of 50": [], "one name": [], "manifest": []}
            for turn in range(ROUNDS):
                batch = names[turn::ROUNDS][:BATCH]
                kinds["manifest"].append(measure(partial(send, url + "reconcile")))
                kinds["one name"].append(measure(partial(reconcile, url, batch[:1])))
                kinds["batch of 50"].append(measure(partial(reconcile, url, batch)))
            for kind, times in kinds.items():
                print(
                    f"{kind}: median {statistics.median(times):.1f} ms, quickest {min(times):.1f} ms"
                )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
