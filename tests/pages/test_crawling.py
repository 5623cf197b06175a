"""What crawlers are told: every page once, at addresses that answer, and nothing without end."""

import re
from urllib.parse import quote
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from xingtu.queries import load_questions
from xingtu.server.pages import crawling

BASE = "https://xingtu.example"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def addresses(site, path="/sitemap.xml"):
    answer = site.get(path, "application/xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml"), answer.text
    root = ElementTree.fromstring(answer.data)
    return root.tag.removeprefix(SPACE), [loc.text for loc in root.iter(SPACE + "loc")]


def test_every_page_is_listed_once_and_answers(site, packaged_store):
    element, found = addresses(site)
    assert element == "urlset"
    assert len(found) == len(set(found)) >= 1000
    assert f"{BASE}/page/tianwen-3" in found
    assert f"{BASE}/ontology/Mission" in found
    assert f"{BASE}/views/timeline" in found
    for question in load_questions():
        assert f"{BASE}/query?name={question.name}" in found
    assert not [address for address in found if "/claim-" in address or "/evidence-" in address]
    for address in found[::40]:
        assert site.get(address.removeprefix(BASE)).status_code == 200, address


def test_many_pages_are_listed_in_parts(make_site, packaged_store, monkeypatch):
    whole = addresses(make_site(packaged_store))[1]
    monkeypatch.setattr(crawling, "MOST", 300)  # of 50,000
    site = make_site(packaged_store)
    element, parts = addresses(site)
    assert element == "sitemapindex"
    assert len(parts) == -(-len(whole) // 300)
    found = [a for part in parts for a in addresses(site, part.removeprefix(BASE))[1]]
    assert found == whole
    for number in (0, len(parts) + 1):
        assert site.get(f"/sitemap-{number}.xml", "application/xml").status_code == 404


def test_a_language_that_a_reader_chose_changes_nothing(make_site, packaged_store):
    site = make_site(packaged_store)
    assert addresses(site, "/sitemap.xml?lang=zh") == addresses(site)


def test_hostile_names_stay_addresses(make_site):
    name = "a&<b>\"'?#é"
    thing = NamedNode("https://w3id.org/xingtu/id/" + quote(name, safe="&'?#é"))
    store = Store()
    store.add(Quad(thing, LABEL, Literal("x")))
    (last,) = addresses(make_site(store))[1][-1:]
    assert re.fullmatch(r"https://xingtu\.example/page/[\w%.~-]+", last), last


@pytest.mark.parametrize("base", [BASE, "https://host.example/space"])
def test_robots_keep_from_what_has_no_end(make_site, packaged_store, base):
    answer = make_site(packaged_store, base).get("/robots.txt", "text/plain")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    for path in ("/", "/page/tianwen-3", "/ontology", "/views/timeline", "/data/tianwen-3.ttl"):
        assert rules.can_fetch("Bot", base + path), path
    for path in ("/sparql?query=ASK", "/search?q=x", "/gsp?default", "/embed"):
        assert not rules.can_fetch("Bot", base + path), path
    assert rules.site_maps() == [base + "/sitemap.xml"]
