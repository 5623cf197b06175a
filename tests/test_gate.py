"""The gate, against the engine it stands before: what it refuses, what it tells, what it rewrites."""

import random
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib.resources import files

import pytest
from pyoxigraph import Store

from xingtu.server.errors import (
    DatasetConflict,
    InvalidGraphName,
    MalformedQuery,
    QueryTooComplex,
    QueryTooLong,
    RefusedOperation,
)
from xingtu.server.gate import (
    MAX_QUERY_LENGTH,
    MAX_UPDATE_LENGTH,
    inject_using,
    inspect_query,
    inspect_update,
)
from xingtu.server.gate.facts import _inspect_closely
from xingtu.server.gate.plain import find_plain_form
from xingtu.server.gate.prologue import resolve
from xingtu.server.gate.shape import MAX_CLAUSES, MAX_NESTING, MAX_OPERATORS
from xingtu.server.gate.tokens import locate, tokenize

# The engine itself sends nothing to 127.0.0.1:9, a port of another protocol.


def is_query(text):
    """Whether the engine finds no fault with the syntax."""
    try:
        Store().query(text)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        pass  # it was evaluated
    return True


def is_update(text):
    try:
        Store().update(text)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        pass
    return True


def has_keyword(text, keyword, is_legal):
    """Whether the engine reads these letters as a keyword somewhere; None if the text is no SPARQL.

    If they are but a part of strings, comments and names, others will do as well.
    """
    if not is_legal(text):
        return None
    others = re.sub(f"(?ai){keyword}", lambda m: m[0][:-1] + ("x" if m[0].islower() else "X"), text)
    return not is_legal(others)


# What a query is


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("select?x{}", "SELECT"),
        ("SELECTDISTINCT ?x {}", "SELECT"),
        ("ASK{}", "ASK"),
        ("# SELECT\nPREFIX select: <http://select/> ASK {}", "ASK"),
        ("PREFIX:<http://x/#>BASE<http://x/>CONSTRUCT { } WHERE { }", "CONSTRUCT"),
        ("VERSION '1.2' PREFIX : <http://x/> DESCRIBE :x", "DESCRIBE"),
        ("PREFIXa:<http://x/>DESCRIBEa:x", "DESCRIBE"),
    ],
)
def test_form_is_told(query, form):
    assert inspect_query(query).form == form
    assert is_query(query)


@pytest.mark.parametrize("query", ["", "CLEAR ALL", "{", "PREFIX", "PREFIX a: ASK {}", "BASE", "<"])
def test_form_that_cannot_be_told_is_left_to_the_engine(query):
    assert inspect_query(query).form is None
    assert not is_query(query)


def test_own_queries_pass():
    queries = [path for path in files("xingtu.queries").iterdir() if path.name.endswith(".rq")]
    assert len(queries) > 50
    for path in queries:
        text = path.read_text("utf-8")
        facts = inspect_query(text)
        assert f"\n{facts.form}" in f"\n{text}"
        assert facts.deterministic and facts.knows_dataset and not facts.services


@pytest.mark.parametrize(
    ("query", "stable"),
    [
        ("ASK { FILTER(NOW() > 1) }", False),
        ("SELECT (rand() AS ?x) {}", False),
        ("SELECT (UUID() AS ?x) {}", False),
        ("SELECT (STRUUID() AS ?x) {}", False),
        ("SELECT (BNODE() AS ?x) {}", False),
        ("ASK { ?now ?rand 'NOW()' } # RAND()", True),
        (
            "PREFIX now: <http://x/> SELECT (now:uuid AS ?x) { <http://x/rand> ?p '''UUID()''' }",
            True,
        ),
    ],
)
def test_volatile_functions_are_found(query, stable):
    assert inspect_query(query).deterministic is stable
    assert is_query(query)


# The dataset of a query


@pytest.mark.parametrize(
    ("query", "default", "named"),
    [
        ("SELECT * { ?from ?p 'FROM <http://x/>' } # FROM <http://x/>", [], []),
        ("SELECT * FROM <http://x/a> FROM<http://x/b>{}", ["http://x/a", "http://x/b"], []),
        ("ASK from named <http://x/a> From <http://x/b> {}", ["http://x/b"], ["http://x/a"]),
        (r"ASK FROM <http://x/\u0061> {}", ["http://x/a"], []),
        ("PREFIX p: <http://x/> ASK FROM p:a#b\nFROM NAMED p: {}", ["http://x/a"], ["http://x/"]),
        (r"PREFIX p: <http://x/> ASK FROM p:a\#b%20c {}", ["http://x/a#b%20c"], []),
        ("PREFIX p: <http://x/> PREFIX p: <http://y/> ASK FROM p:a {}", ["http://y/a"], []),
        ("PREFIXp:<http://x/>PREFIX:<http://y/>ASK FROM p:a FROM :a {}", ["http://x/a", "http://y/a"], []),
        ("BASE <http://x/a/b> PREFIX : <#> ASK FROM <c> FROM :d {}", ["http://x/a/c", "http://x/a/b#d"], []),
        ("BASE <http://x/a/> BASE <b/> ASK FROM <c> {}", ["http://x/a/b/c"], []),
        ("PREFIX from: <http://x/> ASK FROM from:from { ?s from:a ?o }", ["http://x/from"], []),
        ("SELECT (1 < 2 AS ?x) (')' AS ?y) FROM <http://x/a> {}", ["http://x/a"], []),
        ("CONSTRUCT { <http://x/> <http://x/> [] } FROM <http://x/a> WHERE {}", ["http://x/a"], []),
        ("DESCRIBE <http://x/> FROM <http://x/a>", ["http://x/a"], []),
    ],
)  # fmt: skip
def test_from_is_read(query, default, named):
    facts = inspect_query(query)
    assert ([*facts.default_graphs], [*facts.named_graphs]) == (default, named)
    assert facts.knows_dataset
    assert is_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX a: <http://x/> ASK FROMa:b {}",
        "ASK FROMNAMED<http://x/> {}",
        "BASE <http://x/a/b> ASK FROM <../c> {}",
        "SELECT (1<?o#c>'\n AS ?x) FROM <http://x/> { ?s ?p '' }",
    ],
)
def test_from_that_cannot_be_read_is_left_to_the_engine(query):
    facts = inspect_query(query)
    assert (facts.default_graphs, facts.named_graphs, facts.knows_dataset) == ((), (), False)
    assert is_query(query)


def test_relative_graphs_are_resolved_against_the_given_base():
    assert inspect_query("ASK FROM <g> {}", base_iri="http://x/y").default_graphs == ("http://x/g",)
    assert not inspect_query("ASK FROM <g> {}").knows_dataset


def test_iris_are_resolved_as_the_engine_does():
    draw = random.Random(5)
    resolved = 0
    for _ in range(2_000):
        base = draw.choice(["http://h/a/b?q#f", "http://h", "https://h:80/a//", "urn:x:y", "a:b/c"])
        parts = draw.choices(["a", "b:", "/", "?", "#", ".", "..", "//", ";", "é"], k=3)
        reference = "".join(parts)
        ours = resolve(reference, base)
        try:
            (row,) = Store().query(f"SELECT (<{reference}> AS ?x) {{}}", base_iri=base)
        except SyntaxError:
            continue
        if ours is not None:
            assert ours == row["x"].value, (reference, base)
            resolved += 1
    assert resolved > 500


# Requests to other endpoints

DECLARED = "PREFIX x: <http://127.0.0.1:9/> PREFIX : <http://127.0.0.1:9/> "
UNFIT = "PREFIX e: <http://x:80> PREFIX h: <http://x/#> PREFIX f: <http://127.0.0.1:9/> "

SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent ?x\n{ } VALUES ?x { <http://127.0.0.1:9/> } }",
    "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1:9/>{} }",
    "SELECT * { ?s ?p trueSERVICE SILENT# {\n<http://127.0.0.1:9/>#\r{} }",
    "SELECT * { ?s ?p ?o FILTER(1<?o#c>'''\n) SERVICE <http://127.0.0.1:9/> {} } # '''",
    "SELECT (1<?o#c>'''\n AS ?x) { SERVICE <http://127.0.0.1:9/> {} } # '''",
    "SELECT * { ?s <http://x/'> ?o . SERVICE <http://127.0.0.1:9/> {} } # '",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1:9/> {} } }",
    "SELECT * { VALUES ?x { '''a' # \\uD800\n } SERVICE <http://127.0.0.1:9/> {} # '''\n }",
    "SELECT * { VALUES ?x { '''a' } SERVICE <http://127.0.0.1:9/> {} # \\u12'''\n }",
    "SELECT * { ?s ?p ?o # ?x\rSERVICE <http://127.0.0.1:9/> {} }",
    "SELECT * { { SELECT * {} ORDER BY (?a<?o#c>'\n) } SERVICE <http://127.0.0.1:9/> {} # '\n }",
    "BASE <http://x/> SELECT * { FILTER(?x<<a#'>) SERVICE <http://127.0.0.1:9/> {} #\n }",
    DECLARED + "SELECT * { ?s ?p ?o . SERVICE:x {} }",
    DECLARED + "SELECT * { ?s ?p ?o ; SERVICEx:a {} }",
    DECLARED + "SELECT * { ?s ?p ?o SERVICESILENTx:a {} }",
    DECLARED + r"SELECT * { ?s x:a\#b ?o . SERVICE x:\#a {} }",
    DECLARED + "SELECT * { ?s ?p true.SERVICE:x {} }",
    DECLARED + "SELECT * { ?s ?p :a.b.SERVICE<http://127.0.0.1:9/> {} }",
    DECLARED + "PREFIX service: <http://x/> SELECT * { ?s ?p ?o . service:a {} }",
    # What makes no IRI is no name: here <http://x:80> ends, and the keyword begins.
    UNFIT + "SELECT * { ?s ?p e:SERVICE <http://127.0.0.1:9/> {} }",
    UNFIT + "SELECT * { ?s e:trueSERVICE <http://127.0.0.1:9/> {} }",
    UNFIT + r"SELECT * { ?s ?p h:SERVICEf:a\#b {} }",
    UNFIT + r"SELECT * { ?s e:true.f:a.b\' ?p ?o . SERVICE <http://127.0.0.1:9/> {} # '" + "\n }",
    DECLARED + "PREFIX \ufff0: <http://127.0.0.1:9/> SELECT * { ?s ?p x:SERVICE\ufff0:a {} }",
]  # fmt: skip


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused(query):
    with pytest.raises(RefusedOperation):
        inspect_query(query)
    with pytest.raises(RefusedOperation):
        inspect_update(re.sub(r"SELECT[^{]*", "DELETE {} WHERE", query, count=1))
    assert has_keyword(query, "SERVICE", is_query) is True


NO_SERVICES = [
    "SELECT ?service ?x { ?x ?y ?service }",
    "SELECT * { ?x <http://x/service#a> ?y . FILTER(?x = 'SERVICE ?x {' && ?x < ?y) } # SERVICE ?x {",
    "SELECT * { ?s ?p '''SERVICE <http://x/> { ' \\' \\u0027 '''\n, \"SERVICE ?x { \\\" \" }",
    "SELECT * { VALUES (?a ?b) { (1 <http://x/#'>) (2 <http://x/service#(>) } # SERVICE <http://x/> {\n }",
    "SELECT * { ?s ?p ('a' <http://x#a>) # SERVICE <http://x/> {\n }",
    "SELECT * { # SERVICE <https://query.wikidata.org/sparql> {\n ?s ?p ?o #}\n }",
    "SELECT * { FILTER(?a<?b&&?c>?d) FILTER(?a < abs(?b)) ?s ?p 'service' }",
    "SELECT * { ?s ?p 'x'@en-service { } }",
    "SELECT * { _:service ?p ?o { } }",
    "PREFIX x: <http://x/> SELECT * { ?s x:service ?o { } }",
    "PREFIX x: <http://x/> SELECT * { ?s x:inService <http://x/> { } }",
    "PREFIX service: <http://x/> SELECT * { GRAPH service:a { ?s ?p ?o } }",
    "PREFIX service: <http://x/> PREFIX : <http://x/> SELECT * { GRAPH service:a { ?s ?p ?o } }",
    "PREFIX service: <http://x/> SELECT * { ?s ?p service:a { ?s ?p ?o } }",
    "PREFIX service: <http://x/> SELECT * FROM service:a { ?s service:p ?o }",
    "PREFIX service: <http://x/> DESCRIBE service:a { ?s ?p ?o }",
    "BASE <http://x/> SELECT * { ?s <service> ?o }",
]  # fmt: skip


@pytest.mark.parametrize("query", NO_SERVICES)
def test_the_word_service_alone_is_not_refused(query):
    assert not inspect_query(query).services
    assert has_keyword(query, "SERVICE", is_query) is False


@pytest.mark.parametrize(
    "query",
    [
        r"ASK { \u0053ERVICE <http://127.0.0.1:9/> {} }",
        r"ASK { ?s ?p '\u0027 . SERVICE <http://127.0.0.1:9/> {} #' }",
    ],
)
def test_escapes_of_codepoints_hide_nothing(query):
    """Not even from an engine that replaces them before anything else (SPARQL 1.1 §19.2)."""
    with pytest.raises(RefusedOperation):
        inspect_query(query)


def test_the_engine_replaces_escapes_in_strings_and_iris_only():
    assert not is_query(r"\u0041SK {}")
    assert not is_query(r"ASK { ?\u0041 ?p ?o }")
    assert is_query(r"ASK { ?s <http://x/\u0041> '\u0027' }")


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <http://a/sparql> {}",
        "service silent <http://a/sparql>{}",
        "SERVICE a:sparql {}",
        r"SERVICE <http://a/\u0073parql> {}",
    ],
)
def test_service_is_allowed_by_the_exact_iri(clause):
    query = "PREFIX a: <http://a/> SELECT * { " + clause + " }"
    facts = inspect_query(query, services={"http://a/sparql"})
    assert facts.services and not facts.deterministic
    for others in ((), ("http://a/",), ("http://a/sparql/",), ("http://a/SPARQL", "a:sparql")):
        with pytest.raises(RefusedOperation, match="<http://a/sparql> .* --services http://a/"):
            inspect_query(query, services=others)


@pytest.mark.parametrize(
    "clauses",
    [
        "SERVICE ?x {}",
        "SERVICE SILENT $x {}",
        "SERVICE <http://a/> {} SERVICE <http://b/> {}",
        "SERVICE <http://a/> { SERVICE SILENT <http://b/> {} }",
        "SERVICE a: {}",
        "SERVICE b:a {}",
        "SERVICE <a> {}",
        "SERVICE silenta: {}",
        "SERVICESILENTa: {}",
        "SERVICEa: {}",
        "SERVICE",
    ],
)
def test_other_services_are_refused_beside_allowed_ones(clauses):
    query = "PREFIX a: <http://b/> PREFIX silenta: <http://a/> SELECT * { " + clauses + " }"
    with pytest.raises(RefusedOperation):
        inspect_query(query, services={"http://a/"})


def test_the_engine_asks_the_endpoint_that_was_allowed():
    paths = {r"<ROOT\u0062>": "b", "x:c.d": "c.d", r"x:e\;f%20": "e;f%20", "<g>": "g", "<ROOT>": ""}
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            for _ in paths:
                with server.accept()[0] as connection:
                    asked.append(connection.recv(4096).split()[1].decode())

        listener = threading.Thread(target=listen)
        listener.start()
        root = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for target, path in paths.items():
            prologue = f"BASE <{root}z> PREFIX x: <{root}y/> PREFIX x: <{root}> "
            query = prologue + f"ASK {{ SERVICE {target.replace('ROOT', root)} {{}} }}"
            assert inspect_query(query, services={root + path}).services
            with pytest.raises(OSError):
                Store().query(query)
        listener.join()
    assert asked == ["/" + path for path in paths.values()]


# Documents to load

LOADS = [
    "LOAD <http://127.0.0.1:9/>",
    "CLEAR ALL;load silent<http://127.0.0.1:9/>INTO GRAPH <http://x/>",
    "LOADSILENT<http://127.0.0.1:9/>INTOGRAPH<http://x/>",
    "PREFIX x: <http://127.0.0.1:9/> LOADx:a",
    "PREFIX : <http://127.0.0.1:9/> CLEAR ALL;LOAD:a",
    "PREFIX x: <http://127.0.0.1:9/> LOADSILENTx:a",
    "INSERT {} WHERE { FILTER(1<?o#c>'''\n) }; LOAD <http://127.0.0.1:9/> # '''",
    "INSERT {} WHERE { VALUES ?x { '''a' } }; LOAD <http://127.0.0.1:9/> # \\uD800 ''' } }",
]


@pytest.mark.parametrize("update", LOADS)
def test_load_is_refused(update):
    with pytest.raises(RefusedOperation):
        inspect_update(update)
    assert has_keyword(update, "LOAD", is_update) is True


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://x/load> <http://x/p> 'LOAD <http://x/>' } # LOAD <http://x/>",
        "PREFIX load: <http://x/> CLEAR GRAPH load:g; DELETE { ?s load:p ?o } WHERE { ?s load:p ?load }",
        "PREFIX load: <http://x/> INSERT DATA { load:a load:b load:c; load:d load:e }",
        "PREFIX load: <http://x/> WITH load:a INSERT {} USING NAMED load:b WHERE {}; COPY load:a TO load:b",
    ],
)
def test_the_word_load_alone_is_not_refused(update):
    assert not inspect_update(update).uses_load
    assert has_keyword(update, "LOAD", is_update) is False


def test_load_is_allowed_by_the_exact_iri():
    update = "PREFIX a: <http://a/> LOAD <http://a/x>; LOAD SILENT a:x INTO GRAPH a:g"
    assert inspect_update(update, loads=["http://a/x"]).uses_load
    with pytest.raises(RefusedOperation, match="<http://a/x> .* --loads"):
        inspect_update(update, loads=["http://a/"], services=["http://a/x"])


@pytest.mark.parametrize("iri", ["file:///etc/passwd", "FILE:x"])
def test_files_are_never_loaded(iri):
    with pytest.raises(RefusedOperation):
        inspect_update(f"LOAD <{iri}>", loads=[iri])


def test_updates_are_told_apart():
    facts = inspect_update("INSERT DATA { << <a:s> <a:p> <a:o> >> <a:p> <a:o> }")
    assert (facts.services, facts.uses_load) == ((), False)
    assert inspect_update("LOAD <a:b>", loads=["a:b"], services=["a:b"]).uses_load
    assert inspect_update("INSERT {} WHERE { SERVICE <a:b> {} }", services=["a:b"]).services == (
        "a:b",
    )


# What is too much


CRASHES = {
    "groups": lambda n: "ASK " + "{" * n + "}" * n,
    "brackets": lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "calls": lambda n: "ASK { FILTER(" + "STR(" * n + "1" + ")" * n + ") }",
    "lists": lambda n: "ASK { ?s ?p " + "(" * n + "1" + ")" * n + " }",
    "blank nodes": lambda n: "ASK { ?s ?p " + "[ ?p " * n + "1" + "]" * n + " }",
    "paths": lambda n: "ASK { ?s " + "(" * n + "<a:b>" + ")*" * n + " ?o }",
    "triple terms": lambda n: "ASK { ?s ?p " + "<<( ?s ?p " * n + "1" + " )>>" * n + " }",
    "hidden closers": lambda n: "ASK " + "{#}\n" * n + "}" * n,
    "filters": lambda n: "ASK { " + "FILTER EXISTS { " * n + "} " * n + "}",
    "minus": lambda n: "ASK { " + "MINUS {} " * n + "}",
    "binds": lambda n: "ASK { " + "".join(f"BIND(1 AS ?{i})" for i in range(n)) + "}",
    "columns": lambda n: "SELECT " + "".join(f"(1 AS ?{i})" for i in range(n)) + "{}",
    "order": lambda n: "SELECT * {} ORDER BY " + "(1)" * n,
    "order by functions": lambda n: "SELECT * {} ORDER BY " + "STR(1)" * n,
    "described": lambda n: "DESCRIBE " + "<a:b>" * n,
    "sums": lambda n: "ASK { FILTER(1" + "+1" * n + ") }",
    "differences": lambda n: "ASK { FILTER(1" + "-1" * n + ") }",
    "alternatives": lambda n: "ASK { FILTER(?x" + "||?x" * n + ") }",
    "steps": lambda n: "ASK { ?s (<a:b>" + "/<a:b>" * n + ")* ?o }",
    "negations": lambda n: "ASK { FILTER(" + "!" * n + "1) }",
    "after a comparison": lambda n: "ASK { FILTER(1<?x#>'\n" + "+1" * n + "+(" * n + "1" + ")" * n + ") }#'",
}  # fmt: skip


@pytest.mark.parametrize("name", CRASHES)
def test_a_query_that_could_crash_the_engine_is_refused(name):
    with pytest.raises(QueryTooComplex, match="allowed"):
        inspect_query(CRASHES[name](3_000))


@pytest.mark.parametrize("name", ["groups", "calls", "filters", "minus", "sums"])
def test_an_update_that_could_crash_the_engine_is_refused(name):
    group = CRASHES[name](3_000).removeprefix("ASK")
    for update in (
        f"INSERT {{}} WHERE {group}",
        f"CLEAR ALL; DELETE {{}} WHERE {group}; CLEAR ALL",
    ):
        with pytest.raises(QueryTooComplex):
            inspect_update(update)


def test_a_query_at_all_the_limits_at_once_does_not_crash_the_engine():
    """In a process of its own, on the stack that its main thread has."""
    levels, clauses, operators = MAX_NESTING - 2, MAX_CLAUSES - MAX_NESTING - 2, MAX_OPERATORS
    inner = "MINUS {} " * (clauses - 2) + "FILTER(1" + "+1" * operators + ")"
    query = "ASK {" + "FILTER EXISTS {" * levels + inner + "}" * levels + "}"
    assert inspect_query(query).form == "ASK"
    program = "import sys, pyoxigraph; pyoxigraph.Store().query(sys.stdin.read())"
    subprocess.run([sys.executable, "-c", program], input=query, text=True, check=True)
    for part, longer in (("ASK {", "ASK {{"), ("(1", "(1+1"), ("ASK {", "ASK {" + "MINUS{}" * 4)):
        with pytest.raises(QueryTooComplex):
            inspect_query(query.replace(part, longer))


HONEST = {
    "VALUES": "ASK { VALUES ?x { " + "<a:bcdef> " * 5_000 + "} }",
    "rows": "ASK { VALUES (?x ?y) { " + "(<a:b> -1)" * 5_000 + "} }",
    "coordinates": "ASK { VALUES (?x ?y) { " + "(-1.5 -2) " * 5_000 + "} }",
    "IN": "ASK { FILTER(?x IN (" + "-1," * 10_000 + "1)) }",
    "IN of calls": "ASK { FILTER(?x IN (" + "str(-1)," * 5_000 + "1)) }",
    "OR": "ASK { FILTER(" + "?x = <a:bcdefghijklmnopq> ||\n" * 1_900 + "false) }",
    "patterns": "ASK { " + "?s <a:bcdef> 'a-b/c+d*e' .\n" * 2_000 + "}",
    "groups": "ASK " + "{ ?s ?p ?o OPTIONAL " * 50 + "{}" + "}" * 50,
    "filters": "ASK { " + "FILTER(NOT EXISTS { ?s ?p ?o " * 50 + "})" * 50 + "}",
    "calls": "ASK { FILTER(" + "str(" * 50 + "?x" + ")" * 50 + ") }",
    "a string": "ASK { ?s ?p '''" + "{(['+-*/|&" * 5_000 + "''' } # " + "{([+-*/|&!" * 1_000,
    "unions": "ASK { " + "{ ?s ?p ?o } UNION " * 500 + "{} }",
    "lists": "CONSTRUCT {" + "?s ?p (1 2) . " * 2_000 + "} WHERE {}",
}


@pytest.mark.parametrize("name", HONEST)
def test_long_but_honest_queries_pass(name):
    assert inspect_query(HONEST[name]).form


def test_a_long_series_of_updates_passes():
    inspect_update("INSERT DATA { <a:s> <a:p> -1 } ; DELETE WHERE { <a:s> ?p ?o } ;" * 5_000)


def test_long_texts_are_refused():
    assert inspect_query("ASK {} #".ljust(MAX_QUERY_LENGTH)).form
    with pytest.raises(QueryTooLong):
        inspect_query("ASK {} #".ljust(MAX_QUERY_LENGTH + 1))
    inspect_update("CLEAR ALL #".ljust(MAX_UPDATE_LENGTH))
    with pytest.raises(QueryTooLong):
        inspect_update("CLEAR ALL #".ljust(MAX_UPDATE_LENGTH + 1))


HOSTILE = [
    "a.", "a-", "é", "a:a.", "a:..", ":", "'", "'a", "'\\q", "''' ", "\"'", '"""a', "<", "<a", "<a#", "(<a",
    "()", "(1<a#>", "#", "#\n", " ", "\\", "\\u0041", "@a-", "@a--", "_:a.", ".1", "1e", "1.", "?", "[]", "(-",
    "service ", "service#", "x:service ", "service:a{}", "PREFIX a:<b:c>", "FROM <a:b> ", "LOAD<a:b>;", "load:a ",
]  # fmt: skip


@pytest.mark.parametrize("head", ["", "ASK{FILTER(", "PREFIX service:<a:b>" * 1_000])
def test_no_text_takes_long(head):
    for piece in HOSTILE:
        text = (head + piece * MAX_QUERY_LENGTH)[:MAX_QUERY_LENGTH]
        inspect = inspect_update if "load" in piece.lower() else inspect_query
        start = time.process_time()
        with suppress(QueryTooComplex, RefusedOperation):
            inspect(text)
        assert time.process_time() - start < 5, piece  # 0.02; a quadratic reading takes minutes


def test_what_is_told_of_a_plain_query_at_a_glance_is_what_a_closer_look_tells():
    texts = [path.read_text("utf-8") for path in files("xingtu.queries").rglob("*.rq")]
    broken = [
        "",
        "#",
        "# SELECT\n",
        "'",
        "<",
        "BASE <x>",
        "PREFIX : <x:>",
        "service",
        "NOW()",
        "ı",
        "\\u0041",
    ]
    cases = [
        text[:place] + word + text[place:]
        for text in texts
        for word in broken
        for place in (0, text.find("{"), len(text))
    ]
    glanced = 0
    for case in cases:
        form = find_plain_form(case)
        if form is not None:
            glanced += 1
            assert inspect_query(case) == _inspect_closely(case, None, ())
    assert glanced > 300


# The dataset of an update

G, N = "http://x/g", "http://x/n"
USING = f"USING <{G}> USING NAMED <{N}> "


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", "INSERT { ?s ?p ?o } @WHERE { ?s ?p ?o }"),
        ("PREFIX:<http://x/>INSERT {} WHERE {}", "PREFIX:<http://x/>INSERT {} @WHERE {}"),
        ("delete{?s ?p 1}insert{?s ?p 2}where{?s ?p 3}", "delete{?s ?p 1}insert{?s ?p 2}@where{?s ?p 3}"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE  { ?s ?p ?o } @WHERE { ?s ?p ?o }"),
        (
            "DELETE # WHERE {\nWHERE{ GRAPH ?g { ?s ?p '}' } ?s ?p ?o }",
            "DELETE # WHERE {\n{ GRAPH ?g { ?s ?p '}' } ?s ?p ?o } @WHERE { GRAPH ?g { ?s ?p '}' } ?s ?p ?o }",
        ),
        (
            "PREFIX where: <http://x/> INSERT {} WHERE { ?s where:a ';} WHERE' } ;\nDELETE {} WHERE { { ?s ?p ?o } };",
            "PREFIX where: <http://x/> INSERT {} @WHERE { ?s where:a ';} WHERE' } ;\nDELETE {} @WHERE { { ?s ?p ?o } };",
        ),
        ("INSERT {} WHERE { { SELECT * WHERE { ?s ?p ?o } } }", "INSERT {} @WHERE { { SELECT * WHERE { ?s ?p ?o } } }"),
        ("INSERT DATA { <a:b> <a:b> 'WHERE' }; CLEAR ALL", "INSERT DATA { <a:b> <a:b> 'WHERE' }; CLEAR ALL"),
        ("COPY <a:b> TO GRAPH <a:c>; DROP NAMED", "COPY <a:b> TO GRAPH <a:c>; DROP NAMED"),
        (
            "PREFIX with: <a:> BASE <a:b> INSERT DATA { with:a with:b with:using }",
            "PREFIX with: <a:> BASE <a:b> INSERT DATA { with:a with:b with:using }",
        ),
        ("", ""),
    ],
)  # fmt: skip
def test_using_is_written_into_every_pattern(update, expected):
    rewritten = inject_using(update, [G], [N])
    assert rewritten == expected.replace("@", USING)
    assert is_update(update) and is_update(rewritten)


def test_prologues_between_operations_stay_where_they_are():
    """SPARQL 1.1 Update has them; pyoxigraph does not."""
    update = "INSERT {} WHERE {}; PREFIX using: <a:> DELETE WHERE { ?s using:a ?o }"
    first, second = inject_using(update, [G], []).split(";")
    assert first == f"INSERT {{}} USING <{G}> WHERE {{}}"
    assert second.startswith(" PREFIX using: <a:> DELETE  { ?s using:a ?o } USING")
    assert second.endswith("> WHERE { ?s using:a ?o }")


@pytest.mark.parametrize(
    ("update", "left"),
    [
        ("DELETE WHERE { ?s ?p ?o }", {"DEFAULT 0", "<http://x/g> 1", "<http://x/n> 2"}),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {"DEFAULT 0", "<http://x/g> 1", "<http://x/n> 2"}),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", {"DEFAULT 0", "DEFAULT 1", "<http://x/g> 1"}),
        ("DELETE { GRAPH <http://x/g> { ?s ?p ?o } } WHERE { ?s ?p ?o }", {"DEFAULT 0", "DEFAULT 1", "<http://x/n> 2"}),
        ("DELETE WHERE { ?s ?p 0 }", {"DEFAULT 0", "DEFAULT 1", "<http://x/g> 1", "<http://x/n> 2"}),
    ],
)  # fmt: skip
def test_patterns_match_in_the_graphs_of_the_request(update, left):
    """And without GRAPH, it is still the default graph of the store that is changed."""
    store = Store()
    graphs = f"GRAPH <{G}> {{ <a:s> <a:p> 1 }} GRAPH <{N}> {{ <a:s> <a:p> 2 }}"
    store.update(f"INSERT DATA {{ <a:s> <a:p> 0, 1 . {graphs} }}")
    store.update(inject_using(update, [G], [N]))
    assert {f"{quad.graph_name} {quad.object.value}" for quad in store} == left


@pytest.mark.parametrize(
    "update",
    [
        "WITH <a:b> DELETE {} WHERE {}",
        "INSERT {} USING <a:b> WHERE {}",
        "INSERT {} using named <a:b> WHERE {}",
        "CLEAR ALL; PREFIX a: <a:> with a:b DELETE {} WHERE {}",
    ],
)
def test_an_update_with_a_dataset_of_its_own_is_a_conflict(update):
    with pytest.raises(DatasetConflict):
        inject_using(update, [G], [])
    with pytest.raises(DatasetConflict):
        inject_using(update, [], [N])
    assert inject_using(update, [], []) == update


@pytest.mark.parametrize(
    "update",
    [
        "DELETEWHERE {}",
        "PREFIX a: <a:> WITHa:b DELETE {} WHERE {}",
        "PREFIX a: <a:> INSERT {} USINGa:b WHERE {}",
    ],
)
def test_keywords_without_spaces_are_not_overlooked(update):
    assert is_update(update)
    with pytest.raises(MalformedQuery, match="spaces"):
        inject_using(update, [G], [])


def test_a_where_that_may_be_in_a_string_is_refused():
    with pytest.raises(RefusedOperation):
        inject_using("INSERT {} WHERE { FILTER(1<?o#c>'\n) }; INSERT {} WHERE {} # '", [G], [])


@pytest.mark.parametrize(
    "iri",
    ["g", "", "//x/g", "http://x/ g", "http://x/>", "a:b> WHERE {}; CLEAR ALL #", "a:\n", "a:\\u003E", "a:%", "1:a"],
)  # fmt: skip
def test_graphs_are_named_by_absolute_iris(iri):
    for graphs in (([iri], []), ([], [iri]), ([G, iri], [N])):
        with pytest.raises(InvalidGraphName):
            inject_using("INSERT {} WHERE {}", *graphs)


# Tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("?s $o ? ?1", ["?s", "$o", "?", "?1"]),
        ("a:b.c.d :e. f.g:h", ["a:b.c", ".", "d", ":e", ".", "f.g:h"]),
        (r"a:\#b%20 a:-b a:%2", [r"a:\#b%20", "a:", "-", "b", "a:", "%", "2"]),
        ("'a''' '''b''c''' ''''d''''", ["'a'", "''", "'''b''c'''", "''''d'''", "'"]),
        ('"\\"" """\\"""" "a\n', ['"\\""', '"""\\""""', '"', "a"]),
        ("'\\q'", ["'", "\\", "q", "'"]),
        ("<a> < b> <= <<a>> <<(<a>)>>", ["<a>", "<", "b", ">", "<=", "<<", "a", ">>", "<<(", "<a>", ")>>"]),
        ("1.5e-3.2 .5 1. +1", ["1.5e-3", ".2", ".5", "1", ".", "+", "1"]),
        ("'a'@en-GB--ltr^^a:b", ["'a'", "@en-GB--ltr", "^^", "a:b"]),
        ("{|a|} ||!=&&>=^", ["{|", "a", "|}", "||", "!=", "&&", ">=", "^"]),
        ("_:a.b. []() # c", ["_:a.b", ".", "[", "]", "(", ")"]),
        ("天:问 é\U00020000", ["天:问", "é", "\U00020000"]),
    ],
)  # fmt: skip
def test_text_is_cut_as_the_engine_cuts_it(text, tokens):
    assert [token for token in tokenize(text) if token] == tokens
    assert [text[start:end] for start, end in locate(text)] == tokenize(text)
    assert tokenize(text)[-1] == ""


# Fuzzing: no text has a request that the gate overlooks, few look like it and have none

NAMES = [
    "", "a", "aa", "e", "h", "s", "x", "f", "true", "graph", "filter", "silent", "service", "services",
    "SERVICE", "http", "load",
]  # fmt: skip
NAMESPACES = [  # no name can follow the last two: it would belong to the port
    "http://127.0.0.1:9/", "http://127.0.0.1:9/#", "urn:", "http://127.0.0.1:9", "http://[::1]:9",
]  # fmt: skip
VERBS = [
    "?p",
    "a",
    "a:b",
    "<http://i/p>",
    "service:p",
    "aa:b",
    "e:",
    "e:SERVICE",
    "aSERVICE:x",
    "true:SERVICE",
]
DATA = [
    "<http://i/'>", "<http://i/#service>", "a:SERVICE", "e:", "1", "1.", "-1.5e3", "true", "'SERVICE ?x {'",
    r'"\"SERVICE"', "'x'@en-service", "'''it's SERVICE ?x {'''", "''", "service:a", "services:", "s:a.b", "e:SERVICE",
    "e:1SERVICE", r"h:SERVICEs:a\#b", r"a:\'SERVICE", "'1'^^a:b", "'''a' # \\uD800\n",
]  # fmt: skip
TERMS = [
    *DATA, "?s", "$service", "_:service", "[]", "(1 <http://i/#'>)", "<<( ?s ?p ?o )>>", "s:a.b.SERVICE", "trueSERVICE",
]  # fmt: skip
EXPRESSIONS = [
    "?a<?b", "?a<?b#c>'\n", "1<?o#c>'''\n", "true<?o#c>'\n", "?a<?b&&?c>?d", "?a< <http://i/#'>", "?a<http://i/#'>\n",
    "?a<x:#'>\n", "?x=<http://i/#'>", "?x IN (<http://i/#>, 'a')", "(?a)<?b#>'\n", "2<(1)#>'\n", "e:a<e:b#>'\n",
    "?x<<a>", "<<( ?s <http://i/#'> ?o )>> = 1", "regex(?x,'service')", "EXISTS{?s ?p ?o}", "1+1-1*2/3", "?service",
]  # fmt: skip
REQUESTS = ["SERVICE ", "service", "SERVICE SILENT ", "SERVICESILENT", "Service#c\n", "SERVICE\n"]
TARGETS = [
    "<http://127.0.0.1:9/>",
    "?x",
    "x:",
    ":a",
    "a:b",
    r"h:b\#c",
    "silent:x",
    "service:a",
    "<a>",
    "s:a.b.c",
]
GAPS = ["", " ", "\n", " # ' \n", "# SERVICE ?x {\n", '#"""\n']


class Writer:
    """Writes texts that are nearly SPARQL."""

    def __init__(self, seed):
        self.draw = random.Random(seed)

    def pick(self, *choices):
        return self.draw.choice(choices)

    def gap(self):
        return self.pick(" ", " ", *GAPS)

    def triples(self):
        parts = (
            self.pick(*TERMS),
            self.pick(*VERBS),
            self.pick(*TERMS),
            self.pick(".", ".", "", ";"),
        )
        return self.pick(" ", self.gap()).join(parts)

    def element(self, depth):
        group = "{" + self.group(depth - 1) + "}"
        expression = self.pick(*EXPRESSIONS)
        one, other = f"({self.pick(*DATA)} <http://i/#'>)", f"(<http://i/#> {self.pick(*DATA)})"
        return self.pick(
            self.triples(),
            self.triples(),
            f"{self.pick('FILTER', 'filter ', 'FILTERNOT EXISTS{} FILTER')}({expression})",
            f"BIND({expression} AS ?z{self.draw.randrange(999)})",
            f"VALUES{self.gap()}(?x ?y){self.gap()}{{{one}{self.gap()}{other}}}",
            f"VALUES ?x {{{self.pick(*DATA)}{self.gap()}{self.pick(*DATA)}}}",
            self.pick("OPTIONAL", "MINUS ", "{}UNION", "LATERAL", "") + group,
            self.pick("GRAPH ?g", "GRAPH service:a ", "graph<http://i/>") + group,
            self.pick(*REQUESTS) + self.pick(*TARGETS) + self.gap() + group,
        )

    def group(self, depth):
        size = self.pick(0, 1, 1, 2, 3) if depth >= 0 else 0
        return self.gap().join(self.element(depth) for _ in range(size))

    def prologue(self):
        declared = (name for name in NAMES if self.draw.random() < 0.95)
        return "".join(f"PREFIX {name}: <{self.pick(*NAMESPACES)}> " for name in declared)

    def query(self):
        column = f"SELECT ({self.pick(*EXPRESSIONS)} AS ?q)"
        head = self.pick("SELECT * ", "SELECT*WHERE", "ASK", "CONSTRUCT {} WHERE ", column)
        tail = self.pick("", "", "", " # '", "ORDER BY (1<?o#c>'\n)")
        return self.prologue() + head + "{" + self.gap() + self.group(2) + self.gap() + "}" + tail

    def update(self):
        name = self.pick("load:x", "load:", "<a:load>", "x:load")
        load = self.pick("LOAD", "load ", "LOAD SILENT", "LOADSILENT") + self.pick(*TARGETS)
        others = [
            f"{self.pick('CLEAR', 'DROP SILENT')} GRAPH {name}",
            f"{self.pick('COPY', 'ADD ')} {name} TO {name}",
            f"INSERT{self.gap()}{{}} {self.pick('', 'USING ' + name)} WHERE {{{self.group(1)}}}",
            f"WITH {name} DELETE {{}} WHERE {{{self.group(1)}}}",
            f"INSERT DATA {{ {name} load:a 'LOAD <a:b>' ; load:b <a:#load> }}",
        ]
        kinds = [load] * 2 + others
        operations = f" ;{self.gap()}".join(self.pick(*kinds) for _ in range(self.pick(1, 2, 3)))
        return self.prologue() + operations + self.pick("", " # '", ";")

    def spoilt(self, text):
        place = self.draw.randrange(len(text))
        piece = self.pick("", *"'\"#<>{}()\\.:? \n;,e", "SERVICE", "LOAD")
        return text[:place] + piece + text[place + self.pick(0, 1) :]


def test_no_service_gets_past_the_gate():
    writer = Writer(1)
    requests = innocent = mistaken = 0
    for number in range(8_000):
        query = writer.query() if number % 4 else writer.spoilt(writer.query())
        found = has_keyword(query, "SERVICE", is_query)
        try:
            inspect_query(query)
        except RefusedOperation as refusal:
            mistaken += found is False
            assert found is not False or "cannot be told" in str(refusal)
        else:
            assert not found, query
        requests += found is True
        innocent += found is False
    assert requests > 150
    assert innocent > 2_000
    assert mistaken < innocent / 4


def test_no_load_gets_past_the_gate():
    writer = Writer(2)
    requests = innocent = 0
    for number in range(5_000):
        update = writer.update() if number % 4 else writer.spoilt(writer.update())
        found = has_keyword(update, "LOAD", is_update)
        try:
            inspect_update(update)
        except RefusedOperation as refusal:
            mistaken = found is False and str(refusal).startswith("LOAD")
            assert not mistaken or "cannot be told" in str(refusal), update
        else:
            assert not found, update
        requests += found is True
        innocent += found is False
    assert requests > 300
    assert innocent > 500
