"""The home page and browsing: numbers from the graph, classes, facets."""

import re

import pytest


def number_after(page: str, text: str) -> int:
    return int(re.search(rf">{re.escape(text)}</a> <span[^>]*>([\d,]+)<", page)[1].replace(",", ""))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?lang=zh",
        "/browse",
        "/browse/Mission",
        "/browse/Organisation?status=ended",
        "/search",
        "/search?q=嫦娥",
        "/graph/entities",
    ],
)
def test_the_markup_of_a_page(site, check_markup, path):
    check_markup(site.page(path))


def test_the_numbers_of_the_home_page_come_from_the_graph(site, packaged_store):
    page = site.page("/")
    (row,) = packaged_store.query(
        "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a <https://w3id.org/xingtu/ontology#Claim> }"
    )
    assert f"<dt>claims</dt><dd>{int(row['n'].value):,}</dd>" in page
    assert number_after(page, "mission") == 22


def test_the_home_page_leads_to_articles_questions_and_things(site):
    page = site.page("/")
    for link in (
        "/page/china-in-space-two-sessions-2026",
        "/page/tianwen-3",
        "/browse/Person",
        "/query?name=members-of-the-ilrs",
    ):
        assert f'href="{link}' in page
    assert "谁加入了国际月球科研站？" in site.page("/?lang=zh")
    latest = page.partition('id="latest"')[2]
    assert latest.index("12 March 2026") < latest.index("21 October 2025")


def test_an_empty_graph_has_a_home_page(make_site, check_markup):
    from pyoxigraph import Store

    site = make_site(Store())
    for path in (
        "/",
        "/browse",
        "/browse/Mission",
        "/search?q=x",
        "/ontology",
        "/ontology/Mission",
    ):
        check_markup(site.page(path))


def test_the_home_page_counts_once_for_each_dataset(site):
    site.page("/")
    site.tasks.clear()
    site.page("/")
    assert len(site.tasks) <= 1


def test_classes_are_counted_without_claims_and_passages(site):
    page = site.page("/browse")
    assert number_after(page, "mission") == 22
    assert 'href="/browse/Claim"' not in page
    listed = site.page("/browse/InformationEntity")
    assert number_after(page, "information entity") < 200 and "claim-" not in listed


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("", ["Strategic Support Force", "NASA"], []),
        ("?status=ended", ["Strategic Support Force"], ["NASA", "SpaceX"]),
        ("?class=SpaceAgency", ["NASA"], ["SpaceX"]),
        ("?state=united-states", [], ["Xinhua"]),
        (
            "?article=china-in-space-two-sessions-2026&class=Enterprise",
            [],
            ["Strategic Support Force"],
        ),
        ("?status=nothing", ["Nothing fits."], ["NASA"]),
    ],
)
def test_facets_narrow_down(site, query, there, not_there):
    listed = site.page("/browse/Organisation" + query).partition("</h1>")[2]
    things = listed.partition("</nav>")[2] or listed
    assert all(name in things for name in there) and not any(name in things for name in not_there)


def test_a_facet_counts_what_its_choice_leaves(site):
    page = site.page("/browse/Organisation")
    count = number_after(page, "government body")
    narrowed = site.page("/browse/Organisation?class=GovernmentBody")
    assert len(re.findall(r'<li><a href="/page/', narrowed)) == count
    assert 'aria-current="true"' in narrowed


def test_a_long_class_is_paged(site):
    first, second = site.page("/browse/Characteristic"), site.page("/browse/Characteristic?page=2")
    things = [set(re.findall(r'<li><a href="(/page/[^"]+)"', page)) for page in (first, second)]
    assert len(things[0]) == len(things[1]) == 60 and not things[0] & things[1]


def test_browsing_asks_a_handful_of_queries(site):
    site.page("/browse/Organisation")
    site.tasks.clear()
    site.page("/browse/Agent?status=planned")
    assert len(site.tasks) <= 3
