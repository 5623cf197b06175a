"""The curated views: pictures that say no more than the graph does, and the same in words."""

import re
from datetime import date
from itertools import pairwise

import pytest

from xingtu.server.pages.command import Change, Relation, compare
from xingtu.server.pages.flow import Edge, Node, draw_flow, layers, reduce_edges
from xingtu.server.pages.schedule import Event, make_scale, mark_event

XT = "https://w3id.org/xingtu/ontology#"
VIEWS = ["timeline", "map", "structure", "plans", "disputes"]


def plain(page):
    """The page without its markup and its drawings."""
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL).split())


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_view_is_well_formed(site, check_markup, name, language):
    markup = check_markup(site.page(f"/views/{name}?lang={language}"))
    assert any(link.startswith("/query#query=") for link in markup.links)


@pytest.mark.parametrize("name", VIEWS)
def test_view_asks_little(site, name):
    site.page(f"/views/{name}")
    site.tasks.clear()
    site.page(f"/views/{name}")
    assert len(site.tasks) <= 3


def test_index_lists_the_views(site):
    page = site.page("/views")
    assert all(f'href="/views/{name}"' in page for name in VIEWS)
    assert site.get("/views/nothing").status_code == 404


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("timeline", "launch of Tianwen-3 Tianwen-3 around 2028 planned 2028"),
        ("timeline", "launch of Tianwen-2 Tianwen-2 actual 29 May 2025"),
        ("map", "Venezuela has joined 18 February 2025"),
        ("map", "Wenchang Commercial Space Launch Site launch site no source says where"),
        ("map", "Not on the map: Wenchang Commercial Space Launch Site"),
        ("structure", "commands Aerospace Force"),
        ("structure", "Aerospace Force successor of Strategic Support Force"),
        (
            "structure",
            "China Aerospace Science and Technology Corporation has sub-organisation China Academy",
        ),
        ("plans", "second phase of planetary exploration"),
        ("plans", "planned 2028 Long March 5"),
        ("disputes", "80 to 90 Liu Zheng"),
    ],
)
def test_view_says_in_words_what_it_draws(site, view, words):
    assert words in plain(site.page(f"/views/{view}"))


def test_map_draws_each_member_once_and_no_point(site):
    page = site.page("/views/map")
    assert len(re.findall(r'<a [^>]*class="member"', page)) == 11
    assert len(re.findall(r'<a [^>]*class="developer"', page)) == 2
    assert len(re.findall(r'<a [^>]*class="ground-station"', page)) == 1


@pytest.mark.parametrize(
    ("text", "is_day", "fades"),
    [
        ("2025-05-29", True, ""),
        ("2025-05", False, ""),
        ("2025", False, ""),
        ("205X", False, ""),
        ("2028~", False, "both"),
        ("2028?", False, "both"),
        ("2026-04/..", False, "to"),
        ("../2032", False, "from"),
        ("2026-03-05/2026-03-12", False, ""),
    ],
)
def test_uncertain_date_is_drawn_as_uncertain(text, is_day, fades):
    event = Event("e", planned=[text])
    (mark,) = mark_event(event, make_scale([event, Event("o", actual=["2020", "2060"])]), "en")
    assert (mark.is_day, mark.fades, mark.role) == (is_day, fades, "planned")
    assert 0 <= mark.x <= mark.x + mark.width <= 100


def test_scale_keeps_order_and_draws_quiet_years_narrow():
    scale = make_scale(
        [
            Event("a", actual=["2000"]),
            Event("b", actual=["2020-07-01"]),
            Event("c", planned=["2050"]),
        ]
    )
    places = [scale.place(date(year, 1, 1)) for year in range(2000, 2051)]
    assert places == sorted(places)
    assert scale.place(date(2001, 1, 1)) > 4 * (
        scale.place(date(2003, 1, 1)) - scale.place(date(2002, 1, 1))
    )
    assert [year for year, _ in scale.ticks] == [2000, 2020, 2050]


def test_no_dates_no_scale():
    assert make_scale([Event("a"), Event("b", planned=["soon"])]) is None


def test_structure_before_and_since_a_change():
    under, follows = XT + "subOrganisationOf", XT + "successorOf"
    relations = [
        Relation("old", under, "army"),
        Relation("office", under, "old"),
        Relation("new", XT + "commandedBy", "council"),
        Relation("new", follows, "old"),
        Relation("lab", under, "firm"),
    ]
    found = compare(relations, Change("change", dissolves={"old"}, establishes={"new"}))
    assert [root.iri for root in found["before"]] == ["army"]
    assert found["before"][0].below[0].iri == "old"
    assert [root.iri for root in found["since"]] == ["council"]
    assert [root.iri for root in found["others"]] == ["firm"]
    assert found["successions"] == [Relation("new", follows, "old")]


def test_structure_with_a_cycle_ends():
    under = XT + "subOrganisationOf"
    relations = [Relation("a", under, "b"), Relation("b", under, "a"), Relation("a", under, "top")]
    (root,) = compare(relations, None)["others"]
    assert root.iri == "top"


def test_flow_needs_no_edge_that_a_longer_way_makes_needless():
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("a", "c")]
    assert reduce_edges(edges) == edges[:2]
    assert layers(edges, ["a", "b", "c"]) == {"a": 0, "b": 1, "c": 2}


def test_flow_layers_of_a_cycle_are_finite():
    assert max(layers([Edge("a", "b"), Edge("b", "a")], ["a", "b"]).values()) <= 2


def test_flow_boxes_do_not_overlap():
    nodes = [Node(str(n), f"a rather long name of node {n}", "/") for n in range(6)]
    edges = [Edge("0", str(n)) for n in range(1, 6)]
    flow = draw_flow([("From", nodes[:1]), ("To", nodes[1:])], edges)
    column = sorted((box.y, box.y + box.height) for box in flow.boxes if box.x > 0)
    assert all(end <= start for (_, end), (start, _) in pairwise(column))
    assert all(box.y + box.height <= flow.height for box in flow.boxes)
    assert len(flow.curves) == 5
