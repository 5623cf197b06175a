"""A dataset and requests made to break out of the pages: nothing of them becomes markup or a link."""

import json
import re

import pytest
from pyoxigraph import RdfFormat, Store

BAD = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"\\'{{7*7}}${7*7}"
HOSTILE = """
PREFIX xt: <https://w3id.org/xingtu/ontology#> PREFIX id: <https://w3id.org/xingtu/id/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
id:evil a xt:Person , xt:State , <javascript:class> ; rdfs:label "BAD"@en , "BAD"@zh , "BAD" , "BAD"@x-script ; skos:altLabel "BAD"@en ;
  skos:definition "BAD"@en ; skos:closeMatch <javascript:alert(1)> ; skos:exactMatch <javascript:alert(1)> , <http://www.wikidata.org/entity/Q1'onclick=alert(1)> , <http://www.wikidata.org/entity/javascript:1> ;
  xt:url "javascript:alert(1)"^^xsd:anyURI , "JaVaScRiPt:alert(2)"^^xsd:anyURI , "data:text/html,x"^^xsd:anyURI , "//evil.example"^^xsd:anyURI ;
  xt:status <javascript:alert(2)> , "BAD" , [] ; xt:memberOf <javascript:alert(3)> , <data:text/html,x> , <vbscript:x> , <https://w3id.org/xingtu/id/javascript:alert(4)> ;
  <javascript:property> id:evil ; <https://w3id.org/xingtu/ontology#@id> "BAD" , id:evil ; <https://w3id.org/xingtu/ontology#@context> "BAD" ;
  <schema:name> "BAD" ; xt:when "BAD" , "9999-99-99" ; xt:plannedWhen "2028/BAD" ; xt:numericValue 1e400 ; xt:hasHolding [ xt:holder id:evil ] .
id:p a xt:PolicyDocument ; rdfs:label "BAD"@en ; xt:hasItem [ xt:callsFor "BAD" ] , <javascript:item> , id:evil .
id:holding a xt:PositionHolding ; xt:holder id:evil ; xt:position <javascript:position> ; xt:heldIn id:evil .
id:place a xt:Place ; rdfs:label "BAD"@en . <javascript:x> xt:targets id:place ; xt:when "BAD" .
id:m a xt:Mission ; rdfs:label "BAD"@en ; xt:hasEvent id:evil , <javascript:event> .
id:claim-1 a xt:Claim ; xt:subject id:evil ; xt:predicate <javascript:predicate> ; xt:object <javascript:object> ; xt:valueText "BAD" ; xt:modality <javascript:mood> , xt:plan ;
  xt:claimStatus "BAD" ; xt:rank xt:normal ; xt:claimedBy id:evil , <javascript:who> ; xt:asOf "BAD" ; xt:evidence id:evidence-1 , <javascript:evidence> ; xt:subjectNamedAs "BAD" ;
  xt:dateAnchor "BAD" ; xt:contradicts id:claim-2 , <javascript:claim> ; xt:supersedesClaim id:claim-2 ; xt:reportedBy <javascript:who> ; xt:madeIn [] .
id:claim-2 a xt:Claim ; xt:subject id:m ; xt:predicate xt:plannedWhen ; xt:valueText "BAD" , "2028" ; xt:modality xt:plan ; xt:claimStatus xt:accepted ; xt:asOf "BAD" ; xt:claimedBy id:evil ; xt:contradicts id:claim-1 .
id:claim-3 a xt:Claim . id:claim-4 a xt:Claim ; xt:subject id:m ; xt:predicate xt:numericValue ; xt:valueNumber 1e1000000 ; xt:comparator xt:exactly ; xt:unit "BAD" .
id:evidence-1 a xt:Evidence ; xt:inArticle id:art ; xt:start "BAD" ; xt:end -5 ; xt:passageSha256 "BAD" . id:evidence-2 a xt:Evidence .
id:art a xt:Article ; rdfs:label "BAD"@en ; xt:textSha256 "../../../etc/passwd" ; xt:publishedWhen "BAD" ; xt:publishedBy <javascript:outlet> .
<https://w3id.org/xingtu/id/q'x> a xt:Person ; rdfs:label "quote"@en . <https://w3id.org/xingtu/id/a/b> rdfs:label "slash"@en . <https://w3id.org/xingtu/id/%3Cscript%3E> rdfs:label "percent"@en .
""".replace("BAD", BAD.replace("\\", "\\\\").replace('"', '\\"'))

PATHS = [
    *(f"/page/{slug}" for slug in ("evil", "p", "holding", "place", "m", "claim-1", "claim-2", "claim-3", "claim-4", "evidence-1", "evidence-2", "art", "q'x", "%3Cscript%3E", "%253Cscript%253E")),
    *(f"/page/evil/claims?role={role}" for role in ("claimedBy", "reportedBy", "object", "madeIn", "quotedFrom")),
    *("/", "/browse", "/browse/Person", "/browse/Claim", "/browse/Agent?state=evil&article=art&status=planned&class=State"),
    *("/ontology", "/ontology/Person", "/ontology/Claim", "/ontology/subject", "/ontology/status", "/ontology/plan", "/ontology/plannedWhen"),
    *("/search?q=alert", "/search?q=javascript", "/page/javascript:alert(1)", "/page/nothing'\"><script>alert(1)</script>", "/search?q=<script>alert(1)</script>&lang=<script>"),
    *("/browse/<script>", "/browse/Person?status=<script>&class=javascript:x&state='\"><script>&page=<script>", "/ontology/<script>", "/graph/<script>", "/<script>alert(1)</script>", "//evil.example/%2e%2e"),
    *("/page/evil?facts=<script>&links='\"><script>alert(1)</script>&x='\"><script>", "/page/evil?lang=zh&next=javascript:alert(1)"),
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(make_site, tmp_path_factory):
    store = Store()
    store.load(HOSTILE.encode(), format=RdfFormat.TURTLE)
    return make_site(store, articles=tmp_path_factory.mktemp("articles"))


@pytest.mark.parametrize("path", PATHS)
def test_nothing_hostile_becomes_markup_or_a_link(hostile, check_markup, path):
    answer = hostile.get(path)
    assert answer.status_code in {200, 308, 404}, answer.text
    if answer.mimetype != "text/html" or answer.status_code == 308:
        return
    markup = check_markup(answer.text)
    assert "<script>" not in answer.text.lower()
    assert "<img" not in answer.text
    assert "{{7*7}}" in answer.text or "49" not in re.findall(r"[^\d](49)[^\d%]", answer.text)
    for link in markup.links:
        assert link == "" or re.match(r"(https?://|/(?!/)|[?#])", link), link
        assert not link.startswith("http") or link.startswith(
            (
                "https://w3id.org/",
                "http://www.wikidata.org/",
                "https://www.wikidata.org/wiki/",
                "https://creativecommons.org/",
                "http://www.w3.org/",
                "https://www.w3.org/",
                "https://schema.org/",
            )
        ), link


def test_hostile_json_ld_stays_data_about_its_thing(hostile):
    page = hostile.page("/page/evil")
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(data) == 1 and "<" not in data[0]
    assert json.loads(data[0])["@id"] == "https://w3id.org/xingtu/id/evil"


def test_no_badge_for_what_is_no_wikidata_item(hostile):
    assert "wikidata.org/wiki" not in hostile.page("/page/evil")


def test_hostile_names_are_suggested_as_text(hostile):
    found = hostile.client.get("/suggest?q=alert")
    assert found.mimetype == "application/json"
    assert BAD in {each["label"] for each in found.json}


@pytest.mark.parametrize("suffix", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_hostile_data_is_served_as_data(hostile, suffix):
    answer = hostile.get(f"/data/p.{suffix}")
    assert answer.status_code == 200 and "html" not in answer.mimetype


@pytest.mark.parametrize(
    "slug",
    [
        "x> } ; DROP ALL ; #",
        'x" }',
        "x\\u003e",
        "x%20y",
        "x\ny",
        "x{y}",
        "x|y",
        "x^y",
        "x`y",
        "\x00",
        "é",
        "😀",
        "." * 300,
    ],
)
def test_no_slug_reaches_a_query_but_as_an_iri(hostile, slug):
    hostile.tasks.clear()
    assert hostile.client.get("/page/" + slug.replace("%", "%25")).status_code == 404
    for task in hostile.tasks:
        assert "DROP" not in task.text
        assert task.text.count("VALUES ?thing {") == len(
            re.findall(r"VALUES \?thing \{ <[^<>\s]*>(?: <[^<>\s]*>)* \}", task.text)
        )
