"""What Prometheus reads is what happened."""

from prometheus_client.parser import text_string_to_metric_families

from xingtu.server.http.message import Request, Response
from xingtu.server.operation.metrics import CONTENT_TYPE, Metrics, Stats


def read(metrics: Metrics) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read what is rendered as Prometheus does: values by name and labels."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"xingtu_{name}", frozenset(labels.items())


def test_requests_are_counted_by_endpoint_method_and_status() -> None:
    metrics = Metrics(Stats)
    for path, status in (("/sparql", 200), ("/sparql", 200), ("/sparql", 400), ("/gsp/a/b", 200)):
        metrics.observe(Request("GET", path), Response(status), 0.02)
    found = read(metrics)
    assert found[key("requests_total", endpoint="sparql", method="GET", status="200")] == 2
    assert found[key("requests_total", endpoint="sparql", method="GET", status="400")] == 1
    assert found[key("requests_total", endpoint="gsp", method="GET", status="200")] == 1


def test_the_time_of_requests_is_measured() -> None:
    metrics = Metrics(Stats)
    for seconds in (0.002, 0.02, 20):
        metrics.observe(Request("GET", "/sparql"), Response(), seconds)
    found = read(metrics)
    assert found[key("request_seconds_bucket", endpoint="sparql", le="0.03")] == 2
    assert found[key("request_seconds_sum", endpoint="sparql")] == 20.022


def test_failures_are_counted_by_why() -> None:
    metrics = Metrics(Stats)
    for notes in ({"problem": "TimedOut"}, {"problem": "TimedOut"}, {"outcome": "client left"}):
        metrics.observe(Request("GET", "/sparql"), Response(503, notes=notes), 0.02)
    metrics.observe(Request("GET", "/sparql"), Response(), 0.02)
    found = {k: v for k, v in read(metrics).items() if k[0] == "xingtu_failures_total"}
    assert found == {
        key("failures_total", outcome="TimedOut"): 2,
        key("failures_total", outcome="client left"): 1,
    }


def test_clients_cannot_make_series() -> None:
    metrics = Metrics(Stats)
    for n in range(50):
        metrics.observe(Request(f"M{n}", f"/p{n}/x"), Response(404), 0.01)
        metrics.observe(Request("GET", f"no-slash-{n}"), Response(404), 0.01)
    totals = [k for k in read(metrics) if k[0] == "xingtu_requests_total"]
    assert len(totals) == 2


def test_state_is_read_when_it_is_asked_for() -> None:
    states = iter([Stats(waiting=3, quads=7, dataset="v1"), Stats(waiting=0, timeouts=2)])
    metrics = Metrics(lambda: next(states))
    first, second = read(metrics), read(metrics)
    assert (first[key("waiting")], second[key("waiting")]) == (3, 0)
    assert (first[key("timeouts_total")], second[key("timeouts_total")]) == (0, 2)
    assert first[key("quads")] == 7
    assert key("quads") not in second  # not known is not 0
    (info,) = [dict(labels) for name, labels in first if name == "xingtu_info"]
    assert info["dataset"] == "v1"
    assert info["version"]


def test_every_number_of_the_state_is_shown() -> None:
    names = {name for name in Stats.__dataclass_fields__ if name != "dataset"}
    values = {name: number for number, name in enumerate(sorted(names), 100)}
    found = {name: value for (name, _), value in read(Metrics(lambda: Stats(**values))).items()}
    for name, value in values.items():
        assert value in (found.get(f"xingtu_{name}"), found.get(f"xingtu_{name}_total")), name


def test_two_servers_in_a_process_count_apart() -> None:
    one, other = Metrics(Stats), Metrics(Stats)
    one.observe(Request("GET", "/sparql"), Response(), 0.01)
    assert not [k for k in read(other) if k[0] == "xingtu_requests_total"]


def test_the_process_is_measured_in_a_type_that_prometheus_reads() -> None:
    assert ("process_resident_memory_bytes", frozenset()) in read(Metrics(Stats))
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")
