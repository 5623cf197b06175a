"""Each tool answers real questions of the real graph."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from xingtu.ontology import PREFIXES, SPARQL_PREFIXES
from xingtu.queries import load_every_question, load_questions


def test_the_schema_tells_how_to_ask_and_what_there_is(tools) -> None:
    data = tools.data("describe_schema")
    assert data["prefixes"] == PREFIXES
    used = {each["term"]: each for each in data["classes"] + data["properties"]}
    assert used["xt:Mission"]["count"] == 22
    assert used["xt:hasEvent"]["about"].endswith("→xt:Event")
    text = tools.text("describe_schema")
    for word in ("xt:status", "xt:modality", "xt:evidence", "graph:inferred", "PREFIX xt:"):
        assert word in text


def test_what_the_overview_names_is_in_the_ontology(tools) -> None:
    import re

    from xingtu.ontology import XT
    from xingtu.server.pages.vocabulary import read_vocabulary

    named = set(re.findall(r"xt:(\w+)", tools.data("describe_schema")["overview"]))
    assert len(named) > 30
    assert not {name for name in named if XT + name not in read_vocabulary()}


@pytest.mark.parametrize(
    "name",
    ["xt:Mission", "Mission", "mission", "任务", "<https://w3id.org/xingtu/ontology#Mission>"],
)
def test_a_class_is_described_by_any_of_its_names(tools, name: str) -> None:
    data = tools.data("describe_term", name=name)
    assert (data["term"], data["kind"], data["count"]) == ("xt:Mission", "class", 22)
    assert "xt:MarsMission" in data["children"]


def test_a_property_tells_its_domain_range_and_whether_it_holds_of_plans(tools) -> None:
    data = tools.data("describe_term", name="xt:plannedWhen")
    assert data["domain"] == ["xt:Occurrent"]
    assert data["range"] == ["xt:edtf"]
    assert data["holds_of_plans"]
    assert "xt:status" in tools.text("describe_term", name="xt:plannedWhen")
    assert "xt:plannedWhen" in tools.data("describe_term", name="xt:Launch")["properties"]


def test_an_unknown_term_suggests_near_ones(tools) -> None:
    for name in ("xt:Misson", "Misson", "misson"):
        assert "near: xt:Mission" in tools.error("describe_term", name=name)


@pytest.mark.parametrize(
    "name", ["Tianwen-3", "天问三号", "天问3", "tianwen 3", "tianwensanhao", "TIANWEN"]
)
def test_a_thing_is_found_by_each_kind_of_name(tools, name: str) -> None:
    found = tools.data("find_entity", name=name)["entities"]
    assert "id:tianwen-3" in [each["id"] for each in found]


def test_a_found_thing_says_what_it_is_and_how_well_it_fits(tools) -> None:
    first = tools.data("find_entity", name="LM-10A")["entities"][0]
    assert first["id"] == "id:long-march-10a"
    assert first["exact"]
    assert first["label_zh"] == "长征十号甲"
    assert first["types"] == ["xt:LaunchVehicleModel"]
    data = tools.data("find_entity", name="CZ-10")
    assert not any(each["exact"] for each in data["entities"])
    assert any("exactly" in note for note in data["notes"])


def test_nothing_found_is_said_and_says_what_to_try(tools) -> None:
    data = tools.data("find_entity", name="qwxyzzy")
    assert data["entities"] == []
    assert "other language" in data["notes"][0]


def test_the_standing_of_each_fact_is_told(tools) -> None:
    data = tools.data("describe_entity", entity="id:tianwen-3", limit=100)
    assert data["types"] == ["xt:MarsMission", "xt:SampleReturnMission"]
    facts = {(each["predicate"], each["value"]): each for each in data["facts"]}
    launch = facts["xt:hasEvent", "id:tianwen-3-launch"]
    assert (launch["standing"], launch["is_triple"], launch["sources"]) == (["plan"], True, 2)
    opinion = facts["xt:hasCharacteristic", "id:innovative"]
    assert (opinion["standing"], opinion["is_triple"]) == (["opinion"], False)


def test_pages_of_facts_together_are_all_of_them(tools) -> None:
    whole = tools.data("describe_entity", entity="id:tianwen-3", limit=100)
    assert "next_offset" not in whole
    offset, facts = 0, []
    while offset is not None:
        page = tools.data("describe_entity", entity="id:tianwen-3", limit=7, offset=offset)
        assert ("next_offset" in page) == any("Not all" in note for note in page["notes"])
        facts += page["facts"]
        offset = page.get("next_offset")
    assert facts == whole["facts"]
    assert len(facts) > 25


@pytest.mark.parametrize(
    "entity", ["id:tianwen3", "tianwen3", "https://w3id.org/xingtu/id/tianwen3"]
)
def test_an_unknown_thing_suggests_near_ones(tools, entity: str) -> None:
    assert "near: id:tianwen-3 (" in tools.error("describe_entity", entity=entity)


def test_every_question_can_be_listed_read_and_run(tools) -> None:
    questions = load_questions()
    listed = tools.data("find_questions", limit=100)["examples"]
    assert {each["name"] for each in listed} == {
        question.name for question in load_every_question()
    }
    assert len(listed) >= 60
    ran = 0
    for question in questions[::4]:
        (shown,) = tools.data("find_questions", name=question.name)["examples"]
        assert shown["query"] == question.text
        rows = question.expected.read_text("utf-8").rstrip("\n").count("\n")
        assert tools.data("run_query", query=shown["query"])["total"] == rows
        ran += 1
    assert ran >= 15


def test_questions_are_found_by_words_in_any_order_and_by_likeness(tools) -> None:
    def found(words: str) -> list[str]:
        return [each["name"] for each in tools.data("find_questions", words=words)["examples"]]

    assert "how-a-planned-date-moved" in found("moved date")
    assert "launch-date-of-everything" in found("When will everything be launched?")
    assert "where-sources-disagree" in found("sourcs disagre")
    assert found("xyzzy") == []
    assert "near: where-sources-disagree" in tools.error(
        "find_questions", name="where-source-disagree"
    )


def test_a_query_answers_by_terms_with_prefixes(tools) -> None:
    query = SPARQL_PREFIXES + "SELECT ?m ?date { ?m a xt:MarsMission ; xt:plannedLaunchDate ?date }"
    data = tools.data("run_query", query=query)
    assert (data["columns"], data["rows"]) == (["m", "date"], [["id:tianwen-3", '"2028"']])
    assert data["total"] == 1
    assert tools.text("run_query", query=query) == 'm\tdate\nid:tianwen-3\t"2028"\n(whole: 1 rows)'


def test_each_form_of_query_is_answered(tools) -> None:
    assert tools.data("run_query", query="ASK { ?s ?p ?o }")["boolean"] is True
    assert tools.text("run_query", query="ASK { <urn:x> ?p ?o }").startswith("false")
    for query in (
        "DESCRIBE id:tianwen-3",
        "CONSTRUCT { id:tianwen-3 ?p ?o } { id:tianwen-3 ?p ?o }",
    ):
        data = tools.data("run_query", query=SPARQL_PREFIXES + query)
        assert data["columns"] == ["subject", "predicate", "object"]
        assert ["id:tianwen-3", "rdf:type", "xt:MarsMission"] in data["rows"]


def test_unbound_variables_and_terms_of_each_kind_are_written(tools) -> None:
    query = SPARQL_PREFIXES + (
        'SELECT ?a ?b ?c ?d ?e { BIND("a\\tb\\n\\"c\\""@en AS ?a) BIND(1.5 AS ?b) BIND(xsd:date("2025-01-02") AS ?c)'
        " BIND(<<( id:x rdf:type 1 )>> AS ?d) }"
    )
    (row,) = tools.data("run_query", query=query)["rows"]
    assert row[:3] == ['"a\\tb\\n\\"c\\""@en', '"1.5"^^xsd:decimal', '"2025-01-02"^^xsd:date']
    assert "id:x" in row[3]
    assert row[4] == ""


def test_a_day_in_the_past_is_asked_about(tools) -> None:
    query = SPARQL_PREFIXES + "SELECT ?d { ?c xt:subject id:tianwen-3-launch ; xt:valueText ?d }"
    assert tools.data("run_query", query=query)["total"] == 2
    assert tools.data("run_query", query=query, as_of="2025-12-31")["rows"] == [['"2028~"']]
    assert "as-of" in tools.error("run_query", query=query, as_of="soon")


def test_evidence_names_claimant_day_mood_and_passage(tools) -> None:
    data = tools.data("fetch_evidence", subject="id:tianwen-3-launch", predicate="xt:plannedWhen")
    assert [fact["value"] for fact in data["facts"]] == ['"2028"', '"2028~"']
    claims = {each["as_of"]: each for each in data["claims"]}
    early, late = claims["2025-10-21"], claims["2026-03-12"]
    assert early["modality"] == late["modality"] == "plan"
    assert early["superseded_by"] == [late["claim"]]
    assert early["claimed_by"] == ["Riko Seibo (id:riko-seibo)"]
    (passage,) = early["passages"]
    assert passage["article"] == "id:spacemart-lunar-deep-space-milestones"
    assert (passage["start"], passage["end"], len(passage["sha256"])) == (4165, 4286, 64)
    assert "text" not in passage


def test_evidence_is_narrowed_by_the_value_and_found_by_the_claim(tools) -> None:
    fact = {"subject": "id:tianwen-3-launch", "predicate": "plannedWhen"}
    (claim,) = tools.data("fetch_evidence", **fact, object="2028~")["claims"]
    assert tools.data("fetch_evidence", claim=claim["claim"])["claims"] == [claim]
    assert 'it has "2028"' in tools.error("fetch_evidence", **fact, object="2029")


def test_who_repeats_a_claim_is_not_another_source(tools) -> None:
    query = SPARQL_PREFIXES + (
        "SELECT ?s ?p ?o (COUNT(DISTINCT ?e) AS ?n) { ?c xt:subject ?s ; xt:predicate ?p ; xt:object ?o ; "
        "xt:evidence/xt:inArticle ?e } GROUP BY ?s ?p ?o HAVING (COUNT(DISTINCT ?e) > 1 && COUNT(DISTINCT ?w) = 1)"
    ).replace("xt:object ?o ; ", "xt:object ?o ; xt:claimedBy ?w ; ")
    rows = tools.data("run_query", query=query, limit=5)["rows"]
    assert rows
    for subject, predicate, value, _ in rows:
        fact = {"subject": subject, "predicate": predicate, "object": value}
        data = tools.data("fetch_evidence", **fact)
        assert [each["sources"] for each in data["facts"]] == [1]
        assert len({p["article"] for c in data["claims"] for p in c["passages"]}) > 1


def test_what_no_claim_makes_says_what_it_is_from(tools) -> None:
    data = tools.data("fetch_evidence", subject="id:tianwen-3", predicate="xt:plannedLaunchDate")
    assert (data["facts"][0]["standing"], data["claims"]) == (["inferred"], [])
    assert "xt:plannedWhen ?d" in data["notes"][0]


def test_passages_are_quoted_only_where_the_operator_has_the_texts(
    make_tools, packaged_store
) -> None:
    if "XINGTU_ARTICLES" not in os.environ:
        pytest.skip("XINGTU_ARTICLES is not set")
    quoting = make_tools(packaged_store, Path(os.environ["XINGTU_ARTICLES"]))
    fact = {"subject": "id:tianwen-3-launch", "predicate": "xt:plannedWhen"}
    passages = [p for c in quoting.data("fetch_evidence", **fact)["claims"] for p in c["passages"]]
    assert len(passages) == 2
    for passage in passages:
        assert hashlib.sha256(passage["text"].encode()).hexdigest() == passage["sha256"]
        assert len(passage["text"]) == passage["end"] - passage["start"]


def test_text_and_data_tell_the_same(tools) -> None:
    result = tools.call("describe_entity", entity="id:tianwen-3", limit=100)
    text = result.content[0].text
    for fact in result.structured_content["facts"]:
        assert fact["value"] in text
    assert json.dumps(result.structured_content)
