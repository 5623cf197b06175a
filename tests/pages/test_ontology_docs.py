"""The documentation of the ontology: every term, with what WIDOCO has and with examples."""

import re

import pytest
import rdflib

from xingtu.server.pages import expressions
from xingtu.server.pages.vocabulary import ancestors, most_specific, read_vocabulary

XT = "https://w3id.org/xingtu/ontology#"


def test_the_overview_is_well_formed_and_light(site, check_markup):
    import gzip

    for language in ("en", "zh"):
        page = site.page(f"/ontology?lang={language}")
        check_markup(page)
        assert len(gzip.compress(page.encode())) < 30_000


def test_the_overview_has_an_anchor_for_every_term(site, check_markup):
    markup = check_markup(site.page("/ontology"))
    assert {term.name for term in read_vocabulary().values()} <= set(markup.ids)


@pytest.mark.parametrize(
    "text",
    [
        "Xingtu ontology of China&#39;s space sector", "https://w3id.org/xingtu/ontology/0.1.0", "The Xingtu founders", "https://creativecommons.org/licenses/by/4.0/",
        "Cite as", "21 November 2026", "PREFIX xt: &lt;https://w3id.org/xingtu/ontology#&gt;", "https://xingtu.example/ontology.rdf", "endeavours", "no term has changed yet", "draft",
    ],
)  # fmt: skip
def test_the_overview_tells_of_the_ontology(site, text):
    assert text in site.page("/ontology")


@pytest.mark.parametrize(
    ("path", "iri", "kind"),
    [
        ("/ontology", "https://w3id.org/xingtu/ontology", "DefinedTermSet"),
        ("/ontology/Mission", XT + "Mission", "DefinedTerm"),
    ],
)
def test_a_page_describes_itself_to_machines(site, path, iri, kind):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', site.page(path))
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    assert (rdflib.URIRef(iri), rdflib.RDF.type, schema[kind]) in graph
    assert {name.language for name in graph.objects(rdflib.URIRef(iri), schema.name)} == {
        "en",
        "zh",
    }


def test_every_term_has_a_page(site):
    for name, term in ((t.name, t) for t in read_vocabulary().values()):
        site.tasks.clear()
        page = site.page(f"/ontology/{name}")
        assert len(site.tasks) <= 7, name
        assert term.iri in page
        for definition in term.definitions.values():
            assert definition.split("'")[0] in page


def row(page: str, title: str) -> str:
    """Give the text of a row of the facts about a term."""
    found = re.search(rf"<dt>{re.escape(title)}</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()).replace(" ,", ",") if found else ""


@pytest.mark.parametrize(
    ("name", "title", "text"),
    [
        ("Mission", "Members", "22"),
        ("Mission", "Kind of", "endeavour"),
        ("Mission", "Kinds", "crewed mission, lunar mission, Mars mission"),
        ("Mission", "Disjoint with", "development stage, initiative"),
        ("MarsMission", "Defined as", "mission and ( targets some Martian place )"),
        ("SmallBodyMission", "Defined as", "mission and ( targets some ( asteroid or comet ) )"),
        (
            "MegaConstellation",
            "Defined as",
            "satellite constellation and ( planned size some integer [minInclusive 1000] )",
        ),
        ("Modality", "Individuals", "factual"),
        ("Claim", "Properties of its members", "claimed by"),
        ("Agent", "Properties that lead to it", "claimed by"),
        ("launchVehicle", "From", "launch"),
        ("targets", "Inverse", "target of"),
        ("partOf", "Characteristics", "transitive"),
        ("partOf", "Special cases", "component of"),
        ("partOf", "closeMatch", "http://www.wikidata.org/entity/P361"),
        ("holdsPosition", "Follows from", "has holding o position"),
        ("plannedWhen", "Of plans", "A plan, target or proposal"),
        ("plan", "Member of", "modality"),
    ],
)
def test_a_term_is_described(site, name, title, text):
    assert text in row(site.page(f"/ontology/{name}"), title)


def test_a_term_has_examples_with_their_evidence(site):
    for name in ("Mission", "plannedWhen", "forecast"):
        examples = site.page(f"/ontology/{name}").partition('id="examples"')[2]
        assert re.search(r'characters \d+ to \d+</a> of <a href="/page/', examples), name


def test_a_term_leads_to_the_questions_that_use_it(site):
    assert "How did the planned date of the Tianwen-3 launch move?" in site.page(
        "/ontology/plannedWhen"
    )


def test_a_class_is_drawn_between_its_relatives(site, check_markup):
    page = site.page("/ontology/Mission")
    check_markup(page)
    drawing = page.partition('class="hierarchy"')[2].partition("</svg>")[0]
    assert (
        drawing.index(">occurrent<")
        < drawing.index(">endeavour<")
        < drawing.index(">mission<")
        < drawing.index(">Mars mission<")
    )


def test_the_hierarchy_of_classes():
    assert XT + "Occurrent" in ancestors(XT + "Mission")
    assert most_specific([XT + "Mission", XT + "MarsMission", XT + "Occurrent", "http://x"]) == [
        XT + "MarsMission"
    ]
    assert expressions.disjoints(XT + "City") == [XT + "InnovationHub"]
