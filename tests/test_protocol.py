"""The SPARQL Protocol at `/sparql`: reading operations, the dataset, and what is refused."""

import json
import random
import socket
from collections import Counter
from datetime import date
from functools import partial
from urllib.parse import quote, unquote_to_bytes, urlencode

import pytest

from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.tasks import Query
from xingtu.server.errors import NotAuthorized
from xingtu.server.gate import MAX_QUERY_LENGTH
from xingtu.server.http.message import Request
from xingtu.server.http.parameters import read_parameters
from xingtu.server.http.policy import Policy
from xingtu.server.http.protocol import QueryOperation, UpdateOperation, read_operation
from xingtu.server.http.sparql import ALLOW, SparqlEndpoint

ID = "https://example.org/id/"
NAMES = "SELECT ?name { ?mission <https://example.org/ontology/name> ?name }"
GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
INSERT = "INSERT DATA { GRAPH <http://x/g> { <http://x/s> <http://x/p> 1 } }"


def allow(_request):
    """Let anybody write."""


def test_percent_encoding_is_decoded_as_the_standard_library_does():
    pieces = [b"%41", b"%0A", b"%3d", b"%25", b"%20", b"%C3%A9", b"%", b"%4", b"%zz", b"=41", b"="]
    pieces += [b"+", b"a", b"_", b" ", b"\t", b"\n", b"\r", b"."]
    chosen, compared = random.Random(1), 0
    for _ in range(20_000):
        encoded = b"".join(chosen.choices(pieces, k=chosen.randint(0, 7)))
        expected = unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8", "replace")
        if "\ufffd" not in expected:  # else it is no UTF-8
            assert read_parameters(b"query=" + encoded) == [("query", expected)], encoded
            compared += 1
    assert compared > 10_000


@pytest.fixture
def endpoint(store):
    return SparqlEndpoint(LocalEngine(store), authorize=allow)


@pytest.fixture
def send_to(send, endpoint):
    return partial(send, endpoint)


@pytest.fixture
def writable():
    return SparqlEndpoint(LocalEngine(writable=True), authorize=allow)


@pytest.fixture
def get(send, endpoint):
    def get(query, **parameters):
        pairs = [("query", query)]
        for name, values in parameters.items():
            for value in values if isinstance(values, list) else [values]:
                pairs.append((name.replace("_", "-"), value))
        return send(endpoint, "GET", "/sparql?" + urlencode(pairs))

    return get


def header(response, name):
    found = [value for key, value in response.headers if key == name]
    assert len(found) <= 1, found
    return found[0] if found else None


def column(response):
    """The values of the only variable of a JSON answer, sorted."""
    assert response.status == 200, response.body
    document = json.loads(response.body)
    (variable,) = document["head"]["vars"]
    return sorted(row[variable]["value"] for row in document["results"]["bindings"])


def truth(response):
    assert response.status == 200, response.body
    return json.loads(response.body)["boolean"]


def assert_problem(response, status):
    assert response.status == status, response.body
    assert header(response, "Content-Type") == "application/problem+json"
    document = json.loads(response.body)
    assert document["status"] == status
    assert document["title"] and document["detail"]
    return document


# Three ways to send a query, and two for an update


@pytest.mark.parametrize(
    ("method", "target", "body", "content_type"),
    [
        ("GET", "/sparql?query=" + quote(NAMES), b"", None),
        ("GET", "/sparql?ac=1&query=" + quote(NAMES), b"", None),
        ("POST", "/sparql", urlencode({"query": NAMES, "unknown": "1"}), FORM),
        ("POST", "/sparql?query=" + quote(NAMES), "", FORM),
        ("POST", "/sparql", NAMES, QUERY),
        ("POST", "/sparql", NAMES, "Application/SPARQL-Query; charset=UTF-8"),
        ("POST", "/sparql", NAMES, 'application/sparql-query;version="1.2"; charset="utf-8"'),
        ("QUERY", "/sparql", NAMES, QUERY),
        ("QUERY", "/sparql", urlencode({"query": NAMES}), FORM),
    ],
)
def test_every_way_to_send_a_query(send_to, method, target, body, content_type):
    response = send_to(method, target, body, content_type=content_type)
    assert column(response) == ["Tianwen-3", "天问三号", "嫦娥七号"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(INSERT, UPDATE), (urlencode({"update": INSERT}), FORM), (INSERT, UPDATE + ";version=1.1")],
)
def test_every_way_to_send_an_update(send, writable, body, content_type):
    response = send(writable, "POST", "/sparql", body, content_type=content_type)
    assert (response.status, response.body) == (204, b"")
    ask = "/sparql?query=" + quote("ASK { GRAPH <http://x/g> { ?s ?p 1 } }")
    assert truth(send(writable, "GET", ask)) is True


def test_query_is_percent_decoded_once(send, endpoint):
    target = "/sparql?query=SELECT%20(%22100%2525%22%20AS%20%3Fx)%20%7B%7D"
    assert column(send(endpoint, "GET", target)) == ["100%25"]


def test_a_plus_is_a_space_in_url_and_form_but_not_in_a_direct_body(send, endpoint):
    query = 'SELECT+("1%2B1"+AS+?x)+{}'
    assert column(send(endpoint, "GET", "/sparql?query=" + query)) == ["1+1"]
    assert column(send(endpoint, "POST", "/sparql", "query=" + query, content_type=FORM)) == ["1+1"]
    direct = 'SELECT ("1%2B1+" AS ?x) {}'
    assert column(send(endpoint, "POST", "/sparql", direct, content_type=QUERY)) == ["1%2B1+"]


def test_chinese_is_understood_everywhere(send, endpoint):
    query = 'ASK { ?s ?p "天问三号"@zh }'
    raw = "/sparql?query=" + query.replace(" ", "+").encode().decode("latin-1")
    assert truth(send(endpoint, "GET", raw)) is True
    assert truth(send(endpoint, "GET", "/sparql?query=" + quote(query))) is True
    assert truth(send(endpoint, "POST", "/sparql", query, content_type=QUERY)) is True


def test_base_is_the_url_of_the_endpoint(send, endpoint, writable, get):
    assert column(get("SELECT (STR(<test>) AS ?x) {}")) == ["http://localhost/test"]
    insert = "INSERT DATA { <s> <p> <> }"
    assert send(writable, "POST", "/sparql", insert, content_type=UPDATE).status == 204
    select = "SELECT ?o { <http://localhost/s> ?p ?o }"
    response = send(writable, "POST", "/sparql", select, content_type=QUERY)
    assert column(response) == ["http://localhost/sparql"]


# The dataset of a query


def test_default_graph_is_the_union_of_the_graphs(get):
    assert column(get(GRAPHS)) == [ID + "article-1", ID + "article-2"]
    query = "SELECT ?s { ?s a <https://example.org/ontology/Mission> }"
    assert column(get(query)) == [ID + "change-7", ID + "tianwen-3"]


def test_union_holds_a_shared_triple_once(get):
    assert column(get("SELECT ?s { ?s ?p 'CNSA' }")) == [ID + "cnsa"]


@pytest.mark.parametrize("clause", ["FROM", "from"])
def test_from_narrows_the_default_graph(get, clause):
    query = NAMES.replace("{", f"{clause} <{ID}article-2> {{", 1)
    assert column(get(query)) == ["嫦娥七号"]


def test_from_named_leaves_the_default_graph_empty(get):
    clause = f"FROM NAMED <{ID}article-2> {{"
    assert column(get(NAMES.replace("{", clause, 1))) == []
    assert column(get(GRAPHS.replace("{", clause, 1))) == [ID + "article-2"]


def test_protocol_dataset_overrides_from(get):
    query = NAMES.replace("{", f"FROM <{ID}article-2> {{", 1)
    names = column(get(query, default_graph_uri=ID + "article-1"))
    assert names == ["Tianwen-3", "天问三号"]


def test_protocol_dataset_holds_only_the_graphs_it_names(get):
    assert column(get(GRAPHS, default_graph_uri=ID + "article-1")) == []
    assert column(get(NAMES, named_graph_uri=ID + "article-1")) == []
    assert column(get(GRAPHS, named_graph_uri=ID + "article-2")) == [ID + "article-2"]
    both = [ID + "article-1", ID + "article-2"]
    assert len(column(get(NAMES, default_graph_uri=both))) == 3
    assert column(get(GRAPHS, named_graph_uri=both)) == both


def test_a_graph_that_is_not_there_is_empty_and_never_fetched(get):
    assert column(get(NAMES, default_graph_uri="http://127.0.0.1:1/")) == []


def test_graph_parameters_stand_in_the_url_or_in_the_body(send, endpoint):
    graph = urlencode({"default-graph-uri": ID + "article-2"})
    query = urlencode({"query": NAMES})
    post = partial(send, endpoint, "POST", content_type=FORM)
    in_url, in_body = post(f"/sparql?{graph}", query), post("/sparql", f"{query}&{graph}")
    assert column(in_url) == column(in_body) == ["嫦娥七号"]
    assert_problem(post(f"/sparql?{graph}", f"{query}&{graph}"), 400)


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_graph_name_must_be_absolute(send, endpoint, name):
    target = "/sparql?" + urlencode({"query": NAMES, name: "article-1"})
    assert_problem(send(endpoint, "GET", target), 400)


def test_update_uses_the_graphs_of_the_protocol(send, writable):
    def post(text, graphs=""):
        return send(writable, "POST", "/sparql" + graphs, text, content_type=UPDATE)

    start = "INSERT DATA { GRAPH <http://x/1> { <http://x/s> <http://x/p> 1 } }"
    assert post(start).status == 204
    copy = "INSERT { GRAPH <http://x/3> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    graphs = "?using-graph-uri=http://x/1"
    assert post(copy, graphs).status == 204
    ask = "/sparql?query=" + quote("ASK { GRAPH <http://x/3> { ?s ?p 1 } }")
    assert truth(send(writable, "GET", ask)) is True
    assert_problem(post("WITH <http://x/3> " + copy, graphs), 400)
    assert_problem(post(copy.replace("WHERE", "USING <http://x/1> WHERE"), graphs), 400)


# Our own parameters


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "5s", "", "١", "1e3"])
def test_timeout_is_a_whole_number_of_milliseconds(get, value):
    assert_problem(get(NAMES, timeout=value), 400)


@pytest.mark.parametrize(
    ("wished", "granted"), [(None, 5.0), ("1", 0.001), ("2500", 2.5), ("999999999999", 60.0)]
)
def test_timeout_is_granted_up_to_the_limit(send, wished, granted):
    tasks = []

    class Recording(LocalEngine):
        async def run(self, task):
            tasks.append(task)
            return await super().run(task)

    policy = Policy(seconds=5.0, most_seconds=60.0)
    endpoint = SparqlEndpoint(Recording(), authorize=allow, policy=policy)
    suffix = "" if wished is None else f"&timeout={wished}"
    assert send(endpoint, "GET", "/sparql?query=ASK+{}" + suffix).status == 200
    assert [task.timeout for task in tasks if isinstance(task, Query)] == [granted]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2025-12-31", date(2025, 12, 31)),
        ("2025-02", date(2025, 2, 28)),
        ("2025", date(2025, 12, 31)),
    ],
)
def test_as_of_is_the_end_of_an_edtf_date(value, day):
    request = Request("GET", "/sparql", f"query=ASK+%7B%7D&as-of={value}".encode())
    assert read_operation(request) == QueryOperation("ASK {}", as_of=day)


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2025-13-01", "2025-02-30", "2025-01-01/..", "2025-1-1", "9899~", "0100~"],
)
def test_as_of_must_be_a_date(get, value):
    response = get("ASK {}", as_of=value)
    assert response.status in {400}, response.body


def test_as_of_chooses_the_graphs_known_on_that_day(send, store):
    async def graphs_by(day):
        return (ID + "article-1",) if day >= date(2025, 1, 1) else ()

    endpoint = SparqlEndpoint(LocalEngine(store), authorize=allow, graphs_by=graphs_by)

    def get(query, suffix):
        return send(endpoint, "GET", "/sparql?" + urlencode({"query": query}) + suffix)

    assert column(get(NAMES, "&as-of=2025-06-01")) == ["Tianwen-3", "天问三号"]
    assert column(get(GRAPHS, "&as-of=2025-06-01")) == [ID + "article-1"]
    conflicts = ["&default-graph-uri=" + ID, "&named-graph-uri=" + ID]
    for conflict in conflicts:
        assert_problem(get(NAMES, "&as-of=2025-06-01" + conflict), 400)
    for clause in (f"FROM <{ID}article-2>", f"FROM NAMED <{ID}article-2>", "FROMid:article-2"):
        query = f"PREFIX id: <{ID}> " + NAMES.replace("{", clause + " {", 1)
        assert_problem(get(query, "&as-of=2025-06-01"), 400)


def test_as_of_never_falls_back_to_the_whole_dataset(get):
    assert_problem(get(NAMES, as_of="2025-06-01"), 400)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.2-basic"])
def test_version_may_be_announced(send, get, endpoint, version):
    assert truth(get("ASK {}", version=version)) is True
    content_type = f"{QUERY}; version={version}"
    assert truth(send(endpoint, "POST", "/sparql", "ASK {}", content_type=content_type)) is True


def test_an_unknown_version_is_refused(send, endpoint, get):
    assert "1.2-basic" in assert_problem(get("ASK {}", version="2.0"), 400)["detail"]
    content_type = QUERY + "; version=9"
    assert_problem(send(endpoint, "POST", "/sparql", "ASK {}", content_type=content_type), 400)


# What is refused


@pytest.mark.parametrize(
    "target",
    [
        "/sparql?query=ASK+{}&query=ASK+{}",
        "/sparql?query=",
        "/sparql?query=+%0A",
        "/sparql?default-graph-uri=" + ID,
        "/sparql?timeout=5000",
        "/sparql?query=ASK+{}&update=CLEAR+ALL",
        "/sparql?update=CLEAR+ALL",
        "/sparql?query=CLEAR+ALL",
        "/sparql?query=ASK+{",
        "/sparql?query=ASK%20%7B%7D%20%23%FF",
        "/sparql?query=ASK+{}+%23\xff",
        "/sparql?query=ASK+{}&timeout=1&timeout=2",
        "/sparql?query=ASK+{}&using-graph-uri=" + ID,
        "/sparql?query=ASK+{}" + "&a=1" * 1000,
    ],
)
def test_malformed_requests_by_get_are_refused(send, endpoint, target):
    assert_problem(send(endpoint, "GET", target), 400)
    assert send(endpoint, "HEAD", target).status == 400


@pytest.mark.parametrize(
    ("target", "body", "content_type"),
    [
        ("/sparql", "", FORM),
        ("/sparql", "", QUERY),
        ("/sparql", "query=ASK+{}&query=ASK+{}", FORM),
        ("/sparql", "update=CLEAR+NAMED&update=CLEAR+DEFAULT", FORM),
        ("/sparql", "query=ASK+{}&update=CLEAR+ALL", FORM),
        ("/sparql?query=ASK+{}", "query=ASK+{}", FORM),
        ("/sparql?query=ASK+{}", "ASK {}", QUERY),
        ("/sparql?query=ASK+{}", "CLEAR ALL", UPDATE),
        ("/sparql?update=CLEAR+ALL", "", FORM),
        ("/sparql?update=CLEAR+ALL", "CLEAR ALL", UPDATE),
        ("/sparql?format=csv", "query=ASK+{}&format=json", FORM),
        ("/sparql?default-graph-uri=" + ID, "CLEAR ALL", UPDATE),
        ("/sparql?as-of=2025-01-01", "CLEAR ALL", UPDATE),
        ("/sparql?version=1.1", "ASK {}", QUERY + "; version=1.2"),
        ("/sparql", b"ASK { # \xff\n}", QUERY),
        ("/sparql", b"query=ASK+%7B%7D+%23%FF", FORM),
        ("/sparql", b"query=ASK+{}+%23\xff", FORM),
        ("/sparql", "CLEAR XYZ", UPDATE),
        ("/sparql", "ASK {} CLEAR ALL", UPDATE),
    ],
)  # fmt: skip
def test_malformed_requests_by_post_are_refused(send, writable, target, body, content_type):
    assert_problem(send(writable, "POST", target, body, content_type=content_type), 400)


def test_an_empty_query_is_called_empty(get):
    assert "empty" in assert_problem(get(" "), 400)["detail"]


def test_query_method_is_safe(send, writable):
    for body, content_type in ((INSERT, UPDATE), (urlencode({"update": INSERT}), FORM)):
        assert_problem(send(writable, "QUERY", "/sparql", body, content_type=content_type), 400)
    assert column(send(writable, "GET", "/sparql?query=" + quote(GRAPHS))) == []


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/json", "multipart/form-data; boundary=x",
     "application/sparql-query; charset=UTF-16", FORM + "; charset=latin-1", UPDATE + ";charset=x"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_other_bodies_are_refused(send, writable, method, content_type):
    assert_problem(send(writable, method, "/sparql", b"ASK {}", content_type=content_type), 415)


def test_compressed_bodies_are_refused(send, endpoint):
    headers = {"content_type": QUERY, "content_encoding": "gzip"}
    assert_problem(send(endpoint, "POST", "/sparql", b"\x1f\x8b", **headers), 415)


def test_a_direct_body_is_not_percent_decoded(send, endpoint):
    for body, status in ((b"ASK { <http://x/%FF> ?p ?o }", 200), (b"ASK {} # \xe5%a4%a9", 400)):
        assert send(endpoint, "POST", "/sparql", body, content_type=QUERY).status == status


def test_malformed_query_is_located(get):
    document = assert_problem(get("SELECT ?name\nWHERE { ?mission 航天 }"), 400)
    assert document["line"] == 2
    assert document["column"] > 9
    assert f"line 2, column {document['column']}: " in document["detail"]
    assert "\n" not in document["detail"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "get"])
def test_other_methods_are_refused(send, endpoint, method):
    response = send(endpoint, method, "/sparql?query=ASK+{}", content_type=FORM)
    assert_problem(response, 405)
    assert header(response, "Allow") == ALLOW == "GET, HEAD, POST, QUERY, OPTIONS"


@pytest.mark.parametrize(
    "pattern",
    [
        "{ SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
        "{ service silent ?x\n{ } VALUES ?x { <http://127.0.0.1:%d/> } }",
        "{ ?s ?p 1SERVICE<http://127.0.0.1:%d/>{} }",
        "{ ?s ?p trueSERVICE SILENT# {\n<http://127.0.0.1:%d/>#\r{} }",
        "{ ?s ?p ?o FILTER(1<?o#c>'''\n) SERVICE <http://127.0.0.1:%d/> {} } # '''",
        "{ ?s <http://x/'> ?o . SERVICE <http://127.0.0.1:%d/> {} } # '",
        r"{ ?s x:a\#b ?o . SERVICE x:\#%d {} }",
    ],
)
def test_service_is_refused_before_anything_is_sent(get, pattern):
    with socket.socket() as deaf:  # bound, not listening: a request would fail at once, not hang
        deaf.bind(("127.0.0.1", 0))
        query = "PREFIX x: <http://127.0.0.1:1/> SELECT * " + pattern % deaf.getsockname()[1]
        assert_problem(get(query), 403)


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_load_is_refused(send, writable, silent):
    text = f"LOAD {silent}<http://127.0.0.1:1/data.ttl>"
    assert_problem(send(writable, "POST", "/sparql", text, content_type=UPDATE), 403)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?inService ?d { ?s ?p ?o }",
        "PREFIX x: <http://x/> SELECT * { ?s x:service ?o { } }",
        "SELECT ?service { ?service ?p 'launch service' } # service",
    ],
)
def test_other_uses_of_the_word_service_are_no_federation(get, query):
    assert get(query).status == 200


CRASHES = {
    "groups": lambda n: "ASK " + "{" * n + "}" * n,
    "brackets": lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "hidden closers": lambda n: "ASK " + "{#}\n" * n + "}" * n,
    "filters": lambda n: "ASK { " + "FILTER EXISTS { " * n + "} " * n + "}",
    "minus": lambda n: "ASK { " + "MINUS {} " * n + "}",
    "sums": lambda n: "ASK { FILTER(1" + "+1" * n + ") }",
    "negations": lambda n: "ASK { FILTER(" + "!" * n + "1) }",
}


@pytest.mark.parametrize("name", CRASHES)
def test_a_query_that_could_crash_the_engine_is_refused(get, name):
    assert_problem(get(CRASHES[name](5_000)), 413)


def test_long_queries_are_refused(send, endpoint):
    body = urlencode({"query": "ASK {} #" + "x" * MAX_QUERY_LENGTH})
    assert_problem(send(endpoint, "POST", "/sparql", body, content_type=FORM), 413)


def test_there_is_nothing_below_the_endpoint(send, endpoint):
    assert_problem(send(endpoint, "GET", "/sparql/x?query=ASK+{}"), 404)
    assert truth(send(endpoint, "GET", "/sparql/?query=ASK+{}")) is True


def test_a_store_that_is_read_only_refuses_updates_of_anybody(send, store):
    def refuse(_request):
        raise NotAuthorized("this needs the token")

    endpoint = SparqlEndpoint(LocalEngine(store), authorize=refuse)
    before = len(store)
    for body, content_type in ((INSERT, UPDATE), (urlencode({"update": INSERT}), FORM)):
        assert_problem(send(endpoint, "POST", "/sparql", body, content_type=content_type), 403)
    assert len(store) == before > 0


def test_updates_need_authority_and_queries_do_not(send):
    asked = Counter()

    def refuse(request):
        asked[request.method] += 1
        raise NotAuthorized("this needs the token")

    endpoint = SparqlEndpoint(LocalEngine(writable=True), authorize=refuse)
    response = send(endpoint, "POST", "/sparql", INSERT, content_type=UPDATE)
    assert_problem(response, 401)
    assert header(response, "WWW-Authenticate").startswith("Bearer")
    assert send(endpoint, "OPTIONS", "/sparql").status == 204
    assert column(send(endpoint, "GET", "/sparql?query=" + quote(GRAPHS))) == []
    assert asked == {"POST": 1}


def test_a_failed_update_changes_nothing(send, writable):
    text = INSERT + " ; INSERT { ?s ?p ?o } WHERE { ?s ?p"
    assert_problem(send(writable, "POST", "/sparql", text, content_type=UPDATE), 400)
    assert column(send(writable, "GET", "/sparql?query=" + quote(GRAPHS))) == []


# Preflights


def test_preflight_is_answered_without_authority(send, endpoint):
    response = send(
        endpoint,
        "OPTIONS",
        "/sparql",
        origin="https://x.example",
        access_control_request_method="POST",
    )
    assert (response.status, response.body) == (204, b"")
    assert header(response, "Allow") == ALLOW
    assert "POST" in header(response, "Access-Control-Allow-Methods")
    assert {"*", "Authorization"} <= {*header(response, "Access-Control-Allow-Headers").split(", ")}
    assert header(response, "Accept-Query") == f'"{QUERY}", "{FORM}"'
    assert "Credentials" not in str(response.headers)


# Reading


@pytest.mark.parametrize("query", ["", "format=turtle", "unknown=1", "output=json&ac=1"])
def test_a_url_without_operation_asks_for_the_description(query):
    assert read_operation(Request("GET", "/sparql", query.encode())) is None


def test_long_urls_are_read_too():
    text = "ASK {} #" + "x" * 10_000
    request = Request("GET", "/sparql", urlencode({"query": text}).encode())
    assert read_operation(request) == QueryOperation(text)


def test_an_update_is_read_whole():
    query = b"using-graph-uri=http://x/1&using-named-graph-uri=http://x/2&timeout=1500"
    headers = {"content-type": UPDATE + "; version=1.2"}
    request = Request("POST", "/sparql", query, headers, b"CLEAR ALL")
    assert read_operation(request) == UpdateOperation(
        "CLEAR ALL", ("http://x/1",), ("http://x/2",), 1.5, "1.2"
    )
