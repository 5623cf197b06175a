"""Malformed authored files: one clear line for each fault, all of them in one run."""

from pathlib import Path
from textwrap import dedent

import pyoxigraph as ox
import pytest

from xingtu.ontology import SPARQL_PREFIXES, load_schema
from xingtu.triples.build import build
from xingtu.triples.iri import ID
from xingtu.triples.problem import InvalidAuthoredFiles
from xingtu.triples.source import load_source, read_source
from xingtu.triples.verify_graph import check_iris

HASH = "0" * 64
ENTITIES = """
    mars: {type: [Planet, MartianPlace], en: Mars, zh: 火星, wikidata: Q111}
    probe-1: {type: Mission, en: Probe 1}
    probe-1-launch: {type: Launch, en: launch of Probe 1}
    rocket-1: {type: LaunchVehicleModel, en: Rocket 1}
    outlet: {type: MediaOrganisation, en: Outlet}
    """
HEADER = f"""
    file: a.txt
    sha256: "{HASH}"
    title: A title
    publishedBy: outlet
    by: outlet
    asOf: 2026-01-01
    """
PASSAGES = f"""
    passages:
    - at: 0-40
      sha256: "{HASH}"
      claims:
        probe-1:
          hasEvent: probe-1-launch
          targets: {{value: mars, modality: plan}}
          status: planned
        probe-1-launch:
          launchVehicle: rocket-1
          plannedWhen: {{value: 2028, modality: plan}}
          status: planned
    """


def write(folder: Path, entities: str, article: str) -> Path:
    for name, text in (("entities/all.yaml", entities), ("articles/an-article.yaml", article)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def sound(text: str) -> str:
    return dedent(text).lstrip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, sound(ENTITIES), sound(HEADER) + sound(PASSAGES))


def test_sound_files_give_typed_statements(folder: Path) -> None:
    source = load_source(folder)
    assert len(source.statements) == 6
    (planned,) = (s for s in source.statements if s.claim.predicate == "plannedWhen")
    ends = [str(triple.object) for triple in planned.triples]
    assert ends[0] == '"2028"'
    assert ends[1].startswith('"2028-01-01T00:00:00Z"')
    assert ends[2].startswith('"2028-12-31T23:59:59Z"')


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "plannedWhen: {value: 2028, ",
            "plannedWhen: {value: soon, ",
            "articles/an-article.yaml:17: probe-1-launch plannedWhen: 'soon' is not an EDTF date",
        ),
        (
            "targets: {value: mars",
            "targets: {value: venus",
            "unknown object 'venus'; add it to entities/",
        ),
        ("targets: {value: mars", "targets: {value: rocket-1", "'rocket-1' is no Place"),
        (
            "hasEvent: probe-1-launch",
            "hasEvents: probe-1-launch",
            "no property 'hasEvents' in the ontology",
        ),
        ("launchVehicle: rocket-1", "targets: mars", "the subject is no Endeavour"),
        (
            "modality: plan}\n      status",
            "modality: wish}\n      status",
            "modality: 'wish' is no Modality",
        ),
        ("value: mars, modality", "value: mars, mood", "unknown key 'mood'"),
        ("at: 0-40", "at: 40-0", "must be START-END, START before END"),
        ("at: 0-40", "at: 0..40", "must be START-END, START before END"),
        ("at: 0-40", "at: 0-20", "the passage is shorter than 25 characters"),
        ("asOf: 2026-01-01", "asOf: 20260101", "asOf: '20260101' is no day"),
        ("asOf: 2026-01-01", "asOf: []", "must be one text"),
        ("asOf: 2026-01-01", "asOf: [2026-01-01]", "must be one text"),
        (
            "by: outlet",
            "by: outlet\npublishedWhen: soon",
            "publishedWhen: 'soon' is not an EDTF date",
        ),
        ("by: outlet", "by: outlet\nurl: outlet.example", "url: must be an http or https address"),
        ("launchVehicle: rocket-1", "launchVehicle: []", "must not be an empty list"),
        ("launchVehicle: rocket-1", "launchVehicle: [[rocket-1]]", "must be one text"),
        ("title: A title", 'title: "A\\ntitle"', "must not hold line breaks"),
        ("    probe-1:\n", "    [probe-1]:\n", "a key must be one text"),
        ("mars: {", "planned: {type: Sector, en: Planned}\nmars: {", "is a controlled individual"),
        ("rocket-1: {", "claim-1: {type: Sector, en: C}\nrocket-1: {", "is no slug"),
        (f'sha256: "{HASH}"\n  claims', "sha256: abc\n  claims", "must be 64 hexadecimal digits"),
        ("title: A title\n", "", "the key 'title' is missing"),
        ("publishedBy: outlet", "publishedBy: nobody", "'nobody' is no Agent"),
        ("asOf: 2026-01-01", "asOf: 2026-13-01", "asOf: '2026-13-01' is no day"),
        (
            "probe-1-launch:\n      launchVehicle",
            "probe-2:\n      launchVehicle",
            "unknown subject 'probe-2'",
        ),
        (
            "      status: planned\n    probe-1-launch",
            "    probe-1-launch",
            "the subject has no status",
        ),
        ("value: mars, ", "value: mars, contradicts: nothing, ", "no claim has the key 'nothing'"),
        (
            "hasEvent: probe-1-launch",
            "hasEvent: [probe-1-launch, probe-1-launch]",
            "the same claim is written twice",
        ),
        ("    probe-1:\n", "    probe-1:\n      targets: mars\n", "the key 'targets' comes twice"),
        ("passages:", "passages: [", "YAML"),
        (
            "en: Outlet}",
            "en: Outlet}\nouter: {type: State, en: Outer}",
            "no claim is about it or names it",
        ),
        ("type: Mission", "type: Misson", "no class 'Misson' in the ontology"),
        ("wikidata: Q111", "wikidata: 111", "'111' is no Wikidata item"),
        ("en: Rocket 1}", "en: Rocket 1, wikidata: Q111}", "Q111 is linked to 'mars' already"),
        ("rocket-1: {", "Rocket_1: {", "is no slug"),
        ("en: Probe 1}", "zh: 一号}", "the key 'en' is missing"),
    ],
)
def test_a_fault_gets_one_clear_line(folder: Path, old: str, new: str, line: str) -> None:
    entities, article = folder / "entities/all.yaml", folder / "articles/an-article.yaml"
    path = article if old in article.read_text("utf-8") else entities
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    _, problems = read_source(folder)
    found = [str(problem) for problem in problems]
    assert any(line in problem for problem in found), found
    assert all(":" in problem and "\n" not in problem for problem in found)


def test_all_faults_come_in_one_run_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    article = folder / "articles/an-article.yaml"
    text = article.read_text("utf-8").replace("2028,", "soon,").replace("mars,", "venus,")
    article.write_text(text, "utf-8")
    out = tmp_path / "out"
    with pytest.raises(InvalidAuthoredFiles) as caught:
        build(out, folder)
    assert (
        len(caught.value.problems) >= 3
    )  # the date, the object, and Mars, which nothing names now
    assert not out.exists()


@pytest.mark.parametrize("stem", ["entities", "inferred", "An Article", "claim-x", "probe-1"])
def test_an_article_has_a_name_of_its_own(folder: Path, stem: str) -> None:
    """Else it would overwrite a graph of the dataset, or be taken for another thing."""
    article = folder / "articles/an-article.yaml"
    article.rename(article.with_name(f"{stem}.yaml"))
    _, problems = read_source(folder)
    assert [p for p in problems if "no name for an article" in str(p) or "entity too" in str(p)]


def test_a_file_that_cannot_be_read_is_reported_alone(folder: Path) -> None:
    (folder / "entities/all.yaml").write_bytes(b"mars: \xff")
    (folder / "articles/gone.yaml").symlink_to(folder / "nowhere")
    (folder / "articles/empty.yaml").touch()
    (folder / "articles/deep.yaml").write_text("[" * 5000, "utf-8")
    _, problems = read_source(folder)
    lines = sorted(str(problem) for problem in problems)
    assert [line.split(":")[0] for line in lines] == [
        "articles/deep.yaml",
        "articles/empty.yaml",
        "articles/gone.yaml",
        "entities/all.yaml",
    ]


def test_retired_slugs_are_in_the_graph_and_pass_its_checks(folder: Path, tmp_path: Path) -> None:
    retired = "rocket-one: {replacedBy: rocket-1}\nghost: {withdrawn: It was a misreading.}\n"
    (folder / "retired.yaml").write_text(retired, "utf-8")
    build(tmp_path / "out", folder)
    store = ox.Store()
    store.bulk_load(path=str(tmp_path / "out/dataset.nq"), format=ox.RdfFormat.N_QUADS)
    rows = store.query(
        SPARQL_PREFIXES + "SELECT ?old ?new ?why { GRAPH graph:entities { ?old owl:deprecated true"
        " OPTIONAL { ?old dcterms:isReplacedBy ?new } OPTIONAL { ?old rdfs:comment ?why } } } ORDER BY ?old"
    )
    assert [[getattr(term, "value", None) for term in row] for row in rows] == [
        [ID + "ghost", None, "It was a misreading."],
        [ID + "rocket-one", ID + "rocket-1", None],
    ]
    assert not list(check_iris(store, load_schema()))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("mars: {replacedBy: probe-1}", "retired.yaml:1: mars: is in use"),
        ("old: {replacedBy: older}", "no entity or article 'older'"),
        ("old: {withdrawn: Wrong., replacedBy: mars}", "needs one key"),
        ("old: {withdrawn: }", "must be one text"),
        ("old: {gone: yes}", "unknown key 'gone'"),
        ("Old One: {replacedBy: mars}", "is no slug"),
        ("old: [", "is not YAML"),
    ],
)
def test_a_fault_of_a_retired_slug_is_named(folder: Path, line: str, fault: str) -> None:
    (folder / "retired.yaml").write_text(line, "utf-8")
    _, problems = read_source(folder)
    assert any(fault in str(problem) for problem in problems), [*map(str, problems)]


def test_missing_folders_are_an_error(tmp_path: Path) -> None:
    _, problems = read_source(tmp_path)
    assert [str(p).split(":")[0] for p in problems] == ["entities", "articles"]


def test_claim_iris_are_stable_under_edits_elsewhere(folder: Path) -> None:
    before = {s.iri.value for s in load_source(folder).statements}
    article = folder / "articles/an-article.yaml"
    more = f'- at: 50-90\n  sha256: "{HASH}"\n  claims: {{mars: {{targetOf: probe-1}}}}\n'
    article.write_text(
        article.read_text("utf-8").replace("- at: 0-40", more + "- at: 0-40"), "utf-8"
    )
    after = {s.iri.value for s in load_source(folder).statements}
    assert before < after
    assert len(after) == 7
