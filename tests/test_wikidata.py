"""Links to Wikidata: only verified items, each for one thing, of a type that fits."""

import csv
import os
import re
from pathlib import Path

import pytest
from pyoxigraph import Store

from xingtu.ontology import module_paths
from xingtu.triples.iri import ID, WIKIDATA
from xingtu.triples.mapping import MAPPINGS as MAPPINGS_FILE
from xingtu.triples.source import FOLDER, load_source
from xingtu.triples.sssom import read_mapping_set

SOURCE = load_source()
ENTITIES, MAPPINGS = SOURCE.entities, SOURCE.mappings
ROWS = {
    row.cells["object_id"].removeprefix("wd:"): row.cells
    for row in read_mapping_set(FOLDER / MAPPINGS_FILE).rows
}


@pytest.fixture(scope="module")
def verified() -> dict[str, dict[str, str]]:
    folder = os.environ.get("XINGTU_WIKIDATA")
    if not folder:
        pytest.skip("XINGTU_WIKIDATA does not name the folder of the verified items")
    with (Path(folder) / "qids.csv").open(encoding="utf-8") as file:
        return {row["qid"]: row for row in csv.DictReader(file)}


def test_no_item_is_used_twice() -> None:
    items = {mapping.item for mapping in MAPPINGS}
    assert len(MAPPINGS) == len(items) == len(ROWS) >= 90


def test_every_link_of_the_graph_is_in_the_file_and_the_converse(packaged_store: Store) -> None:
    query = f"""PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?s ?p ?o {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ID}") && STRSTARTS(STR(?o), "{WIKIDATA}")) }}"""
    rows = packaged_store.query(query, use_default_graph_as_union=True)
    found = {tuple(re.split("[/#]", term.value)[-1] for term in row) for row in rows}
    assert found == {(m.subject, m.predicate, m.item) for m in MAPPINGS}


def test_only_verified_items_are_used(verified: dict[str, dict[str, str]]) -> None:
    assert {mapping.item for mapping in MAPPINGS} <= set(verified)
    for mapping in MAPPINGS:
        entity, known = ENTITIES[mapping.subject], verified[mapping.item]["zh_name"]
        assert (
            not known
            or not entity.zh
            or {known, *entity.alt_zh} & {entity.zh, *entity.alt_zh}
            or known in entity.zh
            or entity.zh in known
        ), (entity, known)


def test_the_group_is_not_the_car_maker() -> None:
    """The verified list warns that Q27423 is BYD Auto."""
    assert {m.item: m.predicate for m in MAPPINGS}["Q27423"] == "closeMatch"


def test_labels_and_places_seen_are_those_of_the_verified_list(
    verified: dict[str, dict[str, str]],
) -> None:
    for item, cells in ROWS.items():
        assert cells["object_label"] in verified[item]["name"] or item in {"Q97300910"}, item
        for address in cells["see_also"].split("|"):
            source = re.sub("^https://(github.com|unpkg.com)/|/blob/HEAD", "", address)
            assert source.split("/")[-1] in verified[item]["where_seen"], address


def test_confidence_says_how_often_an_item_was_seen() -> None:
    for item, cells in ROWS.items():
        seen = len(cells["see_also"].split("|"))
        if cells["predicate_id"] == "skos:exactMatch":
            assert cells["confidence"] == {1: "0.85", 2: "0.95"}[seen], item
        else:
            assert float(cells["confidence"]) < 0.85, item
            assert cells["comment"], item


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
    "continent": {"Place"},
    "celestial body": {"CelestialBody", "CelestialRegion"},
    "celestial region": {"CelestialRegion"},
    "agency": {"Organisation"},
    "company": {"Enterprise"},
    "organisation": {"Organisation"},
    "organisation (military)": {"ArmedForces"},
    "organisation (think tank)": {"ThinkTank"},
    "publication": {"MediaOrganisation"},
    "position": {"Position"},
    "person": {"Person"},
    "mission/spacecraft": {"Mission"},
    "launch vehicle": {"LaunchVehicleModel"},
    "constellation": {"System"},
    "programme": {"Programme"},
    "station/module": {"SpaceStation"},
}
"""What the verified list calls an item → what it may be among our classes."""


def test_types_fit(verified: dict[str, dict[str, str]]) -> None:
    """The file says of each item what it is; the build holds the entity's classes to that."""
    for item, cells in ROWS.items():
        kind = cells["object_category"].removeprefix("xt:")
        assert kind in KINDS[verified[item]["type"]], (item, kind)


def test_mappings_of_terms_are_verified(verified: dict[str, dict[str, str]]) -> None:
    folder = Path(os.environ["XINGTU_WIKIDATA"])
    pids = {line.split(",")[0] for line in (folder / "pids.csv").read_text("utf-8").splitlines()}
    used = set(re.findall(r"wd:([PQ]\d+)", "".join(p.read_text("utf-8") for p in module_paths())))
    assert len(used) >= 40
    assert used - pids - set(verified) <= QUALIFIERS_AND_REFERENCES
