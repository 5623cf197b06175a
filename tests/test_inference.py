"""Derived shortcuts and OWL inferences, rule by rule, on facts small enough to see through."""

import pyoxigraph as ox
import pytest

from xingtu.ontology import PREFIXES, load_schema
from xingtu.triples.infer import derive

HEAD = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize(
    ("facts", "follows"),
    [
        ("id:a a xt:Rover .", "id:a a xt:ProbeModule , xt:SpaceObject , xt:PhysicalObject , prov:Entity ."),
        ("id:a xt:subOrganisationOf id:b .", "id:a xt:partOf id:b ; org:subOrganizationOf id:b ; a xt:Organisation . id:b xt:hasSubOrganisation id:a ; a xt:Organisation ."),
        ("id:a xt:partOf id:b . id:b xt:partOf id:c .", "id:a xt:partOf id:c . id:c xt:hasPart id:a ."),
        ("id:a xt:contradicts id:b . id:a a xt:Claim . id:b a xt:Claim .", "id:b xt:contradicts id:a . id:a a xt:DisputedClaim ."),
        ("id:m xt:hasEvent id:l . id:l xt:launchVehicle id:r .", "id:m xt:launchedOn id:r . id:l a xt:Launch ."),
        ("id:h xt:holder id:p ; xt:position id:o ; xt:heldIn id:g .", "id:p xt:holdsPosition id:o ; xt:affiliatedWith id:g ."),
        ("id:d xt:hasItem id:i . id:i xt:concerns id:t .", "id:d xt:names id:t ."),
        ("id:m a xt:Mission ; xt:targets id:x . id:x a xt:MartianPlace .", "id:m a xt:MarsMission ."),
        ("id:m a xt:Mission ; xt:targets id:x . id:x a xt:Comet .", "id:m a xt:SmallBodyMission ."),
        ("id:c a xt:SatelliteConstellation ; xt:plannedSize 1000 .", "id:c a xt:MegaConstellation ."),
        ("id:o a xt:Organisation ; xt:operates id:c . id:c a xt:SatelliteConstellation .", "id:o a xt:ConstellationOperator ."),
        ('id:m xt:hasEvent id:l . id:l a xt:Launch ; xt:when "2025" ; xt:plannedWhen "2024" .', 'id:m xt:launchDate "2025" ; xt:plannedLaunchDate "2024" .'),
        ("id:e xt:award id:a ; xt:awardedTo id:w .", "id:w xt:receivedAward id:a ."),
        ("id:b a xt:Benchmark ; xt:comparisonSubject id:s ; xt:comparisonReference id:r .", "id:s xt:benchmarkedAgainst id:r ."),
        ("id:b a xt:Rivalry ; xt:comparisonSubject id:s ; xt:comparisonReference id:r .", "id:s xt:rivalOf id:r . id:r xt:rivalOf id:s ."),
    ],
)  # fmt: skip
def test_what_follows_is_derived(facts: str, follows: str) -> None:
    shortcuts, inferences = derive(triples(facts), load_schema())
    assert set(triples(follows)) <= shortcuts | inferences


@pytest.mark.parametrize(
    ("facts", "absent"),
    [
        ("id:c a xt:SatelliteConstellation ; xt:plannedSize 999 .", "id:c a xt:MegaConstellation ."),
        ("id:m a xt:Mission ; xt:targets id:x . id:x a xt:Planet .", "id:m a xt:MarsMission ."),
        ("id:b a xt:Contrast ; xt:comparisonSubject id:s ; xt:comparisonReference id:r .", "id:s xt:rivalOf id:r ."),
        ('id:m xt:hasEvent id:l . id:l a xt:Landing ; xt:when "2025" .', 'id:m xt:launchDate "2025" .'),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_not(facts: str, absent: str) -> None:
    shortcuts, inferences = derive(triples(facts), load_schema())
    assert not set(triples(absent)) & (shortcuts | inferences)


def test_every_derivation_of_the_ontology_is_tried_here() -> None:
    tried = {"launchDate", "plannedLaunchDate", "receivedAward", "benchmarkedAgainst", "rivalOf"}
    assert set(load_schema().derivations) == tried
