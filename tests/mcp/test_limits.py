"""What is too much, wrong or hostile costs little, harms nothing, and is told so that it teaches."""

import pytest
from mcp import MCPError
from pyoxigraph import Literal, NamedNode, Quad, Store

from xingtu.ontology import SPARQL_PREFIXES, XT

ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def test_an_answer_that_is_cut_says_so_and_how_to_go_on(tools) -> None:
    first = tools.data("run_query", query=ALL)
    assert first["total"] > 40_000
    assert len(first["rows"]) == first["next_offset"] == 50
    assert f"1-50 of {first['total']:,} rows" in first["notes"][0]
    assert "offset=50" in first["notes"][0]
    assert "Not all" in tools.text("run_query", query=ALL)
    second = tools.data("run_query", query=ALL, offset=50)
    assert tools.data("run_query", query=ALL, limit=100)["rows"] == first["rows"] + second["rows"]


def test_the_last_page_is_the_last(tools) -> None:
    query = SPARQL_PREFIXES + "SELECT ?m { ?m a xt:Mission } ORDER BY ?m"
    page = tools.data("run_query", query=query, limit=10, offset=20)
    assert (page["total"], len(page["rows"]), "next_offset" in page) == (22, 2, False)
    assert tools.data("run_query", query=query, offset=22)["rows"] == []


def test_long_texts_and_many_columns_are_cut_and_say_so(tools) -> None:
    long = "".join(f"concat({n})" for n in range(2000))
    data = tools.data("run_query", query=f'SELECT ("{long}" AS ?a) {{}}')
    assert f"…(+{len(long) + 2 - 400:,} characters)" in data["rows"][0][0]
    rows = " ".join(f'("{long[:300]}")' for _ in range(200))
    data = tools.data("run_query", query=f"SELECT * {{ VALUES (?a) {{ {rows} }} }}", limit=200)
    assert 0 < len(data["rows"]) == data["next_offset"] < 200
    columns = " ".join(f'("{long[:60]}" AS ?a{n})' for n in range(600))
    assert "ask for less" in tools.error("run_query", query=f"SELECT {columns} {{}}")


def test_arguments_beyond_their_bounds_are_refused_by_name(tools) -> None:
    assert "`limit`" in tools.error("run_query", query="ASK {}", limit=100_000)
    assert "`offset`" in tools.error("describe_entity", entity="id:cnsa", offset=-1)
    assert "`name`" in tools.error("find_entity", name="x" * 5000)
    assert "`query`" in tools.error("run_query")
    assert "run_query has: query, limit" in tools.error("run_query", query="ASK {}", rows=1)


def test_an_unknown_tool_is_refused_and_the_near_one_named(tools) -> None:
    async def use(client) -> str:
        try:
            return await client.call_tool("run_sparql_query", {"query": "ASK {}"})
        except MCPError as error:
            return str(error)

    assert "there is run_query" in tools.use(use)


@pytest.mark.parametrize("update", [
    "INSERT DATA { <urn:a> <urn:b> 1 }", "PREFIX x: <urn:x> DELETE WHERE { ?s ?p ?o }", "CLEAR ALL",
    "LOAD <http://127.0.0.1:1/x>", "DROP ALL", "CREATE GRAPH <urn:g>", "COPY DEFAULT TO <urn:g>",
])  # fmt: skip
def test_updates_are_refused_and_change_nothing(tools, update: str) -> None:
    before = tools.data("run_query", query=COUNT)["rows"]
    assert "This is an update" in tools.error("run_query", query=update)
    assert tools.data("run_query", query=COUNT)["rows"] == before


@pytest.mark.parametrize("query", [
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://169.254.169.254/> { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { <http://127.0.0.1:1/> } SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { SERV\\u0049CE <http://127.0.0.1:1/> { ?s ?p ?o } }",
])  # fmt: skip
def test_services_are_refused_before_anything_is_sent(tools, query: str) -> None:
    assert "SERVICE" in tools.error("run_query", query=query)


def test_a_query_that_is_too_much_is_refused(tools) -> None:
    assert "characters" in tools.error("run_query", query="ASK { ?s ?p 1 } #" + "x" * 70_000)
    nested = "ASK " + "{" * 5000 + "}" * 5000
    assert tools.error("run_query", query=nested)


def test_a_syntax_error_tells_where_and_what_to_look_for(tools) -> None:
    error = tools.error(
        "run_query",
        query=SPARQL_PREFIXES + "SELECT ?s WHERE {\n ?s xt:when ?d \n ?s a xt:Mission }",
    )
    lines = SPARQL_PREFIXES.count("\n") + 3
    assert f"line {lines}, column" in error
    assert "`Mission }`" in error
    assert "`.`" in error


def test_an_undeclared_prefix_is_given_with_its_declaration(tools) -> None:
    error = tools.error("run_query", query="SELECT ?s { ?s a xt:Mission }")
    assert f"PREFIX xt: <{XT}>" in error
    error = tools.error("run_query", query="SELECT ?s { ?s a xtt:Mission ; rdf:type ?x }")
    assert "did you mean xt:?" in error
    assert "PREFIX rdf: <" in error


def test_terms_and_things_that_are_not_there_are_pointed_out(tools) -> None:
    query = SPARQL_PREFIXES + "SELECT ?d { id:tianwen-33 a xt:Misson ; xt:plannedLaunchdate ?d }"
    notes = tools.data("run_query", query=query)["notes"]
    assert "no xt:Misson; near: xt:Mission" in notes[0]
    assert "no xt:plannedLaunchdate; near: xt:plannedLaunchDate" in notes[1]
    assert "no id:tianwen-33; near: id:tianwen-3 (" in notes[2]
    query = SPARQL_PREFIXES + "SELECT * { ?m a xt:MarsMission OPTIONAL { ?m xt:lauchDate ?d } }"
    assert "xt:launchDate" in tools.data("run_query", query=query)["notes"][0]


def test_an_empty_answer_without_a_doubt_says_what_to_look_at(tools) -> None:
    query = SPARQL_PREFIXES + 'SELECT * { id:tianwen-3 rdfs:label "Tianwen-3" }'
    (note,) = tools.data("run_query", query=query)["notes"]
    assert '"…"@en' in note


NONSENSE = [
    "id:x> . ?a ?b ?c . <urn:x", 'id:x" }', "}; DROP ALL", "<javascript:alert(1)>", "\x00", "\ud800", "id:" + "é" * 400,
    "https://w3id.org/xingtu/id/ x", "::::", "<>", "_:b", '"literal"@en', "id:tianwen-3\n", "../../etc/passwd", "%", "*",
]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_as_a_name_is_answered_or_refused_and_never_becomes_a_query(
    tools, text: str
) -> None:
    before = tools.data("run_query", query=COUNT)["rows"]
    tools.call("find_entity", name=text)
    tools.call("find_questions", words=text)
    if text.strip() != "id:tianwen-3":
        assert tools.error("describe_entity", entity=text)
        assert tools.error("fetch_evidence", subject=text, predicate="xt:when")
        assert tools.error("fetch_evidence", claim=text)
    assert tools.error("describe_term", name=text)
    assert tools.error("fetch_evidence", subject="id:tianwen-3", predicate=text)
    assert tools.error(
        "fetch_evidence", subject="id:tianwen-3", predicate="xt:hasEvent", object=text
    )
    assert tools.data("run_query", query=COUNT)["rows"] == before


def test_no_answer_is_over_its_size_whatever_the_data(make_tools) -> None:
    store, label = Store(), NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    thing = NamedNode("https://w3id.org/xingtu/id/huge")
    for n in range(80):
        other = NamedNode(f"https://w3id.org/xingtu/id/huge-{n}-{'y' * 500}")
        store.add(Quad(other, label, Literal(f"huge {n} " + "名" * 300, language="zh")))
        store.add(Quad(other, label, Literal(f"huge {n} " + "x" * 5000, language="en")))
        store.add(Quad(other, kind, NamedNode(XT + "Mission")))
        store.add(Quad(thing, NamedNode(XT + "hasPart"), other))
        store.add(Quad(thing, NamedNode(XT + "hasPart"), Literal(f"{n} " + "z" * 5000)))
    for n in range(250):
        store.add(Quad(thing, NamedNode(XT + "plannedSize"), Literal(1000 + n)))
    store.add(Quad(thing, label, Literal("huge " + "w" * 5000, language="en")))
    hostile = make_tools(store)
    for name, arguments in (
        ("find_entity", {"name": "huge", "limit": 25}),
        ("describe_entity", {"entity": "id:huge", "limit": 100}),
        ("describe_entity", {"entity": "id:hugo"}),
        ("fetch_evidence", {"subject": "id:huge", "predicate": "xt:hasPart"}),
        ("run_query", {"query": ALL, "limit": 200}),
        ("describe_schema", {}),
        ("describe_term", {"name": "xt:hasPart"}),
    ):
        hostile.call(name, **arguments)  # which looks at the size
    sizes = {"subject": "id:huge", "predicate": "xt:plannedSize"}
    assert "200 or more values" in hostile.data("fetch_evidence", **sizes)["notes"][0]
    (fact,) = hostile.data("fetch_evidence", **sizes, object="1249")["facts"]
    assert fact["value"] == '"1249"^^xsd:integer'
    page = hostile.data("describe_entity", entity="id:huge", limit=100)
    assert 0 < len(page["facts"]) == page["next_offset"] < 100


def test_a_dataset_without_our_ontology_is_served_too(make_tools, store) -> None:
    small = make_tools(store)
    assert small.data("run_query", query="SELECT * { ?s ?p ?o }")["total"] > 3
    assert small.data("describe_schema")["prefixes"]
