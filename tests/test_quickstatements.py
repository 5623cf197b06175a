"""Facts for Wikidata: each line is what QuickStatements reads, true, referenced, and lacking there."""

import csv
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from pyoxigraph import DefaultGraph, Store

from xingtu.ontology import SPARQL_PREFIXES, load_schema
from xingtu.server.cli import main
from xingtu.server.failure import Failure
from xingtu.server.quickstatements import ask
from xingtu.triples.exports.quickstatements import Command, make_commands
from xingtu.triples.exports.times import Time, read_time
from xingtu.triples.exports.wikidata_properties import RULES
from xingtu.triples.iri import ID
from xingtu.triples.source import load_source

ITEM, TIME = r"Q[1-9]\d*", r"\+\d{4}-\d\d-\d\dT00:00:00Z/(?:9|10|11)"
VALUES = {
    "S248": ITEM,
    "S854": r'"https?://[^\s"|]+"',
    "S1476": r'en:"[^"|\t]+"',
    "S577": TIME,
    "P1480": "Q5727902",
}
"""The grammar of the values of qualifiers and references, after the parser of QuickStatements 3."""
OF_STATEMENTS = {"P1480", "P248", "P854"}
"""Properties of statements rather than of things: their list is apart from the verified one."""


def parse(line: str) -> tuple[str, str, str, list[tuple[str, str]], list[list[tuple[str, str]]]]:
    """Take a line apart: item, property, value, qualifiers, blocks of references."""
    match = re.fullmatch(r"([^|]*)\t/\* (\S+) \*/", line)
    assert match and match[2].startswith(ID + "claim-"), line
    item, pid, value, *rest = match[1].split("\t")
    assert re.fullmatch(ITEM, item) and re.fullmatch(r"P[1-9]\d*", pid), line
    assert re.fullmatch(f"{ITEM}|{TIME}", value), line
    assert len(rest) % 2 == 0, line
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    qualifiers = [pair for pair in pairs if pair[0].startswith("P")]
    assert pairs[: len(qualifiers)] == qualifiers, "qualifiers come first"
    blocks: list[list[tuple[str, str]]] = []
    for name, text in pairs[len(qualifiers) :]:
        if not blocks or name.startswith("!"):
            assert name.startswith("!") == bool(blocks), line
            blocks.append([])
        blocks[-1].append((name.removeprefix("!"), text))
    for name, text in pairs:
        assert re.fullmatch(VALUES[name.removeprefix("!")], text), (name, text)
    return item, pid, value, qualifiers, blocks


@pytest.fixture(scope="module")
def commands(packaged_store: Store) -> list[Command]:
    return make_commands(packaged_store)


@pytest.fixture
def change(packaged_store: Store) -> Callable[[str], list[Command]]:
    """Make the commands of a copy of the graph after an update."""

    def changed(update: str) -> list[Command]:
        store = Store()
        store.bulk_extend(q for q in packaged_store if q.graph_name == DefaultGraph())
        store.update(SPARQL_PREFIXES + update)
        return make_commands(store)

    return changed


def test_every_line_is_of_the_grammar_and_has_a_reference(commands: list[Command]) -> None:
    assert len(commands) >= 14
    assert len({(c.item, c.pid, c.value) for c in commands}) == len(commands)
    for command in commands:
        *_, blocks = parse(str(command))
        assert blocks
        assert all("S854" in dict(block) for block in blocks)


def test_only_verified_properties_are_used(commands: list[Command]) -> None:
    folder = os.environ.get("XINGTU_WIKIDATA")
    if not folder:
        pytest.skip("XINGTU_WIKIDATA does not name the folder of the verified properties")
    with (Path(folder) / "pids.csv").open(encoding="utf-8") as file:
        verified = {row["pid"] for row in csv.DictReader(file)}
    used = {re.sub("^S", "P", name) for name in VALUES} | {rule.pid for rule in RULES}
    assert len(used) >= 15
    assert used - verified <= OF_STATEMENTS


def test_every_rule_is_about_terms_of_the_ontology() -> None:
    schema = load_schema()
    for rule in RULES:
        terms = {name for name in re.findall(r"xt:(\w+)", rule.pattern) if name != "predicate"}
        known = schema.properties.keys() | schema.ancestors.keys() | schema.individuals.keys()
        assert terms <= known, (rule, terms - known)


def test_every_line_rests_on_a_factual_claim_that_its_reference_makes(
    commands: list[Command],
) -> None:
    source = load_source()
    statements = {statement.iri.value: statement for statement in source.statements}
    headers = {article.slug: article.header for article in source.articles}
    items = {mapping.item: mapping.subject for mapping in source.mappings}
    for command in commands:
        claim = statements[command.claim].claim
        assert (claim.modality, claim.one("claimStatus")) == ("factual", "accepted")
        assert items[command.item] in {claim.subject, claim.value} or command.pid in {
            "P619",
            "P620",
        }
        header = headers[claim.passage.article]
        own = {header.get("url")}
        if claim.one("by") == header.get("originalAuthor"):
            own |= {header["originalUrl"]}
        assert own & {reference.url for reference in command.references}, command


def test_nothing_planned_is_exported(packaged_store: Store, commands: list[Command]) -> None:
    """Where our property is nearly one of Wikidata's, what is only planned with it stays here."""
    rows = packaged_store.query(
        SPARQL_PREFIXES
        + """SELECT DISTINCT ?a ?q ?b { ?claim xt:subject ?x ; xt:predicate ?p ; xt:object ?y ; xt:modality ?mood .
        FILTER(?mood != xt:factual) ?p skos:closeMatch ?q . ?x skos:exactMatch ?a . OPTIONAL { ?y skos:exactMatch ?b }
        FILTER NOT EXISTS { ?other xt:subject ?x ; xt:predicate ?p ; xt:object ?y ; xt:modality xt:factual } }"""
    )
    planned = {tuple(term and term.value.rpartition("/")[2] for term in row) for row in rows}
    assert len(planned) >= 3
    assert not planned & {(c.item, c.pid, str(c.value)) for c in commands}


OPERATOR, LAUNCH = ("Q19867977", "P137"), ("Q65005927", "P619")
CLAIM = "?c xt:subject id:starlink ; xt:predicate xt:operatedBy"


@pytest.mark.parametrize(
    ("update", "gone"),
    [
        (f"DELETE {{ ?c xt:modality ?m }} INSERT {{ ?c xt:modality xt:plan }} WHERE {{ {CLAIM} ; xt:modality ?m }}", OPERATOR),
        (f"DELETE {{ ?c xt:modality ?m }} INSERT {{ ?c xt:modality xt:opinion }} WHERE {{ {CLAIM} ; xt:modality ?m }}", OPERATOR),
        (f"DELETE {{ ?c xt:claimStatus ?m }} INSERT {{ ?c xt:claimStatus xt:disputed }} WHERE {{ {CLAIM} ; xt:claimStatus ?m }}", OPERATOR),
        (f"INSERT {{ ?c xt:scopeAmbiguous true }} WHERE {{ {CLAIM} }}", OPERATOR),
        (f"INSERT {{ id:claim-x xt:contradicts ?c }} WHERE {{ {CLAIM} }}", OPERATOR),
        ("INSERT DATA { id:claim-x xt:subject id:starlink ; xt:predicate xt:operatedBy ; xt:object id:spacex ; xt:modality xt:negated }", OPERATOR),
        ("INSERT DATA { id:starlink xt:status xt:planned }", OPERATOR),
        ("INSERT DATA { id:spacex xt:status xt:underStudy }", OPERATOR),
        ("DELETE DATA { id:starlink xt:operatedBy id:spacex }", OPERATOR),
        ("DELETE WHERE { id:starlink skos:exactMatch ?q }", OPERATOR),
        ("DELETE WHERE { id:spacex skos:exactMatch ?q }", OPERATOR),
        ("DELETE WHERE { ?publication xt:url ?url }", OPERATOR),
        ("INSERT DATA { id:tianwen-2-launch xt:status xt:planned }", LAUNCH),
        ("DELETE WHERE { id:tianwen-2-launch xt:when ?d }", LAUNCH),
    ],
)  # fmt: skip
def test_what_is_no_longer_a_sourced_fact_is_not_exported(
    change, commands: list[Command], update: str, gone: tuple[str, str]
) -> None:
    assert gone in {(c.item, c.pid) for c in commands}
    assert gone not in {(c.item, c.pid) for c in change(update)}


def test_a_fact_stated_both_ways_round_is_one_line(change) -> None:
    was = "?c xt:subject id:starlink ; xt:predicate xt:operatedBy ; xt:object id:spacex ."
    now = "id:claim-x xt:subject id:spacex ; xt:predicate xt:operates ; xt:object id:starlink ; ?p ?o ."
    rest = "?c ?p ?o FILTER(?p NOT IN (xt:subject, xt:predicate, xt:object))"
    lines = change(f"INSERT {{ {now} id:spacex xt:operates id:starlink }} WHERE {{ {was} {rest} }}")
    assert [(line.item, line.pid) for line in lines].count(OPERATOR) == 1


def test_a_publication_with_an_item_is_what_the_fact_is_stated_in(change) -> None:
    lines = change("INSERT { ?p skos:exactMatch wd:Q1 } WHERE { ?p a xt:Publication ; xt:url ?u }")
    assert len(lines) >= 14
    assert all(dict(block)["S248"] == "Q1" for line in lines for block in parse(str(line))[-1])


def test_an_approximate_date_has_its_sourcing_circumstances(change) -> None:
    update = """DELETE { ?s xt:when ?d . ?c xt:valueText ?d } INSERT { ?s xt:when "2025-06~" . ?c xt:valueText "2025-06~" }
        WHERE { ?c xt:subject ?s ; xt:predicate xt:when ; xt:valueText ?d FILTER(?s = id:tianwen-2-launch) }"""
    lines = change(update)
    (line,) = (line for line in lines if (line.item, line.pid) == LAUNCH)
    *_, value, qualifiers, _ = parse(str(line))
    assert value == "+2025-06-00T00:00:00Z/10"
    assert qualifiers == [("P1480", "Q5727902")]


def test_a_threshold_counts_claimants_not_articles(packaged_store: Store) -> None:
    (only,) = make_commands(packaged_store, sources=2)
    assert (only.item, only.pid, only.value) == ("Q5100935", "P17", "Q148")
    assert len(parse(str(only))[-1]) == 2
    assert make_commands(packaged_store, sources=3) == []


@pytest.mark.parametrize(
    ("edtf", "utc", "time"),
    [
        ("2020", False, Time(2020)),
        ("2020", True, Time(2020)),
        ("2025-05", True, Time(2025, 5)),
        ("2025-05-29", False, Time(2025, 5, 29)),
        ("2025-05-29", True, Time(2025, 5)),
        ("2025-05-31", True, Time(2025)),  # perhaps already June in UTC
        ("2025-12-31", True, None),
        ("2025-05-29~", False, Time(2025, 5, 29, circa=True)),
        ("2028~", True, Time(2028, circa=True)),
        ("2028?", False, None),
        ("2028%", False, None),
        ("205X", False, None),
        ("2025/..", False, None),
        ("2026-10/2026-12", False, None),
        ("1582-10-15", False, None),
    ],
)
def test_a_date_is_exact_or_nothing(edtf: str, utc: bool, time: Time | None) -> None:
    assert read_time(edtf, utc=utc) == time


MADE = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix p: <http://www.wikidata.org/prop/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> . @prefix psv: <http://www.wikidata.org/prop/statement/value/> .
@prefix wikibase: <http://wikiba.se/ontology#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix wds: <http://www.wikidata.org/entity/statement/> .
wd:Q1490 p:P17 wds:a . wds:a ps:P17 wd:Q17 .
wd:Q10944018 p:P17 wds:b . wds:b ps:P17 wd:Q148 ; wikibase:rank wikibase:DeprecatedRank .
wd:Q19867977 p:P137 wds:c . wds:c ps:P137 wd:Q1 .
wd:Q23580572 p:P619 wds:d . wds:d ps:P619 "2020-07-23T00:00:00Z"^^xsd:dateTime ; psv:P619 wds:e .
wds:e wikibase:timePrecision 11 .
wd:Q65005927 p:P619 wds:f . wds:f ps:P619 "2024-05-01T00:00:00Z"^^xsd:dateTime ; psv:P619 wds:g .
wds:g wikibase:timePrecision 10 .
"""
"""Made up in the shape of Wikidata's RDF: known, deprecated, other, agreeing and differing values."""


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[str]:
    """A SPARQL endpoint on loopback with the made statements and, where it is, the real slice."""
    files = [tmp_path_factory.mktemp("wikidata") / "made.ttl"]
    files[0].write_text(MADE, "utf-8")
    if folder := os.environ.get("XINGTU_WIKIDATA"):
        files.append(Path(folder) / "slice.nt.gz")
    command = [sys.executable, "-m", "xingtu.server.cli", "serve", "--port", "0", *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield re.search(r"http://\S+", server.stdout.readline()).group() + "sparql"
        finally:
            server.terminate()


def test_what_the_service_has_is_left_out(service: str, commands: list[Command]) -> None:
    result = CliRunner().invoke(main, ["export", "quickstatements", "--check", service])
    assert result.exit_code == 0, result.output
    left = {(command.item, command.pid) for command in commands} - {
        parse(line)[:2] for line in result.stdout.splitlines()
    }
    assert left == {("Q1490", "P17"), ("Q10944018", "P17"), ("Q23580572", "P619"), LAUNCH}
    assert "Q65005927 P619: Wikidata has another date" in result.stderr
    assert f"{len(commands)} statements: {len(commands) - 4} lacking, 3 known" in result.stderr


def test_real_statements_of_wikidata_are_known(service: str) -> None:
    folder = os.environ.get("XINGTU_WIKIDATA")
    if not folder:
        pytest.skip("XINGTU_WIKIDATA does not name the folder of the slice")
    with gzip.open(Path(folder) / "slice.nt.gz", "rt", encoding="utf-8") as file:
        wdt = (
            r"<http://www.wikidata.org/entity/(Q\d+)> <http://www.wikidata.org/prop/direct/(P\d+)> "
        )
        found = [re.match(wdt + r"<http://www.wikidata.org/entity/(Q\d+)>", line) for line in file]
    real = [Command(*match.groups(), (), "") for match in found if match][:200]
    unreal = [Command(each.item, each.pid, "Q1", (), "") for each in real]
    assert len(real) >= 100
    comparison = ask(real + unreal, service)
    assert comparison.known == real
    assert comparison.lacking == unreal


@pytest.fixture
def answering() -> Iterator[Callable[[int, bytes], str]]:
    """Start services that answer everything alike."""
    started: list[HTTPServer] = []

    def start(status: int, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        started.append(HTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=started[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{started[-1].server_port}/sparql"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, b"slow down"),
        (500, b"timeout"),
        (302, b""),
        (200, b"<html>"),
        (200, b'{"head": {"vars": ["item"]}, "results": {"bindings": ['),
        (200, b'{"head": {}, "boolean": true}'),
        (200, b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}'),
    ],
)
def test_a_service_that_cannot_answer_is_a_failure(
    answering, commands: list[Command], status: int, body: bytes
) -> None:
    url = answering(status, body)
    with pytest.raises(Failure, match=f"^{url} could not be asked: "):
        ask(commands, url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/sparql", "gopher://x", "nonsense"])
def test_an_address_where_nothing_answers_is_a_failure(url: str, commands: list[Command]) -> None:
    with pytest.raises(Failure, match="could not be asked"):
        ask(commands, url)


def test_what_could_not_be_checked_is_said_and_written(answering, commands: list[Command]) -> None:
    url = answering(429, b"slow down")
    result = CliRunner().invoke(main, ["export", "quickstatements", "--check", url])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [str(command) for command in commands]
    assert result.stderr == f"not checked: {url} could not be asked: it answered 429: slow down\n"


def test_files_instead_of_the_packaged_graph(tmp_path: Path) -> None:
    (tmp_path / "empty.nq").touch()
    out = tmp_path / "out.txt"
    arguments = ["export", "quickstatements", "--offline", "--out", str(out)]
    assert CliRunner().invoke(main, [*arguments, str(tmp_path / "empty.nq")]).exit_code == 0
    assert out.read_text() == ""
    (tmp_path / "broken.nq").write_text("<")
    result = CliRunner().invoke(main, [*arguments, str(tmp_path / "broken.nq")])
    assert result.exit_code == 1
    assert "broken.nq" in result.stderr
