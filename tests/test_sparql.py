"""The endpoint: protocol, dataset, refusals and error documents."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse
from werkzeug.datastructures import MultiDict

from xingtu.server import create_app
from xingtu.server.problems import STATUSES
from xingtu.server.store import (
    MAX_QUERY_LENGTH,
    MissingDataset,
    RefusedOperation,
    evaluate,
    open_store,
    refuse_service,
)

ID = "https://example.org/id/"
NAMES = "SELECT ?name { ?mission <https://example.org/ontology/name> ?name }"
GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }"
SD = "http://www.w3.org/ns/sparql-service-description#"
FORM = "application/x-www-form-urlencoded"


def column(answer):
    """The values of the only variable of a JSON answer, sorted."""
    assert answer.status_code == 200, answer.text
    (variable,) = answer.json["head"]["vars"]
    return sorted(row[variable]["value"] for row in answer.json["results"]["bindings"])


def get(client, query, **parameters):
    names = {key.replace("_", "-"): value for key, value in parameters.items()}
    return client.get("/sparql", query_string={"query": query, **names})


def assert_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["title"] and answer.json["detail"]


# The three ways to send a query


def test_get_answers(client):
    answer = get(client, NAMES)
    assert column(answer) == ["Tianwen-3", "天问三号", "嫦娥七号"]
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ({"query": NAMES, "unknown": "1"}, FORM),
        (NAMES, "application/sparql-query"),
        (NAMES, "Application/SPARQL-Query; charset=UTF-8"),
    ],
)
def test_post_answers_as_get_does(client, body, content_type):
    assert (
        client.post("/sparql", data=body, content_type=content_type).json == get(client, NAMES).json
    )


def test_query_is_percent_decoded_once(client):
    answer = client.get("/sparql?query=SELECT%20(%22100%2525%22%20AS%20%3Fx)%20%7B%7D")
    assert column(answer) == ["100%25"]


def test_chinese_query_in_a_body_is_understood(client):
    query = 'ASK { ?s ?p "天问三号"@zh }'
    answer = client.post("/sparql", data=query, content_type="application/sparql-query")
    assert answer.json["boolean"] is True


def test_head_has_the_headers_of_get_and_no_body(client):
    head = client.head("/sparql", query_string={"query": NAMES})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == "application/sparql-results+json"
    assert head.headers["Content-Length"] == get(client, NAMES).headers["Content-Length"]


# The dataset of a query


def test_default_graph_is_the_union_of_the_graphs(client):
    assert column(get(client, GRAPHS)) == [ID + "article-1", ID + "article-2"]
    query = "SELECT ?s { ?s a <https://example.org/ontology/Mission> }"
    assert column(get(client, query)) == [ID + "change-7", ID + "tianwen-3"]


def test_union_holds_a_shared_triple_once(client):
    assert column(get(client, "SELECT ?s { ?s ?p 'CNSA' }")) == [ID + "cnsa"]


@pytest.mark.parametrize("clause", ["FROM", "from"])
def test_from_narrows_the_default_graph(client, clause):
    query = NAMES.replace("{", f"{clause} <{ID}article-2> {{", 1)
    assert column(get(client, query)) == ["嫦娥七号"]


def test_from_named_leaves_the_default_graph_empty(client):
    clause = f"FROM NAMED <{ID}article-2> {{"
    assert column(get(client, NAMES.replace("{", clause, 1))) == []
    assert column(get(client, GRAPHS.replace("{", clause, 1))) == [ID + "article-2"]


def test_protocol_dataset_overrides_from(client):
    query = NAMES.replace("{", f"FROM <{ID}article-2> {{", 1)
    names = column(get(client, query, default_graph_uri=ID + "article-1"))
    assert names == ["Tianwen-3", "天问三号"]


def test_protocol_dataset_holds_only_the_graphs_it_names(client):
    assert column(get(client, GRAPHS, default_graph_uri=ID + "article-1")) == []
    assert column(get(client, NAMES, named_graph_uri=ID + "article-1")) == []
    assert column(get(client, GRAPHS, named_graph_uri=ID + "article-2")) == [ID + "article-2"]
    both = [ID + "article-1", ID + "article-2"]
    assert len(column(get(client, NAMES, default_graph_uri=both))) == 3


def test_graph_parameters_stand_in_the_url_or_in_the_body(client):
    graph = {"default-graph-uri": ID + "article-2"}
    in_url = client.post("/sparql", query_string=graph, data={"query": NAMES})
    in_body = client.post("/sparql", data={"query": NAMES, **graph})
    assert column(in_url) == column(in_body) == ["嫦娥七号"]
    assert_problem(client.post("/sparql", query_string=graph, data={"query": NAMES, **graph}), 400)


def test_graph_name_must_be_absolute(client):
    assert_problem(get(client, NAMES, default_graph_uri="article-1"), 400)


# What is refused


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
def test_service_is_refused_before_anything_is_sent(client, pattern):
    with socket.socket() as deaf:  # bound, not listening: a request would fail at once, not hang
        deaf.bind(("127.0.0.1", 0))
        query = "PREFIX x: <http://127.0.0.1:1/> SELECT * " + pattern % deaf.getsockname()[1]
        assert_problem(get(client, query), 403)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service ?x { ?x ?y ?service }",
        "SELECT * { ?x ex:service <http://x/service#a> . FILTER(?x = 'launch service') } # service",
    ],
)
def test_the_word_service_alone_is_not_refused(query):
    refuse_service(query)


def test_service_is_refused_outside_http_too(store):
    with pytest.raises(RefusedOperation):
        evaluate(store, "ASK { SERVICE <http://127.0.0.1/> { } }")


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "GET", "query_string": {"update": "CLEAR ALL"}},
        {"method": "POST", "data": {"update": "CLEAR ALL"}},
        {"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"},
    ],
)
def test_updates_are_refused(client, store, request_):
    before = len(store)
    assert_problem(client.open("/sparql", **request_), 403)
    assert len(store) == before > 0


@pytest.mark.parametrize(
    "request_",
    [
        {"query_string": MultiDict([("query", "ASK {}"), ("query", "ASK {}")])},
        {"query_string": {"query": ""}},
        {"query_string": {"default-graph-uri": ID}},
        {"query_string": {"query": "ASK {}", "update": "CLEAR ALL"}},
        {"query_string": {"query": "CLEAR ALL"}},
        {"path": "/sparql?query=ASK%20%7B%7D%20%23%FF"},
        {"query_string": {"query": "SELECT (<http://x/f>(1) AS ?y) {}"}},
        {"method": "POST", "data": {}, "content_type": FORM},
        {"method": "POST", "data": {"query": "ASK {}"}, "query_string": {"query": "ASK {}"}},
        {"method": "POST", "data": b"ASK { # \xff\n}", "content_type": "application/sparql-query"},
        {"method": "POST", "data": b"query=ASK+%7B%7D+%23%FF", "content_type": FORM},
    ],
)
def test_malformed_requests_are_refused(client, request_):
    assert_problem(client.open(**{"path": "/sparql"} | request_), 400)


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/json", "multipart/form-data; boundary=x",
     "application/sparql-query; charset=UTF-16", FORM + "; charset=latin-1"],
)  # fmt: skip
def test_other_bodies_are_refused(client, content_type):
    assert_problem(client.post("/sparql", data=b"ASK {}", content_type=content_type), 415)


def test_malformed_query_is_located(client):
    answer = get(client, "SELECT ?name\nWHERE { ?mission 航天 }")
    assert_problem(answer, 400)
    assert answer.json["line"] == 2
    assert answer.json["column"] > 9
    assert f"line 2, column {answer.json['column']}: " in answer.json["detail"]
    assert "\n" not in answer.json["detail"]


def test_long_queries_are_refused(client):
    query = "ASK {} #" + "x" * MAX_QUERY_LENGTH
    assert_problem(client.post("/sparql", data={"query": query}), 413)
    assert_problem(client.post("/sparql", data={"query": query * 5}), 413)


def test_fault_of_the_server_is_a_problem_document_without_its_message(store):
    app = create_app(store)

    @app.get("/broken")
    def break_down():
        raise KeyError("secret")

    answer = app.test_client().get("/broken")
    assert_problem(answer, 500)
    assert "secret" not in answer.text


def test_every_listed_exception_is_a_client_error():
    assert len(STATUSES) >= 8
    assert all(400 <= status < 500 for status in STATUSES.values())


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client, method):
    answer = client.open("/sparql", method=method)
    assert_problem(answer, 405)
    assert answer.allow.as_set() == {"get", "head", "options", "post"}


# Browsers and clients that explore


def test_preflight_is_answered_for_any_origin(client):
    headers = {"Origin": "https://yasgui.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/sparql", headers=headers)
    assert answer.status_code == 200
    assert answer.access_control_allow_origin == "*"
    assert "POST" in answer.access_control_allow_methods
    assert not answer.access_control_allow_credentials


@pytest.mark.parametrize("query", ["ASK {}", "ASK {"])
def test_scripts_of_other_sites_can_read_answers_and_errors(client, query):
    assert get(client, query).access_control_allow_origin == "*"


@pytest.mark.parametrize("row", [RdfFormat.TURTLE, RdfFormat.JSON_LD], ids=str)
def test_service_description_names_its_own_url(client, row):
    answer = client.get("/sparql", headers={"Accept": row.media_type})
    assert answer.mimetype == row.media_type
    triples = [quad.triple for quad in parse(answer.data, row)]
    found = {(t.predicate.value.removeprefix(SD), t.object) for t in triples}
    assert ("endpoint", NamedNode("http://localhost/sparql")) in found
    assert ("feature", NamedNode(SD + "UnionDefaultGraph")) in found
    assert ("feature", NamedNode(SD + "BasicFederatedQuery")) not in found
    assert sum(predicate == "resultFormat" for predicate, _ in found) == 10


def test_browser_without_a_query_is_sent_to_the_home_page(client):
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    answer = client.get("/sparql", headers=browser)
    assert (answer.status_code, answer.location) == (303, "/")
    home = client.get(answer.location)
    assert "星图" in home.text
    assert "http://localhost/sparql" in home.text
    with client.get("/static/style.css") as style:
        assert style.mimetype == "text/css"


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
def test_a_query_that_could_crash_the_engine_is_refused(client, name):
    answer = get(client, CRASHES[name](5_000))
    assert_problem(answer, 413)
    assert "allowed" in answer.json["detail"]


@pytest.mark.parametrize("name", CRASHES)
def test_a_query_just_within_the_limits_is_answered_in_a_thread(store, name):
    """A thread of the server has the stack that threads have here."""
    size = 1_900 if name in {"sums", "negations"} else 490
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(evaluate, store, CRASHES[name](size)).result() is not None


@pytest.mark.parametrize("host", ["a b", "a<b", "%ff"])
def test_a_host_header_that_makes_no_iri_does_no_harm(client, host):
    answer = client.get("/sparql", headers={"Host": host})
    assert answer.status_code < 500
    assert host not in answer.text


def test_a_direct_body_is_not_percent_decoded(client):
    for body, status in ((b"ASK { <http://x/%FF> ?p ?o }", 200), (b"ASK {} # \xe5%a4%a9", 400)):
        answer = client.post("/sparql", data=body, content_type="application/sparql-query")
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "query",
    ["SELECT ?inService ?d { ?s ?p ?o }", "PREFIX x: <http://x/> SELECT * { ?s x:service ?o { } }"],
)
def test_other_uses_of_the_word_service_are_no_federation(client, query):
    assert get(client, query).status_code == 200


# The packaged dataset


def test_missing_dataset_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr("xingtu.server.store.files", lambda package: tmp_path)
    with pytest.raises(MissingDataset, match="xingtu build"):
        open_store()


def test_dataset_is_loaded_from_its_place(monkeypatch, tmp_path, store):
    (tmp_path / "release").mkdir()
    store.dump(tmp_path / "release" / "dataset.nq", RdfFormat.N_QUADS)
    monkeypatch.setattr("xingtu.server.store.files", lambda package: tmp_path)
    assert set(open_store()) == set(store)


def test_packaged_dataset_holds_claims(packaged_store: Store):
    reifies = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>"
    assert evaluate(packaged_store, f"ASK {{ GRAPH ?g {{ ?claim {reifies} <<( ?s ?p ?o )>> }} }}")
