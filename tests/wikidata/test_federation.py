"""SERVICE: what travels, and what is told when it fails."""

import gc
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from pyoxigraph import Store

from xingtu.queries import FEDERATED, load_questions
from xingtu.server.cli import main
from xingtu.server.engine.evaluate import Dataset
from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.remote import RemoteEngine
from xingtu.server.gate import inspect_query
from xingtu.server.http.policy import Policy
from xingtu.server.http.sparql import SparqlEndpoint
from xingtu.server.operation.settings import WIKIDATA, Settings
from xingtu.server.remote.store import RemoteStore
from xingtu.server.serving import read_query

QUESTIONS = load_questions(FEDERATED)
NAME = "SELECT ?label { SERVICE <%s> { <http://www.wikidata.org/entity/Q23580572> <http://www.w3.org/2000/01/rdf-schema#label> ?label } }"
SERVICE_BLOCK = re.compile(r"SERVICE <[^>]+> \{((?:[^{}]|\{[^{}]*\})*)\}")
VALUES_BLOCK = re.compile(r"VALUES \?item \{([^}]+)\}")


@pytest.fixture
def ask(send, standin, packaged_store: Store):
    """Ask the endpoint, which may reach the stand-in."""
    policy = Policy(services=(standin.sparql,))
    endpoint = SparqlEndpoint(LocalEngine(packaged_store), authorize=lambda _: None, policy=policy)

    def ask(query: str):
        response = send(endpoint, "GET", "/sparql?" + urlencode({"query": query}))
        return response.status, json.loads(response.body)

    return ask


def at(standin, text: str) -> str:
    """Send a question to the stand-in rather than to Wikidata."""
    assert WIKIDATA[0] in text
    return text.replace(WIKIDATA[0], standin.sparql)


def test_wikidata_is_allowed_by_default_and_nothing_else() -> None:
    assert Settings().services == WIKIDATA
    for question in QUESTIONS:
        assert inspect_query(question.text, services=Settings().services).services == WIKIDATA[:1]


def test_there_are_questions_for_both() -> None:
    assert len(QUESTIONS) >= 3
    assert {q.name for q in QUESTIONS}.isdisjoint(q.name for q in load_questions())


FLOORS = {
    "chinese-names-of-states-in-wikidata": 12,
    "government-agencies-of-ilrs-members": 4,
    "launch-dates-here-and-in-wikidata": 2,
}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_joins_our_facts_with_those_there(question, ask, standin, known) -> None:
    status, found = ask(at(standin, question.text))
    rows = found["results"]["bindings"]
    assert status == 200 and len(rows) >= FLOORS[question.name]
    assert all(len(row) >= 3 for row in rows)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_few_rows_travel(question, ask, standin) -> None:
    ask(at(standin, question.text))
    assert len(standin.log) == 1, "one request, not one a row"
    asked = standin.log[0][1]["query"]
    there = json.loads(standin.select(asked)[3])["results"]["bindings"]
    assert "VALUES" in asked and len(there) <= 40
    assert standin.sent < 20_000


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_values_are_those_of_our_graph(question, packaged_store: Store) -> None:
    (block,) = SERVICE_BLOCK.findall(question.text)
    (values,) = VALUES_BLOCK.findall(block)
    local = re.sub(r"SELECT .*", "SELECT DISTINCT ?item", SERVICE_BLOCK.sub("", question.text))
    items = {
        row["item"].value for row in Dataset(packaged_store).solve(re.sub(r"ORDER BY.*", "", local))
    }
    written = [name.replace("wd:", "http://www.wikidata.org/entity/") for name in values.split()]
    assert sorted(written) == sorted(items), "name the items of our graph in VALUES"


FAULTS = {
    "down": (503, "10"), "busy": (429, "5"), "forbidden": (403, ""), "cut off": ("cut", ""),
    "no results": ("page", ""), "moved": ("moved", ""),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_service_that_fails_is_named(fault, ask, standin) -> None:
    standin.faults.append(fault)
    status, problem = ask(NAME % standin.sparql)
    assert status == problem["status"] == 502
    assert standin.sparql in problem["detail"]
    assert "\n" not in problem["detail"] and len(problem["detail"]) < 600


def test_a_service_that_is_not_there_is_named(send, packaged_store: Store, standin) -> None:
    standin.close()
    policy = Policy(services=(standin.sparql,))
    endpoint = SparqlEndpoint(LocalEngine(packaged_store), authorize=lambda _: None, policy=policy)
    target = "/sparql?" + urlencode({"query": NAME % standin.sparql})
    response = send(endpoint, "GET", target)
    assert response.status == 502 and standin.sparql in json.loads(response.body)["detail"]


def test_a_redirect_of_a_service_is_not_followed(ask, standin) -> None:
    standin.faults.append(("moved", ""))
    assert ask(NAME % standin.sparql)[0] == 502
    assert [path for path, _ in standin.log] == ["/sparql"]


@pytest.mark.parametrize(
    "pattern",
    [
        "FILTER EXISTS { %s }",
        "FILTER NOT EXISTS { ?s ?q ?r { %s } }",
        "MINUS{%s}",
        "LATERAL { SELECT * { %s } }",
        "BIND(exists{%s} AS ?b)",
    ],
)
def test_where_a_service_would_fail_unseen_or_be_asked_for_each_row_it_is_refused(
    ask, standin, pattern
) -> None:
    service = f"SERVICE <{standin.sparql}> {{ ?s ?x ?y }}"
    status, problem = ask("SELECT * { ?s ?p ?o . " + pattern % service + " }")
    assert status == 403 and "EXISTS" in problem["detail"]
    assert not standin.log


def test_a_group_beside_exists_may_have_a_service(ask, standin) -> None:
    query = NAME.replace("SELECT ?label {", "SELECT ?label { FILTER EXISTS { ?s ?p ?o }")
    assert ask(query % standin.sparql)[0] == 200


def test_silence_is_kept_only_when_it_is_asked_for(ask, standin) -> None:
    standin.faults.append((503, ""))
    status, found = ask((NAME % standin.sparql).replace("SERVICE", "SERVICE SILENT"))
    assert status == 200 and found["results"]["bindings"] == [{}]


def test_a_store_elsewhere_asks_for_itself_and_its_failure_is_told(send, standin) -> None:
    store = RemoteStore(query=standin.sparql)
    service = WIKIDATA[0]
    endpoint = SparqlEndpoint(
        RemoteEngine(store), authorize=lambda _: None, policy=Policy(services=(service,))
    )
    standin.faults.append((500, ""))
    response = send(endpoint, "GET", "/sparql?" + urlencode({"query": NAME % service}))
    assert response.status == 502 and service in json.loads(response.body)["detail"]
    assert f"SERVICE <{service}>" in standin.log[0][1]["query"]
    refused = send(endpoint, "GET", "/sparql?" + urlencode({"query": NAME % "http://127.0.0.1:1/"}))
    assert refused.status == 403 and len(standin.log) == 1


def test_a_worker_of_a_real_server_reaches_the_service_and_its_deadline_holds(standin) -> None:
    command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0"]
    command += ["--timeout", "3", "--services", standin.sparql]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            base = re.search(r"http://\S+", process.stdout.readline()).group()

            def ask(query: str):
                try:
                    url = base + "sparql?" + urlencode({"query": query, "format": "json"})
                    with urllib.request.urlopen(url, timeout=30) as response:
                        return response.status, json.load(response)
                except urllib.error.HTTPError as error:
                    return error.code, json.load(error)

            question = next(q for q in QUESTIONS if q.name.startswith("launch"))
            status, found = ask(at(standin, question.text))
            assert status == 200 and len(found["results"]["bindings"]) >= FLOORS[question.name]
            standin.faults.append(("hang", "6"))
            status, problem = ask(NAME % standin.sparql)
            assert status == 503 and standin.sparql in problem["detail"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def test_the_workbench_and_the_command_line_know_the_questions(client) -> None:
    listed = client.get("/query?find=federated").text
    for question in QUESTIONS:
        assert question.title in listed
        assert client.get(f"/query/{question.name}.rq").text == question.text
        assert read_query(question.name) == question.text


def test_the_command_line_tells_of_a_service_that_fails(
    standin, monkeypatch, packaged_store
) -> None:
    monkeypatch.setattr(
        "xingtu.server.serving.Settings", lambda: Settings(services=(standin.sparql,))
    )
    question = next(q for q in QUESTIONS if q.name.startswith("launch"))
    text = at(standin, question.text)
    answered = CliRunner().invoke(main, ["query", "-", "--format", "csv"], input=text)
    assert "Tianwen-2,2025-05-29,2025-05-28T00:00:00Z" in answered.output, answered.output
    standin.faults.append((503, ""))
    failed = CliRunner().invoke(main, ["query", "-"], input=text)
    assert failed.exit_code == 1 and standin.sparql in failed.output
    del answered, failed
    gc.collect()  # click's result holds those of the engine, which this thread only may let go
