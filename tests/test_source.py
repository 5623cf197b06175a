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
    mars: {type: [Planet, MartianPlace], en: Mars, zh: 火星}
    probe-1: {type: Mission, en: Probe 1}
    probe-1-launch: {type: Launch, en: launch of Probe 1}
    rocket-1: {type: LaunchVehicleModel, en: Rocket 1}
    outlet: {type: MediaOrganisation, en: Outlet}
    """
MAPPINGS = """
    #curie_map:
    #  id: https://w3id.org/xingtu/id/
    #  wd: http://www.wikidata.org/entity/
    #  xt: https://w3id.org/xingtu/ontology#
    #mapping_set_id: https://example.org/mappings
    #mapping_set_version: 1.0.0
    #mapping_set_title: Ours to theirs
    #mapping_set_description: For tests.
    #creator_label: [Somebody]
    #license: https://creativecommons.org/licenses/by/4.0/
    subject_id subject_label predicate_id object_id object_label object_category mapping_justification mapping_date confidence see_also comment
    id:mars Mars skos:exactMatch wd:Q111 Mars xt:Planet semapv:ManualMappingCuration 2026-11-21 0.95 https://example.org/a|https://example.org/b |
    id:outlet Outlet skos:closeMatch wd:Q1 Outlets xt:MediaOrganisation semapv:MappingReview 2026-11-21 0.5 https://example.org/c seen
    """.replace(" |\n", " \n")
"""Of the rows, each blank stands for a tab."""
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
    files = ("entities/all.yaml", entities), ("articles/an-article.yaml", article)
    for name, text in (*files, ("mappings/wikidata.sssom.tsv", tabbed(MAPPINGS))):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def tabbed(text: str) -> str:
    lines = sound(text).splitlines(keepends=True)
    return "".join(x if x.startswith("#") else x.replace(" ", "\t") for x in lines)


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
        ("en: Rocket 1}", "en: Rocket 1, wikidata: Q1}", "unknown key 'wikidata'"),
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


ROW = "id:mars\tMars\tskos:exactMatch\twd:Q111\tMars\txt:Planet\tsemapv:ManualMappingCuration"


def test_sound_mappings_are_read(folder: Path) -> None:
    found = [(m.subject, m.predicate, m.item) for m in load_source(folder).mappings]
    assert found == [("mars", "exactMatch", "Q111"), ("outlet", "closeMatch", "Q1")]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("\tobject_id", "", "sssom.tsv:11: header: the column 'object_id' is missing"),
        ("\tcomment", "\tcomments", "11: header: unknown column 'comments'"),
        ("\tcomment", "\tsee_also", "11: header: the column 'see_also' comes twice"),
        ("Mars\tskos", "Mars skos", "12: id:mars: has 10 cells where the header has 11"),
        ("0.5\t", "0.5\t\t", "13: id:outlet: has 12 cells where the header has 11"),
        ("\nid:outlet", "\n\nid:outlet", "13: has 0 cells"),
        ("id:mars", "mars", "12: mars subject_id: 'mars' is no CURIE with a declared prefix"),
        ("id:mars", "foaf:mars", "'foaf:mars' is no CURIE with a declared prefix"),
        ("id:mars", "id:venus", "12: id:venus subject_id: unknown entity"),
        ("id:outlet", "wd:outlet", "13: wd:outlet subject_id: unknown entity"),
        ("mars\tMars", "mars\tRed", "subject_label: is 'Red', but the entity is called 'Mars'"),
        ("skos:exactMatch", "skos:broadMatch", "must be skos:exactMatch or skos:closeMatch"),
        ("wd:Q111", "wd:P31", "object_id: 'wd:P31' is no Wikidata item"),
        ("wd:Q111", "id:Q111", "object_id: 'id:Q111' is no Wikidata item"),
        ("xt:Planet", "xt:Person", "object_category: the item is a Person, the entity is none"),
        ("xt:Planet", "xt:Plant", "object_category: no class 'Plant' in the ontology"),
        ("ManualMappingCuration", "LexicalMatching", "12: id:mars mapping_justification: must be"),
        ("2026-11-21", "21.11.2026", "12: id:mars mapping_date: '21.11.2026' is no day"),
        ("2026-11-21", "2026-02-30", "12: id:mars mapping_date: '2026-02-30' is no day"),
        ("0.95", "95%", "12: id:mars confidence: '95%' is no number from 0 to 1"),
        ("0.95", "1.5", "12: id:mars confidence: '1.5' is no number from 0 to 1"),
        ("https://example.org/b", "a book", "see_also: 'a book' is no http or https address"),
        ("0.95", "", "12: confidence: is empty"),
        ("id:mars", "", "12: subject_id: is empty"),
        ("skos:exactMatch", "", "12: predicate_id: is empty"),
        ("wd:Q111", " ", "12: object_id: is empty"),
        ("wd:Q1\t", "wd:Q111\t", "13: id:outlet object_id: wd:Q111 is linked already (line 12)"),
        (
            "id:outlet\tOutlet",
            "id:mars\tMars",
            "13: id:mars subject_id: id:mars is linked already (line 12)",
        ),
        (ROW, '"id:mars', "sssom.tsv:13: is no line of a table: unexpected end of data"),
        ("\tseen", '\t"se\nen"', "13: comment: must not hold line breaks"),
        ("#license", "#licence", "10: metadata: unknown key 'licence'"),
        ("#license", "#licence", "1: metadata: the key 'license' is missing"),
        ("#curie_map:", "#curie_map: [", "metadata: is not YAML"),
        ("wd: http://www", "wd: http://vvv", "object_id: 'wd:Q111' is no Wikidata item"),
    ],
)
def test_a_fault_of_a_mapping_gets_one_clear_line(
    folder: Path, old: str, new: str, line: str
) -> None:
    path = folder / "mappings/wikidata.sssom.tsv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = [str(problem) for problem in read_source(folder)[1]]
    assert any(line in problem for problem in found), found
    assert all(problem.startswith("mappings/wikidata.sssom.tsv:") for problem in found)


def test_all_faults_of_the_mappings_come_in_one_run(folder: Path, tmp_path: Path) -> None:
    path = folder / "mappings/wikidata.sssom.tsv"
    text = path.read_text("utf-8").replace("wd:Q111", "Q111").replace("0.5", "half")
    path.write_text(text.replace("#license", "#licence"), "utf-8")
    with pytest.raises(InvalidAuthoredFiles) as caught:
        build(tmp_path / "out", folder)
    assert [problem.line for problem in caught.value.problems] == [1, 10, 12, 13]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"\xff", b"", b"#x: 1\n", None])
def test_a_mapping_file_that_cannot_be_read_is_a_problem(
    folder: Path, content: bytes | None
) -> None:
    path = folder / "mappings/wikidata.sssom.tsv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert read_source(folder)[1]


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
    text = "rocket-one: {replacedBy: rocket-1}\nghost: {withdrawn: It was a misreading.}\n"
    (folder / "retired.yaml").write_text(text, "utf-8")
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
    retired = {ID + "ghost", ID + "rocket-one"}
    assert retired.isdisjoint(problem.about for problem in check_iris(store, load_schema()))


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
