"""What a reader of the four articles would ask, put in short queries to the packaged graph."""

import pytest
from pyoxigraph import Store

from xingtu.ontology import PREFIXES

HEAD = "\n".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items())

ILRS = """id:venezuela id:south-africa id:azerbaijan id:pakistan id:belarus id:egypt id:thailand
    id:nicaragua id:serbia id:kazakhstan id:senegal"""


def short(term) -> str:
    value = term.value
    for prefix, namespace in PREFIXES.items():
        if value.startswith(namespace):
            return f"{prefix}:{value.removeprefix(namespace)}"
    return value


def ask(store: Store, pattern: str) -> set[str]:
    """The values of ?x."""
    return {short(row["x"]) for row in store.query(f"{HEAD}\nSELECT ?x WHERE {{ {pattern} }}")}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("id:tianwen-3 xt:plannedLaunchDate ?x", "2028"),
        ("id:tianwen-3 xt:launchedOn ?x", "id:long-march-5"),
        ("id:tianwen-3 xt:targets ?x", "id:mars"),
        ("id:tianwen-3-sample-return xt:plannedWhen ?x", "2031~"),
        ("id:tianwen-2 xt:launchDate ?x", "2025-05-29"),
        ("id:tianwen-1 xt:launchDate ?x", "2020"),
        ("id:zhurong-landing xt:when ?x", "2021-05-15"),
        ("id:chang-e-6-sample-return xt:when ?x", "2024-06-25"),
        ("id:obs-chang-e-6-sample-mass xt:numericValue ?x", "1935"),
        ("id:obs-chang-e-6-sample-mass xt:unit ?x", "g"),
        ("id:obs-tianwen-1-voyage-distance xt:numericValue ?x", "475000000"),
        ("id:obs-launches-2025 xt:numericValue ?x", "93"),
        ("id:long-march-600th-flight xt:when ?x", "2025-10-16"),
        ("id:long-march-600th-flight xt:launchVehicle ?x", "id:long-march-8a"),
        ("id:qianfan xt:operatedBy ?x", "id:spacesail"),
        ("id:obs-qianfan-satellites-launched xt:numericValue ?x", "108"),
        ("id:three-body xt:plannedSize ?x", "1000"),
        ("id:three-body-deployment xt:plannedWhen ?x", "../2032"),
        ("id:long-march-10-first-recovery xt:plannedWhen ?x", "2026-04/.."),
        ("id:aerospace-force xt:inheritsFunctionsOf ?x", "id:space-systems-department"),
        ("id:pla-reorganisation-2024 xt:when ?x", "2024-04"),
        ("id:work-report-2026 xt:deliveredBy ?x", "id:li-qiang"),
        ("id:two-sessions-2026 xt:when ?x", "2026-03-05/2026-03-12"),
        ("id:tianwen-1 xt:receivedAward ?x", "id:world-space-award"),
        ("?x xt:subOrganisationOf id:casc", "id:calt id:sast"),
        ("?x xt:memberOf id:ilrs", ILRS),
        ("?x xt:commandedBy id:central-military-commission", "id:aerospace-force id:cyberspace-force id:information-support-force"),
        ("id:wang-yaping xt:crewMemberOf ?x", "id:shenzhou-10 id:shenzhou-13"),
        ("?x xt:componentOf id:tiangong", "id:tianhe id:wentian id:mengtian"),
        ("?p a xt:Payload ; xt:carriedBy/xt:componentOf* ?c ; xt:providedBy ?x . FILTER(STRSTARTS(STR(?p), STR(id:chang-e-6)))", "id:france id:italy id:esa id:pakistan"),
    ],
)  # fmt: skip
def test_a_plain_question_has_a_plain_answer(
    packaged_store: Store, pattern: str, expected: str
) -> None:
    assert ask(packaged_store, pattern) == set(expected.split())


def test_argentina_and_russia_are_no_members(packaged_store: Store) -> None:
    members = ask(packaged_store, "?x a xt:LunarStationMember")
    assert not members & {"id:argentina", "id:russia", "id:china"}


def test_the_neptune_orbiter_is_proposed_and_not_planned(packaged_store: Store) -> None:
    assert ask(packaged_store, "id:neptune-orbiter xt:status ?x") == {"xt:proposed"}
    assert ask(packaged_store, "id:neptune-orbiter xt:plannedLaunchDate ?x") == set()
    moods = ask(
        packaged_store,
        "?c xt:subject id:neptune-orbiter-launch ; xt:predicate xt:plannedWhen ; xt:modality ?x",
    )
    assert moods == {"xt:proposal"}


def test_an_ambiguous_date_makes_no_fact(packaged_store: Store) -> None:
    assert ask(packaged_store, "id:chang-e-7-launch xt:plannedWhen ?x") == set()
    claim = "?c xt:subject id:chang-e-7-launch ; xt:predicate xt:plannedWhen ; xt:valueText ?x ; xt:scopeAmbiguous true"
    assert ask(packaged_store, claim) == {"2028~"}


def test_liu_zheng_and_the_note_stand_side_by_side(packaged_store: Store) -> None:
    pattern = "?c xt:subject id:obs-launches-2025 ; xt:predicate xt:numericValue ; xt:claimedBy ?x"
    assert ask(packaged_store, pattern) == {"id:liu-zheng", "id:china-in-space"}


def test_copies_corroborate_nothing(packaged_store: Store) -> None:
    pattern = "?c xt:subject id:tianwen-3 ; xt:predicate xt:plannedWhen ; xt:evidence/xt:inArticle ?a ; xt:claimedBy ?x"
    assert ask(packaged_store, pattern) == {"id:mathieu-duchatel"}
    articles = ask(packaged_store, pattern.replace("?x", "?by").replace("?a ", "?x "))
    assert len(articles) == 2


def test_nothing_comes_from_the_navigation_of_article_001(packaged_store: Store) -> None:
    for name in ("Iridium", "Nexperia", "OpenAI", "ASML", "Sateliot", "SkyFi", "Bali", "Tunisia"):
        assert ask(packaged_store, f'?x rdfs:label ?l FILTER(CONTAINS(?l, "{name}"))') == set()


def test_chinese_names_find_their_bearers(packaged_store: Store) -> None:
    assert ask(packaged_store, '?x rdfs:label|skos:altLabel "领航者"@zh') == {"id:linghangzhe"}
    assert ask(packaged_store, '?x rdfs:label|skos:altLabel "CZ-10A"@en') == {"id:long-march-10a"}
