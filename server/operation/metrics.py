"""Metrics for Prometheus: requests as they end, all else as it is at the moment of asking."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)

from xingtu.server.http.message import Request, Response
from xingtu.server.operation.access_log import outcome_of

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
BUCKETS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0)  # seconds

# Labels come from these and from our own notes only, or a client could make ever more series.
ENDPOINTS: Final = frozenset(
    {"sparql", "gsp", "mcp", "release", "health", "ready", "metrics", "openapi.json"}
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "QUERY"})


@dataclass(frozen=True, kw_only=True)
class Stats:
    """How a server fares at one moment; counts are since its start.

    `quads` of the store is None where that is not known; `dataset` is its version.
    """

    dataset: str = ""
    quads: int | None = None
    waiting: int = 0
    running: int = 0
    long_running: int = 0
    lent: int = 0
    connections: int = 0
    refused_connections: int = 0
    worker_starts: int = 0
    timeouts: int = 0
    kills: int = 0
    crashes: int = 0
    updates: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    cache_bytes: int = 0


GAUGES: Final = {
    "quads": "Quads in the store.",
    "waiting": "Requests waiting for a worker.",
    "running": "Queries running.",
    "long_running": "Queries running in the lane for long ones.",
    "lent": "Connections that a worker serves.",
    "connections": "Open connections.",
    "cache_bytes": "Memory of the cached answers.",
}
COUNTERS: Final = {
    "refused_connections": "Connections refused because there were too many.",
    "worker_starts": "Worker processes started.",
    "timeouts": "Queries stopped at their deadline.",
    "kills": "Queries stopped because their client left or a shorter one needed the room.",
    "crashes": "Workers that died of a query or of its memory.",
    "updates": "Writes done.",
    "cache_hits": "Answers taken from the cache.",
    "cache_misses": "Answers that the cache did not have.",
}


class Metrics:
    """The metrics of one server, in a registry of its own.

    Args:
        read: Gives the present state; called once each time the metrics are asked for.
    """

    def __init__(self, read: Callable[[], Stats]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "xingtu_requests",
            "Requests answered.",
            ["endpoint", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "xingtu_request_seconds",
            "From the head of a request to the end of its response.",
            ["endpoint"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._failures = Counter(
            "xingtu_failures", "Requests that failed, by why.", ["outcome"], registry=self._registry
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._registry.register(_State(read))
        ProcessCollector(registry=self._registry)

    def observe(self, request: Request, response: Response, seconds: float) -> None:
        """Count one request.

        Args:
            request: What was asked.
            response: What was answered.
            seconds: From the head of the request to the end of the response.
        """
        first = request.path.split("/", 2)[1] if "/" in request.path else ""
        endpoint = first if first in ENDPOINTS else "page"
        method = request.method if request.method in METHODS else "other"
        series = endpoint, method, int(response.status)
        if series not in self._series:
            self._series[series] = (self._requests.labels(*series), self._seconds.labels(endpoint))
        count, histogram = self._series[series]
        count.inc()
        histogram.observe(seconds)
        if (outcome := outcome_of(response)) != "ok":
            self._failures.labels(outcome).inc()

    def render(self) -> bytes:
        """Write all metrics in the text format of Prometheus, whose type is CONTENT_TYPE."""
        return generate_latest(self._registry)


class _State:
    """The collector of what is read at the moment of asking."""

    def __init__(self, read: Callable[[], Stats]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        stats = self._read()
        versions = {"version": version("xingtu"), "pyoxigraph": version("pyoxigraph")}
        yield InfoMetricFamily("xingtu", "What runs.", value={**versions, "dataset": stats.dataset})
        for name, text in GAUGES.items():
            if (value := getattr(stats, name)) is not None:
                yield GaugeMetricFamily(f"xingtu_{name}", text, value=value)
        for name, text in COUNTERS.items():
            yield CounterMetricFamily(f"xingtu_{name}", text, value=getattr(stats, name))
