"""owlready2 reads the release and walks it."""

import pytest
from owlready2 import World

from xingtu.ontology import XT
from xingtu.triples.build import RELEASE
from xingtu.triples.iri import ID


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.get_ontology((RELEASE / "xingtu.rdf").as_uri()).load()
    return world


def test_individuals_have_their_classes_and_labels(world: World) -> None:
    liu = world[ID + "liu-jizhong"]
    assert [kind.name for kind in liu.is_a] == ["Person"]
    assert {str(label) for label in liu.label} == {"Liu Jizhong", "刘继忠"}


def test_facts_claims_and_evidence_can_be_walked(world: World) -> None:
    terms = world.get_namespace(XT)
    launch = world[ID + "tianwen-2-launch"]
    assert terms.when[launch] == ["2025-05-29"]
    (claim,) = (
        c
        for c in terms.Claim.instances()
        if terms.valueText[c] == ["2025-05-29"] and terms.subject[c] == [launch]
    )
    (evidence,) = terms.evidence[claim]
    assert terms.start[evidence] < terms.end[evidence]
    assert terms.inArticle[evidence][0].name == "spacemart-lunar-deep-space-milestones"
    assert terms.asOf[claim][0].isoformat().startswith("2025-10-21T00:00:00")


def test_axiom_annotations_lead_to_the_claims(world: World) -> None:
    terms = world.get_namespace(XT)
    launch = world[ID + "tianwen-2-launch"]
    supports = terms.supportedBy[launch, terms.when, "2025-05-29"]
    assert [claim.name.startswith("claim-tianwen-2-launch-") for claim in supports] == [True]


def test_a_claim_names_its_predicate(world: World) -> None:
    terms = world.get_namespace(XT)
    claims = list(terms.Claim.instances())
    assert len(claims) >= 1900
    assert all(len(terms.predicate[claim]) == 1 for claim in claims)
