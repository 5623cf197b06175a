"""The command line `xingtu`: serve and query."""

import json
import socket
import subprocess
import sys
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse

from xingtu.server.cli import main

PREFIXES = """PREFIX ex: <https://example.org/ontology/>
PREFIX : <https://example.org/id/>
"""
MISSIONS = PREFIXES + "SELECT ?mission ?name { ?mission ex:name ?name } ORDER BY ?mission ?name"


@pytest.fixture
def run(store, monkeypatch):
    """Run a command over the small dataset."""
    monkeypatch.setattr("xingtu.server.engine.dataset.open_store", lambda: store)
    return lambda *arguments, **options: CliRunner().invoke(main, arguments, **options)


@pytest.fixture
def query_file(tmp_path):
    def write(text):
        path = tmp_path / "query.rq"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def assert_one_line_failure(result, status, *words):
    assert result.exit_code == status
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    for word in words:
        assert word in line


def test_query_draws_a_table_with_prefixed_names(run, query_file):
    result = run("query", query_file(MISSIONS))
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    assert rows == [
        [":change-7", "嫦娥七号"],
        [":tianwen-3", "Tianwen-3"],
        [":tianwen-3", "天问三号"],
    ]
    assert "3 rows" in lines[-1]


def test_table_shows_every_kind_of_term_and_takes_nothing_for_markup(run):
    query = (
        PREFIXES
        + """SELECT ?claim ?other ?markup ?unbound {
        ?c <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> ?claim
        BIND(<http://elsewhere.example/a> AS ?other) BIND("[bold]CNSA[/bold]" AS ?markup) }"""
    )
    table = run("query", "-", input=query).stdout
    assert "<<( :tianwen-3 ex:launchYear 2028 )>>" in table
    assert "<http://elsewhere.example/a>" in table
    assert "[bold]CNSA[/bold]" in table


def test_query_prints_csv_and_json(run, query_file):
    path = query_file(MISSIONS)
    assert run("query", path, "--format", "csv").stdout_bytes.startswith(b"mission,name\r\nhttps:")
    bindings = json.loads(run("query", path, "--format", "json").stdout)["results"]["bindings"]
    assert bindings[0]["name"] == {"type": "literal", "value": "嫦娥七号", "xml:lang": "zh"}


@pytest.mark.parametrize(("year", "printed"), [(2026, "true"), (1957, "false")])
def test_ask_prints_true_or_false(run, year, printed):
    query = PREFIXES + f"ASK {{ :change-7 ex:launchYear {year} }}"
    assert run("query", "-", input=query).stdout == printed + "\n"


def test_construct_prints_turtle_with_the_prefixes_of_the_query(run, store):
    query = PREFIXES + "CONSTRUCT { ?s ex:name ?o } { ?s ex:name ?o }"
    result = run("query", "-", input=query)
    triples = {quad.triple for quad in parse(result.stdout, RdfFormat.TURTLE)}
    assert triples == set(store.query(query, use_default_graph_as_union=True))
    assert "ex:name" in result.stdout


def test_query_takes_the_name_of_a_packaged_question(packaged_store):
    result = CliRunner().invoke(main, ["query", "members-of-the-ilrs"])
    assert "Venezuela" in result.stdout
    result = CliRunner().invoke(main, ["query", "member-of-the-ilrs"])
    assert_one_line_failure(result, 2, "member-of-the-ilrs,", "did you mean members-of-the-ilrs")


def test_the_real_graph_passes_every_check_and_what_is_skipped_is_said(tmp_path, packaged_store):
    result = CliRunner().invoke(main, ["check", "--articles", str(tmp_path / "nowhere")])
    assert result.exit_code == 0, result.output
    assert "SKIPPED offsets, hashes and copied text: no folder" in result.stderr
    assert result.stdout == "no problems found\n"


def test_build_that_cannot_write_says_so(tmp_path):
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["build", "--out", str(tmp_path / "file" / "out")])
    assert_one_line_failure(result, 1, "cannot write the release")


def test_expect_refuses_an_unknown_question_before_it_writes(packaged_store):
    result = CliRunner().invoke(main, ["expect", "places", "no-such-question"])
    assert_one_line_failure(result, 2, "no competency question no-such-question")


def test_failures_of_query_are_one_line(run, query_file, tmp_path):
    assert_one_line_failure(run("query", str(tmp_path / "none.rq")), 2, "none.rq")
    malformed = query_file("SELECT ?s\nWHERE { ?s ?p }")
    assert_one_line_failure(run("query", malformed), 1, "line 2, column ")
    federated = query_file("ASK { SERVICE <http://127.0.0.1/> { } }")
    assert_one_line_failure(run("query", federated), 1, "SERVICE")
    assert_one_line_failure(run("query", "-", input=b"ASK { # \xff\n}"), 1, "utf-8")


@pytest.mark.parametrize("command", [["query", "-"], ["serve", "--port", "0"]])
def test_missing_dataset_says_what_to_run(monkeypatch, tmp_path, command):
    monkeypatch.setattr("xingtu.server.engine.dataset.files", lambda package: tmp_path)
    assert_one_line_failure(CliRunner().invoke(main, command, input="ASK {}"), 1, "xingtu build")


def test_serve_says_that_the_port_is_taken(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_one_line_failure(run("serve", "--port", port), 1, port, "--port")


def test_serve_prints_the_url_it_answers_at(request):
    data = request.path.parent / "data" / "small.trig"
    command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
            with urlopen(url + "sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D", timeout=10) as answer:
                assert json.load(answer)["boolean"] is True
        finally:
            server.terminate()


def test_command_line_imports_nothing_heavy():
    code = "import sys, xingtu.server.cli; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"flask", "pyoxigraph", "rdflib", "rich", "uvicorn"} & set(result.stdout.split())
