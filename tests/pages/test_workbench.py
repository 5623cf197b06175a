"""The workbench without a browser: its form, its questions, what it tells its scripts."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from xingtu.queries import load_questions

SCRIPTS = Path(__file__).parents[2] / "server/pages/assets/src"


def settings_of(page):
    return json.loads(re.search(r'id="settings">(.*?)</script>', page)[1])


@pytest.mark.parametrize(
    "path", ["/query", "/query?lang=zh", "/query?name=planned-for-2028", "/embed"]
)
def test_markup_needs_nothing_inline(site, check_markup, path):
    page = site.page(path)
    if path != "/embed":
        check_markup(page)
    assert "<style" not in page
    assert not re.search(r'<script(?! type="(application/json|module)")', page)


def test_form_asks_the_endpoint_without_scripts(site):
    page = site.page("/query")
    assert re.search(r'<form id="ask" method="post" action="/sparql"', page)
    assert re.search(r'<textarea [^>]*name="query"', page)
    assert re.search(r'<button [^>]*name="format" value="html"', page)


def test_the_query_to_begin_with_has_an_answer(site, packaged_store):
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", site.page("/query"), re.DOTALL)[1]
    missions = packaged_store.query(unescape(text))
    assert "Tianwen-3" in {row["missionLabel"].value for row in missions}
    assert "图谱中的任务" in site.page("/query?lang=zh")


def test_gallery_lists_every_question(site):
    page = site.page("/query")
    for question in load_questions():
        assert f"/query?name={question.name}" in page


def test_gallery_is_searched_without_scripts(site):
    page = site.page("/query?find=PLANNED+date+move")
    assert re.findall(r'data-name="([^"]+)"', page) == ["how-a-planned-date-moved"]


def test_gallery_is_in_the_language_of_the_page(site):
    page = site.page("/query?lang=zh&find=天问三号+变动")
    assert re.findall(r'data-name="([^"]+)"', page) == ["how-a-planned-date-moved"]
    assert "天问三号的计划发射日期如何变动？" in page
    assert ">How did the planned date" not in page


@pytest.mark.parametrize("name", ["no-such-question", "../setup", "<script>"])
def test_unknown_question_is_not_found(site, name):
    assert site.get("/query?name=" + name).status_code == 404
    assert site.get(f"/query/{name}.rq").status_code == 404


def test_question_has_a_text_of_its_own(site):
    answer = site.get("/query/planned-for-2028.rq")
    assert answer.mimetype == "application/sparql-query"
    assert "SELECT" in answer.text


def test_words_of_a_reader_are_text(site):
    evil = '"><script>alert(1)</script>'
    assert "<script>alert" not in site.page("/query?find=" + evil)


def test_scripts_learn_the_public_address_and_not_the_host(site):
    page = site.page("/query", Host="evil.example")
    settings = settings_of(page)
    assert settings["endpoint"] == "https://xingtu.example/sparql"
    assert "evil" not in page


def test_scripts_learn_prefixes_pages_and_language(site):
    settings = settings_of(site.page("/query?lang=zh"))
    assert settings["prefixes"]["xt"] == "https://w3id.org/xingtu/ontology#"
    assert ["https://w3id.org/xingtu/id/", "/page/", "?lang=zh"] in settings["pages"]
    assert settings["texts"]["Run"] == "运行"
    assert settings_of(site.page("/query"))["texts"] == {}


def test_completion_knows_terms_with_labels_and_counts(site):
    answer = site.get("/query/terms.json")
    terms = {
        (term["iri"].split("#")[1], term["kind"]): term
        for term in answer.json
        if "xingtu" in term["iri"]
    }
    assert terms["Mission", "class"]["labels"]["zh"] == "任务"
    assert terms["Mission", "class"]["count"] > 10
    assert terms["plannedWhen", "property"]["count"] > 0
    assert terms["planned", "individual"]
    again = site.get("/query/terms.json", If_None_Match=answer.headers["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_bundled_files_are_compressed_and_kept_for_ever(site, accepted):
    script = re.search(r'src="(/assets/dist/workbench-\w+\.js)"', site.page("/query"))[1]
    answer = site.get(script, Accept_Encoding=accepted)
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers.get("Content-Encoding", "identity") == accepted
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nothing.js", "..%2F..%2Fframe.py", "workbench.js"])
def test_what_is_not_bundled_is_not_found(site, name):
    assert site.get("/assets/dist/" + name).status_code == 404


def test_only_the_embedded_view_may_be_framed(site):
    assert "frame-ancestors *" in site.get("/embed").headers["Content-Security-Policy"]
    assert "frame-ancestors *" not in site.get("/query").headers.get("Content-Security-Policy", "")


def test_every_text_of_a_script_is_translated(site):
    code = {path.name: path.read_text("utf-8") for path in SCRIPTS.rglob("*.js")}
    texts = {text for each in code.values() for text in re.findall(r'\bsay\(\s*"([^"]+)"', each)}
    texts |= set(re.findall(r'label: "([^"]+)"', code["index.js"]))
    assert len(texts) > 40
    assert texts <= settings_of(site.page("/query?lang=zh"))["texts"].keys()
