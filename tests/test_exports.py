"""The packaged graph in the formats of other tools; `clients/test_exports.py` has their own tools read it."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from xingtu.ontology import XT, load_schema
from xingtu.server.cli import main
from xingtu.server.exporting import gather
from xingtu.triples import iri
from xingtu.triples.exports import csvw, followthemoney_mapping
from xingtu.triples.exports.facts import Facts, is_factual, read_facts
from xingtu.triples.exports.nanopublications import NP, PROV

FILES = ("nanopublications", "followthemoney", "graphml")
LAUNCH = iri.thing("tianwen-3-launch")


def export(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


@pytest.fixture(scope="module")
def facts(packaged_store: object) -> Facts:
    return gather(())


@pytest.fixture(scope="module")
def folder(packaged_store: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("csvw")
    result = export("csvw", "--out", path)
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture(scope="module")
def publications(packaged_store: object) -> dict[str, set[ox.Triple]]:
    """The graphs of all nanopublications, by their IRIs."""
    graphs: dict[str, set[ox.Triple]] = {}
    for quad in ox.parse(export("nanopublications").stdout_bytes, ox.RdfFormat.TRIG):
        graphs.setdefault(quad.graph_name.value, set()).add(quad.triple)
    return graphs


@pytest.fixture(scope="module")
def statements(packaged_store: object) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(export("followthemoney").stdout_bytes.decode()))]


def read_table(folder: Path, name: str) -> dict[str, dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


# --- all formats -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_the_same_graph_gives_the_same_bytes(
    packaged_store: object, tmp_path: Path, name: str
) -> None:
    command = [
        sys.executable,
        "-m",
        "xingtu.server.cli",
        "export",
        name,
        "--out",
        str(tmp_path / "out"),
    ]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "1"}
    )
    assert (tmp_path / "out").read_bytes() == export(name).stdout_bytes
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", FILES)
def test_a_failed_export_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.nq").write_text('<u:a> <u:p> "1" .')
    (tmp_path / "bad.nq").write_text("<u:a> <u:p> .")
    (tmp_path / "out").write_text("before")
    for dataset, problem in (("empty.nq", "has no claims"), ("bad.nq", "bad.nq: line 1")):
        result = export(name, tmp_path / dataset, "--out", tmp_path / "out")
        assert result.exit_code == 1 and problem in result.stderr
        assert (tmp_path / "out").read_text() == "before"
    assert not [*tmp_path.glob("*.partial")]


def test_tables_go_into_a_folder_of_their_own(packaged_store: object, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    result = export("csvw", "--out", tmp_path)
    assert result.exit_code == 1 and "is there already, and not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert not tmp_path.with_name(f"{tmp_path.name}.partial").exists()


def test_inferences_and_other_peoples_data_are_no_facts() -> None:
    quads = [
        *ox.parse(
            """PREFIX xt: <https://w3id.org/xingtu/ontology#> PREFIX : <https://w3id.org/xingtu/id/>
            PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
            <https://w3id.org/xingtu/graph/inferred> { :a xt:partOf :c }
            :a a xt:Mission ; xt:partOf :b ; xt:targets :b .
            :c1 a xt:Claim ; xt:predicate xt:partOf ; xt:modality xt:plan ; xt:claimStatus xt:accepted ;
              rdf:reifies <<( :a xt:partOf :b )>> .
            :c2 rdf:reifies <<( :a xt:targets :b )>> . _:x xt:targets :b .
            :c3 a xt:Claim ; rdf:reifies <<( :a xt:targets :b )>> .
            :c4 a xt:Claim ; xt:predicate xt:partOf ; xt:modality xt:factual ; xt:claimStatus xt:accepted ;
              rdf:reifies <<( :unknown xt:partOf :b )>> .""",
            ox.RdfFormat.TRIG,
        )
    ]
    facts = read_facts(quads, load_schema())
    assert [value.value for value in facts.things[iri.ID + "a"].get("partOf")] == [iri.ID + "b"]
    assert {name.removeprefix(iri.ID) for name in facts.reified} == {"c1", "c3", "c4"}
    assert not any(facts.states_fact(facts.things[name]) for name in facts.reified)


# --- nanopublications --------------------------------------------------------------------------


def test_each_claim_is_a_nanopublication(
    facts: Facts, publications: dict[str, set[ox.Triple]]
) -> None:
    heads = [name for name in publications if name.endswith("#Head")]
    assert len(heads) == len(facts.reified) >= 1900
    for head in heads:
        node = head.removesuffix("#Head")
        parts = {t.predicate.value: t.object.value for t in publications[head]}
        assert parts[NP + "hasAssertion"] == f"{node}#assertion"
        about = {t.subject.value for t in publications[f"{node}#provenance"]}
        assert f"{node}#assertion" in about
        said = {
            t.predicate.value.rpartition("/")[2]
            for t in publications[f"{node}#pubinfo"]
            if t.subject.value == node
        }
        assert said >= {"created", "creator", "license"}
    assert len(publications) == 4 * len(heads)


def test_only_facts_are_asserted_plainly(
    facts: Facts, publications: dict[str, set[ox.Triple]]
) -> None:
    plain = described = 0
    for name, triples in publications.items():
        if not name.endswith("#assertion"):
            continue
        provenance = publications[name.replace("#assertion", "#provenance")]
        (claim,) = {t.subject.value for t in provenance if t.predicate == iri.term("modality")}
        modality = facts.things[claim].name("modality")
        if {t.subject.value for t in triples} == {claim}:
            described += 1
            assert (
                ox.Triple(ox.NamedNode(claim), iri.term("modality"), iri.term(modality)) in triples
            )
        else:
            plain += 1
            assert modality == "factual"
            assert triples == set(facts.reified[claim])
    assert plain >= 1150 and described >= 750
    dates = {
        (t.subject, t.predicate)
        for name, ts in publications.items()
        if name.endswith("#assertion")
        for t in ts
    }
    assert (LAUNCH, iri.term("plannedWhen")) not in dates


def test_provenance_leads_to_claimant_and_passage(publications: dict[str, set[ox.Triple]]) -> None:
    for name, triples in publications.items():
        if name.endswith("#provenance"):
            predicates = {t.predicate.value for t in triples}
            for needed in (
                PROV + "wasDerivedFrom",
                PROV + "wasAttributedTo",
                XT + "asOf",
                XT + "passageSha256",
                XT + "textSha256",
            ):
                assert needed in predicates, (name, needed)


def test_another_word_gives_another_name(facts: Facts) -> None:
    from xingtu.triples.exports.trusty import artifact_code

    place = "https://example.org/np/CODE"
    node = ox.NamedNode(place)
    codes = {
        artifact_code([ox.Quad(node, node, value, node)], place)
        for value in (
            node,
            ox.Literal("a"),
            ox.Literal("a\nb"),
            ox.Literal("a\\nb"),
            ox.Literal("a", language="en"),
            ox.Literal(1),
        )
    }
    assert len(codes) == 6 and all(code.startswith("RA") and len(code) == 45 for code in codes)


# --- FollowTheMoney ----------------------------------------------------------------------------


def test_statements_are_facts_only(facts: Facts, statements: list[dict[str, str]]) -> None:
    claimed = [row for row in statements if row["origin"]]
    assert len(statements) >= 1000 and len(claimed) >= 350
    for row in claimed:
        claim = facts.things[iri.ID + row["origin"]]
        assert facts.states_fact(claim), row
        assert row["first_seen"] <= claim.name("asOf")[:10] <= row["last_seen"]


def test_what_is_only_planned_is_not_there(facts: Facts, statements: list[dict[str, str]]) -> None:
    there = {row["entity_id"].removeprefix("xingtu-") for row in statements}
    pending = {thing.slug for thing in facts.things.values() if facts.is_pending(thing)}
    assert len(pending) >= 50
    assert pending & there == {"tianwen-3"}  # which is in development, and so an endeavour already
    assert facts.things[iri.ID + "tianwen-3"].names("status") == ["inDevelopment"]


def test_statements_say_what_the_articles_say(statements: list[dict[str, str]]) -> None:
    said = {
        (row["entity_id"].removeprefix("xingtu-"), row["prop"], row["value"]) for row in statements
    }
    assert ("zhurong-landing", "date", "2021-05-15") in said
    assert (
        "aerospace-force.successorOf.strategic-support-force",
        "predecessor",
        "xingtu-strategic-support-force",
    ) in said
    assert ("liu-zheng.affiliatedWith.casc", "role", "affiliated with") in said
    assert (
        "liu-zheng.affiliatedWith.casc",
        "proof",
        "xingtu-china-in-space-two-sessions-2026",
    ) in said
    assert ("rong-yi-cppcc-member", "holder", "xingtu-rong-yi") in said
    assert ("tianwen-3", "name", "天问三号") in said
    assert len({row["id"] for row in statements}) == len(statements)


def test_the_mapping_names_terms_of_the_ontology() -> None:
    schema = load_schema()
    properties = {name for names in followthemoney_mapping.PROPERTIES.values() for name in names}
    assert properties | followthemoney_mapping.LINKS.keys() <= schema.properties.keys()
    assert followthemoney_mapping.SCHEMATA.keys() | set(csvw.CLASSES) <= schema.ancestors.keys()


# --- CSV on the Web ----------------------------------------------------------------------------


def test_every_class_has_a_table() -> None:
    ancestors = load_schema().ancestors
    assert len(ancestors) >= 140
    assert [name for name, above in ancestors.items() if above.isdisjoint(csvw.CLASSES)] == []


def test_a_thing_stands_in_one_table(facts: Facts, folder: Path) -> None:
    index = read_table(folder, "things")
    assert index.keys() == {thing.slug for thing in facts.things.values()}
    tables = {
        name: read_table(folder, name) for name in csvw.CLASSES if (folder / f"{name}.csv").exists()
    }
    assert sum(map(len, tables.values())) == len(index)
    assert all(slug in tables[row["class"]] for slug, row in index.items())


def test_a_plan_stands_in_a_column_of_its_own(folder: Path) -> None:
    launch = read_table(folder, "Event")[LAUNCH.value.removeprefix(iri.ID)]
    assert launch["standing"] == "plan" and launch["plannedWhen"] == "2028"
    assert (launch["launchVehicle"], launch["launchVehicle_planned"]) == ("", "long-march-5")
    landing = read_table(folder, "Event")["zhurong-landing"]
    assert (landing["standing"], landing["when"], landing["status"]) == (
        "fact",
        "2021-05-15",
        "achieved",
    )


def test_relations_say_what_they_rest_on(facts: Facts, folder: Path) -> None:
    with (folder / "relations.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["modality"]]
    assert len(rows) >= 1000
    for row in rows:
        triple = ox.Triple(
            iri.thing(row["subject"]), iri.term(row["property"]), iri.thing(row["object"])
        )
        assert (row["standing"] == "fact") == is_factual(facts.support(triple))
        assert ("factual" in row["modality"].split()) == (row["standing"] == "fact")
        assert int(row["sources"]) >= 1
    assert sum(row["standing"] == "plan" for row in rows) >= 250


def test_the_same_graph_gives_the_same_tables(folder: Path, tmp_path: Path) -> None:
    assert export("csvw", "--out", tmp_path / "again").exit_code == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert written == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_metadata_describe_each_column(folder: Path) -> None:
    metadata = json.loads((folder / "csv-metadata.json").read_text("utf-8"))
    assert {table["url"] for table in metadata["tables"]} == {
        path.name for path in folder.glob("*.csv")
    }
    for table in metadata["tables"]:
        header = (folder / table["url"]).read_text("utf-8").splitlines()[0].split(",")
        assert [column["name"] for column in table["tableSchema"]["columns"]] == header
        assert len(set(header)) == len(header) and table["dc:description"]


# --- GraphML -----------------------------------------------------------------------------------


def test_edges_tell_facts_from_plans(facts: Facts) -> None:
    graph = nx.parse_graphml(export("graphml").stdout_bytes.decode())
    assert len(graph) >= 1100 and graph.number_of_edges() >= 1300
    (planned,) = graph["tianwen-3-launch"]["long-march-5"].values()
    assert (planned["property"], planned["standing"], planned["modality"]) == (
        "launchVehicle",
        "plan",
        "plan",
    )
    assert graph.nodes["tianwen-3-launch"]["standing"] == "plan"
    assert graph.nodes["tianwen-3"]["label_zh"] == "天问三号"
    edges = [data for _, _, data in graph.edges(data=True)]
    assert sum(data["standing"] == "plan" for data in edges) >= 250
    assert all((data["sources"] == 0) == ("claims" not in data) for data in edges)
    for data in edges:
        claims = [facts.things[iri.ID + slug] for slug in data.get("claims", "").split()]
        assert data["sources"] == len({c.value for claim in claims for c in claim.get("claimedBy")})
        assert (data["standing"] == "fact") == (not claims or "factual" in data["modality"].split())
    assert any(data["sources"] > 1 for data in edges)
