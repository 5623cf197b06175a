"""Language, caching and the interface's texts."""

import re
from pathlib import Path

import pytest

from xingtu.server.pages import language, moods
from xingtu.server.pages.dating import read_date
from xingtu.server.pages.frame import FOLDER
from xingtu.server.pages.quantities import read_quantity
from xingtu.server.pages.vocabulary import INDIVIDUAL, read_vocabulary

XT = "https://w3id.org/xingtu/ontology#"


@pytest.mark.parametrize(
    ("path", "accepted", "chosen"),
    [
        ("/", "", "en"),
        ("/", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("/", "zh-Hant-TW", "zh"),
        ("/", "de,fr;q=0.5", "en"),
        ("/", "de,zh;q=0.5,en;q=0.4", "zh"),
        ("/?lang=zh", "en", "zh"),
        ("/?lang=en", "zh", "en"),
        ("/?lang=xx", "zh", "zh"),
    ],
)
def test_the_language_of_a_page(site, path, accepted, chosen):
    answer = site.get(path, Accept_Language=accepted)
    assert f'<html lang="{chosen}">' in answer.text
    assert answer.headers["Content-Language"] == chosen
    assert "Accept-Language" in answer.vary
    assert "Set-Cookie" not in answer.headers


def test_a_chosen_language_stays_from_page_to_page(site):
    page = site.page("/page/tianwen-3?lang=zh")
    assert 'href="/page/mars?lang=zh"' in page and 'href="/?lang=zh"' in page
    assert 'name="lang" value="zh"' in page
    assert 'href="/data/tianwen-3.ttl"' in page
    assert "?lang=" not in site.page("/page/tianwen-3").replace("?lang=zh", "", 2).replace(
        "?lang=en", "", 1
    )


def test_the_switch_keeps_the_rest_of_the_address(site):
    page = site.page("/browse/Organisation?status=ended&page=1")
    assert '<a class="language" href="?status=ended&amp;page=1&amp;lang=zh" lang="zh"' in page


def test_a_chinese_page_is_in_chinese_but_for_names_marked_as_english(site):
    page = site.page("/page/tianwen-3?lang=zh")
    assert "<h1>天问三号" in page and "计划" in page
    body = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    marked = (
        r'<(\w+)[^>]*lang="en"[^>]*>.*?</\1>|<svg.*?</svg>|<code.*?</code>|<p class="more">.*?</p>'
    )
    outside = re.sub(marked, "", body, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-z]{4,}", re.sub(r"<[^>]+>", " ", outside)))
    assert words <= {"Turtle", "Triples", "JSON", "TriG", "Wikidata"}


def interface_texts() -> set[str]:
    """Every text that a template or a badge has translated."""
    texts = {
        each
        for mood in vars(moods).values()
        if isinstance(mood, moods.Mood)
        for each in (mood.word, mood.meaning)
    }
    texts |= {each for mood in moods.MOODS.values() for each in (mood.word, mood.meaning)}
    texts |= {term.kind for term in read_vocabulary().values()} | {
        "functional",
        "transitive",
        "symmetric",
    }
    for path in (FOLDER / "templates").iterdir():
        template = path.read_text("utf-8")
        texts |= set(re.findall(r'_\("([^"]+)"', template)) | set(
            re.findall(r"_\('([^']+)'", template)
        )
        texts |= set(re.findall(r'count\("[^"]+", "([^"]+)"', template))
    return texts


def test_every_text_of_the_interface_is_translated():
    assert interface_texts() - language.read_messages().keys() == set()


def test_translations_have_the_same_places_to_fill():
    for english, chinese in language.read_messages().items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), english


def test_every_modality_and_status_of_the_ontology_has_a_badge():
    terms = read_vocabulary().values()
    individuals = [term for term in terms if term.kind == INDIVIDUAL]
    assert {t.iri for t in individuals if XT + "Modality" in t.types} == set(moods.MOODS)
    pending = {XT + "PendingStatus", XT + "SettledStatus", XT + "Status"}
    assert {t.name for t in individuals if pending & set(t.types)} == set(moods.STATUSES)


def test_an_unchanged_page_is_not_sent_again(site):
    first = site.get("/page/tianwen-3")
    data = site.get("/data/tianwen-3.ttl")
    again = site.get("/data/tianwen-3.ttl", If_None_Match=data.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    again = site.get("/page/tianwen-3", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert (
        site.get("/page/tianwen-3?lang=zh", If_None_Match=first.headers["ETag"]).status_code == 200
    )


def test_files_are_kept_by_their_content(site):
    page = site.page("/")
    address = re.search(r'href="(/assets/style.css\?v=\w+)"', page)[1]
    assert "immutable" in site.get(address).headers["Cache-Control"]
    assert "immutable" not in site.get("/assets/style.css").headers.get("Cache-Control", "")


def test_pages_load_nothing_from_elsewhere(site):
    for path in ("/", "/page/china", "/browse", "/ontology", "/ontology/Mission", "/search?q=moon"):
        page = site.page(path)
        loaded = re.findall(
            r'<(?:script|img|iframe|source)[^>]+src="([^"]+)"|<link rel="stylesheet" href="([^"]+)"|<use href="([^"]+)"',
            page,
        )
        assert all(
            address.startswith("/assets/") for found in loaded for address in found if address
        )
        assert "url(" not in re.sub(r"url\(#\w+\)", "", page)
    assert "url(" not in (Path(FOLDER) / "static" / "style.css").read_text("utf-8")


def test_the_frame_has_landmarks_and_a_way_past_them(site):
    page = site.page("/page/tianwen-3")
    assert page.index('<a class="skip" href="#content"') < page.index("<header")
    for piece in (
        '<main id="content"',
        '<nav class="site-nav" aria-label=',
        'role="search"',
        '<footer class="site-footer">',
    ):
        assert piece in page


@pytest.mark.parametrize(
    ("edtf", "english", "chinese"),
    [
        ("2025-05-29", "29 May 2025", "2025年5月29日"),
        ("2024-04", "April 2024", "2024年4月"),
        ("2028", "2028", "2028年"),
        ("2028~", "around 2028", "2028年前后"),
        ("2028%", "perhaps around 2028", "2028年前后（存疑）"),
        ("2028?", "perhaps 2028", "2028年（存疑）"),
        ("2028/2031", "2028 to 2031", "2028年至2031年"),
        ("../2032", "by 2032", "2032年以前"),
        ("2026-04/..", "from April 2026", "2026年4月起"),
        ("205X", "the 2050s", "2050年代"),
        ("", "", ""),
        ("2025-13", "2025-13", "2025-13"),
        ("soon", "soon", "soon"),
    ],
)
def test_a_date_in_words(edtf, english, chinese):
    assert (read_date(edtf, "en"), read_date(edtf, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("quantity", "english", "chinese"),
    [
        (("93", "", "1", "exactly"), "93", "93"),
        (("80", "90", "1", "between"), "80 to 90", "80至90"),
        (("1400", "", "1", "nearly"), "nearly 1,400", "近1,400"),
        (("86", "", "%", "moreThan"), "more than 86%", "超过86%"),
        (("1935", "", "g", "exactly"), "1,935 g", "1,935 g"),
        (("5", "", "mo", "atLeast"), "at least 5 months", "至少5个月"),
        (("300", "", "TBy", "moreThan"), "more than 300 TB", "超过300 TB"),
        (("0.50", "", "km", "about"), "about 0.50 km", "约0.50 km"),
        (("1e99999999", "", "1", "exactly"), "1e99999999", "1e99999999"),
        (("x", "", "", ""), "x", "x"),
    ],
)
def test_a_number_in_words(quantity, english, chinese):
    low, high, unit, comparator = quantity
    assert read_quantity(low, high, unit, XT + comparator, "en") == english
    assert read_quantity(low, high, unit, XT + comparator, "zh") == chinese


def test_every_comparator_of_the_ontology_has_words():
    comparators = [t for t in read_vocabulary().values() if XT + "Comparator" in t.types]
    said = {
        read_quantity("1", "2" if t.name == "between" else "", "1", t.iri, "en")
        for t in comparators
    }
    assert len(said) == len(comparators) == 7
