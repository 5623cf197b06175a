"""Names are found however they are written."""

import pytest

from xingtu.triples.names.normalizing import normalize, spell


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("Tianwen-3", "tianwen-3"),
        ("tianwen 3", "tianwen-3"),
        ("TIANWEN3", "tianwen-3"),
        ("天问三号", "tianwen-3"),
        ("天问3", "tianwen-3"),
        ("天问 三", "tianwen-3"),
        ("嫦娥", "chang-e-6"),
        ("嫦娥六号", "chang-e-6"),
        ("嫦娥6号", "chang-e-6"),
        ("Chang'e-6", "chang-e-6"),
        ("Chang’e 6", "chang-e-6"),
        ("change6", "chang-e-6"),
        ("chang e 6", "chang-e-6"),
        ("changeliuhao", "chang-e-6"),
        ("chang'e liu hao", "chang-e-6"),
        ("千帆", "qianfan"),
        ("qianfan", "qianfan"),
        ("火星", "mars"),
        ("huoxing", "mars"),
        ("hx", "mars"),
        ("北斗", "beidou"),
        ("beidou", "beidou"),
        ("三体", "three-body"),
        ("santi", "three-body"),
        ("中国航天科技集团", "casc"),
        ("航天科技", "casc"),
        ("zghtkjjt", "casc"),
        ("CASC", "casc"),
        ("容易", "rong-yi"),
        ("Rong", "rong-yi"),
        ("CZ-10A", "long-march-10a"),
        ("cz10a", "long-march-10a"),
        ("LM-10A", "long-march-10a"),
        ("LM 10A", "long-march-10a"),
        ("Long March 10A", "long-march-10a"),
        ("longmarch-10a", "long-march-10a"),
        ("长征十号甲", "long-march-10a"),
        ("长征10号甲", "long-march-10a"),
        ("长征10A", "long-march-10a"),
        ("长征二号F", "long-march-2f"),
        ("神舟二十号", "shenzhou-20"),
        ("神舟20", "shenzhou-20"),
        ("Tianwne-3", "tianwen-3"),
        ("International Lunar Reserch Station", "ilrs"),
    ],
)  # fmt: skip
def test_the_first_suggestion(site, query, slug):
    found = site.client.get("/suggest", query_string={"q": query}).json
    assert found[0]["iri"] == f"https://w3id.org/xingtu/id/{slug}", [
        each["label"] for each in found
    ]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "'",
        '"',
        '"*',
        "AND",
        "NOT x",
        "NEAR(",
        "words:",
        "*",
        "😀",
        "((((",
        "a" * 5000,
        "\x00",
        "一" * 300,
    ],
)
def test_no_text_is_an_error(site, query):
    for path in ("/suggest", "/search"):
        assert site.client.get(path, query_string={"q": query}).status_code == 200


def test_a_suggestion_tells_what_a_search_box_shows(site):
    (first, *_) = site.client.get("/suggest?q=天问三号&lang=zh").json
    assert first == {
        "iri": "https://w3id.org/xingtu/id/tianwen-3",
        "address": "/page/tianwen-3?lang=zh",
        "label": "天问三号",
        "language": "zh",
        "other": "Tianwen-3",
        "matched": "天问三号",
        "type": "火星任务",
    }


def test_what_is_not_in_the_graph_is_not_taken_for_what_is_like_it(site):
    page = site.page("/search?q=CNSA")
    assert "Nothing in the graph is called “CNSA”" in page and "China Manned Space Agency" in page
    assert "Nothing in the graph" not in site.page("/search?q=CMSA")


def test_an_alias_is_told(site):
    assert "also called" in site.page("/search?q=CASC")


def test_classes_of_the_ontology_are_found(site):
    assert 'href="/ontology/Mission"' in site.page("/search?q=mission")


def test_a_page_of_results_asks_one_query_at_most(site):
    site.page("/search?q=天问")
    site.tasks.clear()
    site.page("/search?q=长征")
    assert len(site.tasks) <= 1


def test_the_index_follows_the_dataset(make_site, packaged_store, site):
    from pyoxigraph import Store

    assert site.client.get("/suggest?q=tianwen").json
    assert not make_site(Store()).client.get("/suggest?q=tianwen").json
    assert site.client.get("/suggest?q=tianwen").json


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("CZ-10A", "long march 10a"),
        ("长征十号甲", "长 征 10a"),
        ("二十", "20"),
        ("十", "10"),
        ("二十一", "21"),
        ("十五五", "1055"),
        ("Duchâtel", "duchatel"),
        ("ＣＺ－５", "long march 5"),
    ],
)
def test_the_normal_form_of_a_name(name, normal):
    assert normalize(name) == normal


def test_the_spelling_of_a_name():
    assert {"change", "chang", "e", "ce", "changeliuhao", "liuhao"} <= set(
        spell("嫦娥六号").split()
    )


def test_a_name_of_thousands_of_characters_is_spelled_in_part() -> None:
    assert len(spell("嫦" * 5_000)) < 64 * 64 * 6
