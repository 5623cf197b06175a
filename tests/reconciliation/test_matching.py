"""Names are found however they are written, scores are explained, and only what is safe is a match."""

import json

import pytest

from xingtu.triples.names.likeness import BEST_INEXACT, SAME_SOUND, compare, read_spelling

NAMESAKES = """
    id:wang-wei-1 a xt:Person ; rdfs:label "Wang Wei"@en , "王伟"@zh ; xt:memberOf id:casc ; xt:when "1970" ; skos:exactMatch wd:Q1001 .
    id:wang-wei-2 a xt:Person ; rdfs:label "Wang Wei"@en , "王巍"@zh ; xt:memberOf id:cas ; xt:when "1966-10" .
    id:casc a xt:Organisation ; rdfs:label "China Aerospace"@en . id:cas a xt:Organisation ; rdfs:label "Academy of Sciences"@en .
    id:wang-wei-3 a xt:Mission ; rdfs:label "Wang Wei"@en .
    id:gap a xt:Problem ; rdfs:label "talent gap"@en .
"""


@pytest.fixture(scope="module")
def namesakes(serve):
    return serve(NAMESAKES)


def first(candidates):
    return candidates[0]["id"], candidates[0]["match"]


def features(candidate):
    return {feature["id"]: feature["value"] for feature in candidate["features"]}


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("Tianwen-3", "tianwen-3"),
        ("TIANWEN 3", "tianwen-3"),
        ("天问三号", "tianwen-3"),
        ("天問三號", "tianwen-3"),
        ("天问3号", "tianwen-3"),
        ("CZ-10A", "long-march-10a"),
        ("LM-10A", "long-march-10a"),
        ("Long March 10A", "long-march-10a"),
        ("長征十號甲", "long-march-10a"),
        ("Chang’e 6", "chang-e-6"),
        ("CASC", "casc"),
        ("中国航天科技集团", "casc"),
        ("Mathieu Duchatel", "mathieu-duchatel"),
        ("tianwen-3", "tianwen-3"),
        ("https://w3id.org/xingtu/id/tianwen-3", "tianwen-3"),
        ("Q193701", "spacex"),
        ("http://www.wikidata.org/entity/Q193701", "spacex"),
        ("https://www.wikidata.org/wiki/Q193701", "spacex"),
    ],
)
def test_a_name_or_identifier_is_matched(service, query, slug):
    candidates = service.match(query)
    assert first(candidates) == (slug, True)
    assert candidates[0]["score"] == 100


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("Tianwne-3", "tianwen-3"),
        ("tianwensanhao", "tianwen-3"),
        ("Yi Rong", "rong-yi"),
        ("Xi Jinpin", "xi-jinping"),
        ("International Lunar Reserch Station", "ilrs"),
        ("Beijing", "china"),
        ("Wang", "wang-lin"),
    ],
)
def test_what_is_only_like_a_name_or_ambiguous_is_found_but_not_matched(service, query, slug):
    assert first(service.match(query)) == (slug, False)


def test_every_name_matches_its_thing_unless_another_has_it_too(service):
    found = service.get("/suggest/entity?prefix=&limit=100").json["result"]
    rows = service.extend(service.ids(found), "label-en", "label-zh", "altLabel")["rows"]
    names = [
        (cell["str"], slug)
        for slug, row in rows.items()
        for cells in row.values()
        for cell in cells
    ]
    shared = {"Beijing", "北京", "China’s Space Dream: No Limits, No End"}
    unmatched = {name for name, slug in names if first(service.match(name)) != (slug, True)}
    described = {name for name in unmatched if name[0].islower()}
    assert unmatched - described <= shared
    assert len(names) - len(unmatched) >= 120


def test_numbers_are_not_confused(service):
    for candidate in service.match("Shenzhou-18", limit=100)[1:]:
        assert candidate["score"] < 90, candidate
    (best, *_) = service.match("Tianwen-9", limit=100)
    assert not best["match"]
    assert best["score"] < 75


def test_namesakes_are_left_to_the_user(namesakes):
    candidates = namesakes.match("Wang Wei")
    assert len(candidates) == 3
    assert [each["score"] for each in candidates] == [100] * 3
    assert not any(each["match"] for each in candidates)


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ({"query": "王伟"}, "wang-wei-1"),
        ({"query": "王巍"}, "wang-wei-2"),
        ({"type": "Mission"}, "wang-wei-3"),
        ({"type": ["Mission", "Nonsense"]}, "wang-wei-3"),
        ({"type": "https://w3id.org/xingtu/ontology#Mission"}, "wang-wei-3"),
        ({"type": "Mission", "type_strict": "should"}, "wang-wei-3"),
        ({"type": ["Mission", "Occurrent"], "type_strict": "all"}, "wang-wei-3"),
        (
            {"type": "Person", "properties": [{"pid": "memberOf", "v": "Academy of Sciences"}]},
            "wang-wei-2",
        ),
        (
            {
                "type": "Person",
                "properties": [{"pid": "memberOf", "v": {"id": "cas", "name": "?"}}],
            },
            "wang-wei-2",
        ),
        ({"type": "Person", "properties": [{"pid": "xt:memberOf", "v": "casc"}]}, "wang-wei-1"),
        ({"type": "Person", "properties": [{"pid": "when", "v": 1966}]}, "wang-wei-2"),
        (
            {"type": "Person", "properties": [{"pid": "when", "v": "1966-10-03T00:00:00Z"}]},
            "wang-wei-2",
        ),
        (
            {"type": "Person", "properties": [{"pid": "when", "v": ["1970-05-01", "1969"]}]},
            "wang-wei-1",
        ),
        ({"properties": [{"pid": "wikidata", "v": "Q1001"}]}, "wang-wei-1"),
        (
            {"properties": [{"pid": "wikidata", "v": {"id": "Q1001", "name": "Wang Wei"}}]},
            "wang-wei-1",
        ),
    ],
    ids=str,
)
def test_what_else_is_known_tells_namesakes_apart(namesakes, asked, slug):
    assert first(namesakes.match(**{"query": "Wang Wei", **asked})) == (slug, True)


@pytest.mark.parametrize(
    "asked",
    [
        {"properties": [{"pid": "memberOf", "v": "Academy of Sciences"}]},  # the mission may be one
        {"type": "Person", "properties": [{"pid": "memberOf", "v": "somebody else"}]},
        {"type": "Person", "properties": [{"pid": "nonsense", "v": "Academy of Sciences"}]},
        {"type": "Nonsense", "type_strict": "should"},
        {"type": "Person", "properties": [{"pid": "when", "v": "no date"}]},
    ],
    ids=str,
)
def test_what_tells_nothing_or_speaks_against_makes_no_match(namesakes, asked):
    candidates = namesakes.match("Wang Wei", **asked)
    assert len(candidates) >= 2
    assert not any(each["match"] for each in candidates)


@pytest.mark.parametrize(
    ("kind", "strictness", "found"),
    [
        ("Person", "any", 2),
        ("Person", "all", 2),
        ("Person", "should", 3),
        (["Person", "Mission"], "any", 3),
        (["Person", "Mission"], "all", 0),
        ("Nonsense", "any", 0),
        ([], "any", 3),
        ("Agent", "any", 2),
    ],
)
def test_types_restrict_unless_they_are_a_preference(namesakes, kind, strictness, found):
    candidates = namesakes.match("Wang Wei", type=kind, type_strict=strictness)
    assert len(candidates) == found
    assert all(each["match"] is False for each in candidates)


def test_a_name_and_a_wikidata_item_that_contradict_each_other_match_nothing(service):
    candidates = service.match("SpaceX", properties=[{"pid": "wikidata", "v": "Q405"}])
    assert candidates[0]["id"] == "moon"
    assert not any(each["match"] for each in candidates)
    assert first(service.match("Moon", properties=[{"pid": "wikidata", "v": "Q405"}])) == (
        "moon",
        True,
    )


def test_a_description_of_ours_is_only_matched_where_its_type_is_asked_for(namesakes):
    assert first(namesakes.match("talent gap")) == ("gap", False)
    assert first(namesakes.match("talent gap", type="Problem")) == ("gap", True)


def test_scores_are_explained_by_features(service):
    (best, *others) = service.match(
        "Tianwen-3", type="Mission", properties=[{"pid": "plannedLaunchDate", "v": "2028"}], limit=3
    )
    explained = features(best)
    assert explained.pop("claims") >= 40
    assert explained == {
        "type": True,
        "name": 100.0,
        "exact_name": True,
        "same_sound": True,
        "same_numbers": True,
        "property_plannedLaunchDate": 100.0,
    }
    assert len(others) == 2
    for other in others:
        assert 0 <= other["score"] <= 90
        assert not features(other)["same_numbers"]


def test_results_are_ordered_and_limited_and_the_same_again(service):
    candidates = service.match("China", limit=30)
    assert 10 <= len(candidates) <= 30
    scores = [each["score"] for each in candidates]
    assert scores == sorted(scores, reverse=True)
    assert service.match("China", limit=30) == candidates
    assert service.match("China", limit=2) == candidates[:2]
    assert len(service.match("China")) == 5


def test_a_query_of_properties_alone(service):
    candidates = service.match(properties=[{"pid": "targets", "v": "Mars"}], limit=20)
    assert {"tianwen-1", "tianwen-3"} <= {each["id"] for each in candidates if each["score"] == 100}
    assert not any(each["match"] for each in candidates)
    assert service.match(properties=[{"pid": "nonsense", "v": "Mars"}]) == []
    assert service.match("", properties=[{"pid": "targets", "v": "Mars"}], limit=20) == candidates


@pytest.mark.parametrize("query", ["", "  ", "?!", "xyzzy qwertz", "Q999999999"])
def test_nothing_is_found_for_nothing(service, query):
    assert service.match(query) == []


def name_is(value, **fields):
    return {"matchType": "name", "propertyValue": value, **fields}


def prop_is(prop, value, **fields):
    return {"matchType": "property", "propertyId": prop, "propertyValue": value, **fields}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([name_is("Wang Wei")], {"wang-wei-1", "wang-wei-2", "wang-wei-3"}),
        ([name_is(["王伟", "王巍"])], {"wang-wei-1", "wang-wei-2"}),
        ([name_is(["王伟", "Wang Wei"], matchQuantifier="all")], {"wang-wei-1"}),
        (
            [{"matchType": "id", "propertyValue": ["wang-wei-2", "Q1001"]}],
            {"wang-wei-1", "wang-wei-2"},
        ),
        ([name_is("Wang Wei"), prop_is("memberOf", "casc", required=True)], {"wang-wei-1"}),
        (
            [
                name_is("Wang Wei"),
                prop_is("memberOf", "casc", required=True, matchQuantifier="none"),
            ],
            {"wang-wei-2"},
        ),
        ([name_is("Wang Wei"), prop_is("nonsense", "casc", required=True)], set()),
        ([name_is("Wang Wei"), prop_is("wikidata", "Q1001", required=True)], {"wang-wei-1"}),
        ([prop_is("memberOf", "China Aerospce")], {"wang-wei-1"}),
        ([prop_is("memberOf", "China Aerospce", matchQualifier="ExactMatch")], set()),
        ([prop_is("memberOf", "China Aerospace", matchQualifier="ExactMatch")], {"wang-wei-1"}),
    ],
    ids=str,
)
def test_conditions_of_the_draft(namesakes, conditions, found):
    (answer,) = namesakes.draft({"conditions": conditions})
    assert {each["id"] for each in answer["candidates"] if each["score"] >= 90} == found


def test_the_draft_restricts_to_a_type(namesakes):
    (answer,) = namesakes.draft({"type": "Mission", "conditions": [name_is("Wang Wei")]})
    assert first(answer["candidates"]) == ("wang-wei-3", True)


def test_languages(service):
    """What the client wants, else that of the query, or of its script."""

    def named(text, path="/reconcile", **headers):
        sent = {"queries": json.dumps({"q": {"query": text}})}
        answer = service.client.post(path, data=sent, headers=headers)
        return answer.json["q"]["result"][0]["name"], answer.headers.get("Content-Language")

    assert named("Tianwen-3") == ("Tianwen-3", None)
    assert named("天问三号") == ("天问三号", None)
    assert named("Tianwen-3", "/reconcile/zh") == ("天问三号", "zh")
    assert named("天问三号", "/reconcile/en") == ("Tianwen-3", "en")
    assert named("Tianwen-3", **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}) == (
        "天问三号",
        "zh",
    )
    (answer,) = service.draft({"lang": "zh-Hans", "conditions": [name_is("Tianwen-3")]})
    best = answer["candidates"][0]
    assert (best["name"], best["lang"], best["features"][0]["name"]) == (
        "天问三号",
        "zh",
        "名称相似度",
    )


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("容易", "Rong Yi", SAME_SOUND, SAME_SOUND),
        ("天问三号", "Tianwen-3", SAME_SOUND, SAME_SOUND),
        ("Yi Rong", "Rong Yi", SAME_SOUND, BEST_INEXACT),
        ("Tianwen-2", "Tianwen-3", 50, 70),
        ("Long March 10", "Long March 10A", 50, 75),
        ("天問三號", "天问3", 100, 100),
        ("", "Mars", 0, 0),
        ("", "", 0, 0),
        ("Mars", "Moon", 0, 60),
    ],
)
def test_likeness(one, other, low, high):
    likeness = compare(read_spelling(one), read_spelling(other))
    assert low <= likeness.score <= high
    assert likeness == compare(read_spelling(other), read_spelling(one))
    assert likeness.exact == (likeness.score == 100)
