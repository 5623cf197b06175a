"""Links to Wikidata: only verified items, each for one thing, of a type that fits."""

import csv
import os
import re
from pathlib import Path

import pytest

from xingtu.ontology import load_schema, module_paths
from xingtu.triples.source import load_source

SOURCE = load_source()
LINKED = {e.wikidata: e for e in SOURCE.entities.values() if e.wikidata}


@pytest.fixture(scope="module")
def verified() -> dict[str, dict[str, str]]:
    folder = os.environ.get("XINGTU_WIKIDATA")
    if not folder:
        pytest.skip("XINGTU_WIKIDATA does not name the folder of the verified items")
    with (Path(folder) / "qids.csv").open(encoding="utf-8") as file:
        return {row["qid"]: row for row in csv.DictReader(file)}


def test_no_item_is_used_twice() -> None:
    linked = [entity for entity in SOURCE.entities.values() if entity.wikidata]
    assert len(linked) == len(LINKED) >= 85


def test_only_verified_items_are_used(verified: dict[str, dict[str, str]]) -> None:
    assert set(LINKED) <= set(verified)
    for item, entity in LINKED.items():
        known = verified[item]["zh_name"]
        assert (
            not known
            or not entity.zh
            or {known, *entity.alt_zh} & {entity.zh, *entity.alt_zh}
            or known in entity.zh
            or entity.zh in known
        ), (entity, known)


QUALIFIERS_AND_REFERENCES = {
    "P1202",
    "P1310",
    "P1319",
    "P1326",
    "P1416",
    "P1810",
    "P1891",
    "P5102",
    "P854",
}
"""Properties of statements rather than of things: their list is apart from the verified one."""
KINDS = {
    "state": {"State"},
    "place": {"Place"},
    "celestial body": {"CelestialBody", "CelestialRegion"},
    "agency": {"Organisation"},
    "company": {"Enterprise"},
    "organisation": {"Organisation"},
    "position": {"Position"},
    "person": {"Person"},
    "mission/spacecraft": {"Mission"},
    "launch vehicle": {"LaunchVehicleModel"},
    "constellation": {"System"},
    "programme": {"Programme"},
    "event": {"Event"},
}


def test_types_fit(verified: dict[str, dict[str, str]]) -> None:
    ancestors = load_schema().ancestors
    tried = 0
    for item, entity in LINKED.items():
        expected = KINDS.get(verified[item]["type"])
        if expected:
            tried += 1
            kinds = frozenset().union(*(ancestors[name] for name in entity.types))
            assert expected & kinds, (entity.slug, verified[item]["type"])
    assert tried >= 80


def test_mappings_of_terms_are_verified(verified: dict[str, dict[str, str]]) -> None:
    folder = Path(os.environ["XINGTU_WIKIDATA"])
    pids = {line.split(",")[0] for line in (folder / "pids.csv").read_text("utf-8").splitlines()}
    used = set(re.findall(r"wd:([PQ]\d+)", "".join(p.read_text("utf-8") for p in module_paths())))
    assert len(used) >= 40
    assert used - pids - set(verified) <= QUALIFIERS_AND_REFERENCES
