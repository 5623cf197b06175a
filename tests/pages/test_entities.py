"""Pages about things: complete, bounded, with the evidence of every fact."""

import gzip
import hashlib
import json
import re

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from xingtu.server.pages.vocabulary import RDF_TYPE

ID = "https://w3id.org/xingtu/id/"
XT = "https://w3id.org/xingtu/ontology#"
KINDS = {
    "mission": "tianwen-3",
    "launch": "tianwen-3-launch",
    "spacecraft": "zhurong",
    "model": "long-march-10a",
    "person": "rong-yi",
    "organisation": "casc",
    "state": "china",
    "programme": "planetary-exploration-programme",
    "policy document": "draft-15th-fyp",
    "plan item": "item-planetary-exploration-phase-2",
    "proposal": "proposal-rong-yi-museum",
    "place": "mars",
    "article": "china-in-space-two-sessions-2026",
    "observation": "obs-launches-2025",
    "claim": "claim-obs-launches-2025-a8c934c3b9d8",
    "evidence": "evidence-china-in-space-two-sessions-2026-11499-11596",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_of_each_kind_is_well_formed(site, check_markup, kind, language):
    check_markup(site.page(f"/page/{KINDS[kind]}?lang={language}"))


def things(store: Store) -> list[str]:
    """All that have a page; of claims and passages, whose pages differ least, some."""
    found = {
        q.subject.value.removeprefix(ID)
        for q in store.quads_for_pattern(None, RDF_TYPE, None)
        if q.subject.value.startswith(ID)
    }
    named = sorted(slug for slug in found if not slug.startswith(("claim-", "evidence-")))
    return named + sorted(found - set(named))[::25]


def test_every_thing_has_a_page_of_bounded_size_and_few_queries(site, packaged_store):
    for slug in things(packaged_store):
        site.tasks.clear()
        answer = site.client.get(f"/page/{slug}")
        assert answer.status_code == 200, slug
        assert len(site.tasks) <= 8, slug
        assert len(answer.data) < 150_000, slug
        assert len(gzip.compress(answer.data)) < 20_000, slug
        assert b"style=" not in answer.data, slug
        data = re.search(
            r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL
        )
        assert json.loads(data[1])["@id"] == ID + slug


def test_the_first_view_of_a_page_is_light(site):
    """Page, style sheet, scripts and marks, as the largest page needs them."""
    paths = [
        "/page/china",
        "/assets/style.css",
        "/assets/suggest.js",
        "/assets/marks.svg",
        "/assets/icon.svg",
    ]
    assert sum(len(gzip.compress(site.get(path).data)) for path in paths) < 50_000


def test_a_page_however_large_the_thing_asks_as_many_queries(make_site):
    """A thing with thousands of facts, claims and links is shown a page at a time."""
    thing, store = NamedNode(ID + "hub"), Store()
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    store.add(Quad(thing, RDF_TYPE, NamedNode(XT + "State")))
    store.add(Quad(thing, label, Literal("hub", language="en")))
    for n in range(3000):
        other, claim = NamedNode(f"{ID}other-{n:04}"), NamedNode(f"{ID}claim-{n}")
        store.add(Quad(thing, NamedNode(XT + "leads"), other))
        store.add(Quad(other, NamedNode(XT + "concerns"), thing))
        store.add(Quad(other, label, Literal(f"other {n}", language="en")))
        for name, value in (
            ("subject", thing),
            ("predicate", NamedNode(XT + "leads")),
            ("object", other),
            ("claimedBy", other),
            ("modality", NamedNode(XT + "factual")),
        ):
            store.add(Quad(claim, NamedNode(XT + name), value))
    site = make_site(store)
    page = site.page("/page/hub")
    assert len(site.tasks) <= 8
    assert "other 199" in page and "other 200<" not in page
    assert "facts=2" in page and "links=2" in page
    assert "3,000" in page
    assert "other 200<" in site.page("/page/hub?facts=2")
    assert len(page) < 400_000


def facts(page: str, property_name: str) -> list[str]:
    """Give the text of each statement of a property."""
    found = re.findall(r"<dt>.*?</dd>", page, re.DOTALL)
    groups = [
        group for group in found if re.search(f">{property_name}<", group.partition("</dt>")[0])
    ]
    texts = [
        statement for group in groups for statement in group.split('<div class="statement">')[1:]
    ]
    return [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in texts]


def test_every_fact_shows_its_mood_sources_claimant_day_and_passage(site):
    (fact,) = [
        f
        for f in facts(site.page("/page/tianwen-3-launch"), "planned date")
        if f.startswith("2028 ")
    ]
    assert fact.startswith(
        "2028 plan 1 source China in Space · as of 12 March 2026 plan characters 11499 to 11596 of Reusable"
    )


def test_every_inferred_fact_leads_to_its_evidence(site, packaged_store):
    """It has claims of its own, by an inverse or symmetric property, or follows through a thing."""
    rows = packaged_store.query(
        f"SELECT DISTINCT ?s {{ GRAPH <https://w3id.org/xingtu/graph/inferred> {{ ?s ?p ?o }}"
        f" FILTER(STRSTARTS(STR(?p), '{XT}') && STRSTARTS(STR(?s), '{ID}') && !CONTAINS(STR(?s), '/claim-')) }}"
    )
    shown = 0
    for slug in (row["s"].value.removeprefix(ID) for row in rows):
        for value in re.findall(r'<p class="value">(.*?)</div>', site.page(f"/page/{slug}"), re.S):
            if 'class="badge inferred"' in value:
                shown += 1
                assert 'class="through"' in value, (slug, value)
    assert shown >= 100


def test_what_is_superseded_is_said_but_no_fact(site):
    held, said = site.page("/page/tianwen-3-launch").split('id="said"')
    assert "around 2028" not in " ".join(facts(held, "planned date"))
    (fact,) = facts(said, "planned date")
    assert fact.startswith("around 2028 plan superseded")


@pytest.mark.parametrize(
    ("slug", "prop", "start"),
    [
        ("obs-launches-2025", "numeric value", "93 fact disputed"),
        ("obs-launches-2025", "numeric value", "80 to 90 fact disputed wording ambiguous"),
        ("tianwen-3", "launched on", "Long March 5 inferred from launch of Tianwen-3"),
        ("tianwen-3", "planned launch date", "2028 inferred from launch of Tianwen-3"),
        ("united-states", "rival of", "China inferred from"),
        ("russia", "cooperates with", "China fact 1 source"),
        ("tianwen-3", "targets", "Mars fact 3 sources"),
        ("tianwen-3", "status", "planned fact plan outranked"),
        ("mars", "target of", "Tianwen-3 fact 3 sources"),
        ("three-body-group-2", "part of", "Three-Body Computing Constellation fact 1 source"),
        ("casc", "leads", "CASC-led joint development of techniques and equipment fact 1 source"),
        ("china", "has event", '"Sputnik moment" of China in space denied'),
        ("china-in-space-two-sessions-2026", "publication date", "from 12 March 2026 recorded"),
    ],
)
def test_the_mood_of_a_fact(site, slug, prop, start):
    found = [fact.replace("&#34;", '"') for fact in facts(site.page(f"/page/{slug}"), prop)]
    assert any(fact.startswith(start) for fact in found), found


def test_a_mood_shows_by_shape_and_word_too(site):
    page = site.page("/page/tianwen-3")
    assert re.search(
        r'<span class="badge plan"[^>]*><svg aria-hidden="true"><use href="[^"]*marks.svg[^"]*#plan"/></svg>plan</span>',
        page,
    )


def test_every_mark_is_drawn(site):
    from xingtu.server.pages import moods

    drawn = set(re.findall(r'id="(\w+)"', site.get("/assets/marks.svg").text))
    known = [*moods.MOODS.values(), *(v for v in vars(moods).values() if isinstance(v, moods.Mood))]
    assert {mood.mark for mood in known} | set(moods.STATUSES.values()) == drawn


def test_conflicting_claims_stand_side_by_side(site):
    page = site.page("/page/obs-launches-2025")
    sides = page.partition('class="sides"')[2].partition("</section>")[0]
    assert re.findall(r'<p class="big">(.*?)</p>', sides) == ["93", "80 to 90"]


def test_planned_dates_are_listed_as_they_moved(site):
    page = site.page("/page/tianwen-3")
    rows = page.partition('id="moves"')[2].partition("</table>")[0]
    assert [text.strip() for text in re.findall(r"<td>(.*?)</td>", rows) if "<a" not in text] == [
        "21 October 2025", "<s>around 2028</s>", "12 March 2026", "2028",
    ]  # fmt: skip


def test_the_timeline_orders_events_and_marks_plans(site):
    page = site.page("/page/tiangong")
    drawing = page.partition('class="timeline"')[2].partition("</svg>")[0]
    assert drawing.index("launch of Tianhe") < drawing.index("completion of the assembly")
    assert 'class="actual"' in drawing and 'class="planned"' not in drawing
    assert 'class="planned"' in site.page("/page/tianwen-3")


def test_the_timeline_leaves_out_what_is_denied_or_only_thought_of(make_site):
    def dated(name: str, modality: str) -> str:
        return f"""id:{name} rdfs:label "{name} event"@en . id:m xt:hasEvent id:{name} .
          id:claim-{name} a xt:Claim ; xt:subject id:{name} ; xt:predicate xt:plannedWhen ; xt:valueText "2030" ; xt:modality xt:{modality} ;
            xt:asOf "2026-01-01T00:00:00Z" ; xt:claimedBy id:m ; xt:claimStatus xt:accepted ."""

    moods = {
        "one": "plan",
        "two": "target",
        "three": "negated",
        "four": "hypotheticalModality",
        "five": "opinion",
    }
    store = Store()
    store.update(
        f"PREFIX xt: <{XT}> PREFIX id: <{ID}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> INSERT DATA {{"
        + "id:m a xt:Mission, xt:Occurrent ."
        + " ".join(dated(*each) for each in moods.items())
        + "}"
    )
    drawing = (
        make_site(store).page("/page/m").partition('class="timeline"')[2].partition("</svg>")[0]
    )
    assert {name for name in moods if f"{name} event" in drawing} == {"one", "two"}


def test_the_neighbourhood_links_to_related_things(site):
    drawing = (
        site.page("/page/tianwen-3").partition('class="neighbourhood"')[2].partition("</svg>")[0]
    )
    assert 'href="/page/mars"' in drawing and ">targets<" in drawing


def test_links_from_elsewhere_are_counted_and_paged(site):
    page = site.page("/page/liu-zheng")
    assert 'href="/page/liu-zheng/claims?role=claimedBy">61 claims made<' in page
    elsewhere = page.partition('id="links"')[2].partition("</section>")[0]
    assert 'href="/page/claim-' not in elsewhere and ">group interview with Liu Zheng" in elsewhere
    first, second = (site.page(f"/page/liu-zheng/claims?role=claimedBy&claims={n}") for n in (1, 2))
    assert first.count('class="sentence"') + second.count('class="sentence"') == 61
    assert 'rel="next"' in first and 'rel="next"' not in second


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999", "٣", "2e3", "100000"])
def test_an_odd_page_number_is_no_error(site, number):
    for path in (
        f"/page/china?facts={number}&links={number}",
        f"/page/china/claims?claims={number}&role=x",
        f"/browse/Agent?page={number}",
    ):
        assert site.get(path).status_code == 200


def test_the_wikidata_badge_links_to_the_item(site):
    assert 'href="https://www.wikidata.org/wiki/Q148"' in site.page("/page/china")
    near = site.page("/page/byd")
    assert "Wikidata ≈</span> Q27423" in near and "closeMatch</a>" not in near


def test_the_query_behind_the_page_is_one_click_away(site, check_markup):
    from urllib.parse import unquote

    site.tasks.clear()
    links = [
        link
        for link in check_markup(site.page("/page/tianwen-3")).links
        if link.startswith("/query#query=")
    ]
    queries = [unquote(link.partition("=")[2]) for link in links]
    assert any("# title: What the graph holds" in q and f"<{ID}tianwen-3>" in q for q in queries)
    store_tasks = [task.text for task in site.tasks]
    assert set(queries) <= set(store_tasks)


def test_json_ld_is_rdf_that_the_graph_holds(site, packaged_store):
    import rdflib

    page = site.page("/page/tianwen-3-launch")
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
    graph = rdflib.Graph().parse(data=data, format="json-ld")
    launch, xt = rdflib.URIRef(ID + "tianwen-3-launch"), rdflib.Namespace(XT)
    assert graph.value(launch, xt.plannedWhen) == rdflib.Literal("2028")
    assert (launch, xt.launchVehicle, rdflib.URIRef(ID + "long-march-5")) in graph
    assert rdflib.Literal("2028~") not in set(graph.objects())


TEXT = "Tianwen-3 将于2028年发射。The launch vehicle is not yet known."


@pytest.fixture
def quoted(make_site, tmp_path):
    """A site over one claim, whose article is in a folder."""
    start, end = TEXT.index("The"), len(TEXT)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    passage = hashlib.sha256(TEXT[start:end].encode()).hexdigest()
    (tmp_path / "any name.txt").write_text(TEXT, "utf-8")
    store = Store()
    store.update(f"""PREFIX xt: <{XT}> PREFIX id: <{ID}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
      INSERT DATA {{
        id:m a xt:Mission ; rdfs:label "m"@en . id:o rdfs:label "o"@en . id:a rdfs:label "a"@en .
        id:claim-m a xt:Claim ; xt:subject id:m ; xt:predicate xt:partOf ; xt:object id:o ; xt:modality xt:factual ;
          xt:claimStatus xt:accepted ; xt:rank xt:normal ; xt:claimedBy id:a ; xt:asOf "2026-01-02T00:00:00Z" ; xt:evidence id:evidence-m .
        id:evidence-m a xt:Evidence ; xt:inArticle id:a ; xt:start {start} ; xt:end {end} ; xt:passageSha256 "{passage}" .
        id:a xt:textSha256 "{digest}" }}""")  # fmt: skip
    return make_site, store, tmp_path


@pytest.mark.parametrize("path", ["/page/m", "/page/claim-m", "/page/evidence-m", "/page/a/claims"])
def test_a_passage_is_quoted_by_code_points_where_the_texts_are(quoted, path):
    make_site, store, folder = quoted
    words = "The launch vehicle is not yet known."
    assert words in make_site(store, articles=folder).page(path)
    assert words not in make_site(store).page(path)


def test_a_text_that_has_changed_is_not_quoted(quoted):
    make_site, store, folder = quoted
    (folder / "any name.txt").write_text(TEXT.replace("not yet", "now"), "utf-8")
    assert "vehicle is" not in make_site(store, articles=folder).page("/page/m")


def test_a_passage_that_is_not_the_one_cited_is_not_quoted(quoted):
    make_site, store, folder = quoted
    store.update(
        f"DELETE {{ ?e <{XT}start> ?n }} INSERT {{ ?e <{XT}start> 3 }} WHERE {{ ?e <{XT}start> ?n }}"
    )
    page = make_site(store, articles=folder).page("/page/m")
    assert "characters 3 to" in page and "<blockquote" not in page


def test_a_claim_tells_what_it_contradicts_and_what_took_its_place(site):
    superseded = site.page("/page/claim-tianwen-3-launch-fae391c51dd0")
    superseding = superseded.partition("It is superseded by")[2]
    assert (
        "2028 <span" in superseding and "/page/claim-tianwen-3-launch-0c4902450778" in superseding
    )
    assert "superseded by a later claim" in superseded
    assert "It supersedes" in site.page("/page/claim-tianwen-3-launch-0c4902450778")
    assert (
        " 93 <span"
        in site.page("/page/claim-obs-launches-2025-a8c934c3b9d8").partition("It contradicts")[2]
    )


def test_an_article_is_read_in_the_order_of_its_text(site):
    pages = [
        site.page(f"/page/china-in-space-two-sessions-2026?claims={n}").partition('id="claims"')[2]
        for n in (1, 2)
    ]
    starts = [int(n) for page in pages for n in re.findall(r"characters (\d+) to", page)]
    assert starts == sorted(starts) and len(starts) > 10


def test_packaged_pages_have_no_words_of_the_articles(site):
    assert "<blockquote" not in site.page("/page/tianwen-3")
