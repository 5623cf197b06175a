"""`xingtu link`: candidates for real things, from the real slice of Wikidata."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from xingtu.server.cli import main
from xingtu.server.engine.dataset import open_store
from xingtu.server.engine.evaluate import Dataset
from xingtu.triples.linking.answers import Answers
from xingtu.triples.linking.asking import Asker
from xingtu.triples.linking.candidates import choose, find_candidates, spellings
from xingtu.triples.linking.classes import read_classes
from xingtu.triples.linking.review import COLUMNS, read_review
from xingtu.triples.linking.scoring import compare_names, compare_types, similarity
from xingtu.triples.linking.subjects import Subject, read_subjects
from xingtu.triples.linking.wikidata import Wikidata

AUTHORED = Path(open_store.__code__.co_filename).parents[2] / "triples"


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    return read_subjects(Dataset(open_store()).solve)


@pytest.fixture
def wikidata(standin, tmp_path) -> Wikidata:
    answers = Answers(tmp_path / "a.jsonl", 1e9, lambda: 0.0)
    asker = Asker(answers, contact="", interval=0, clock=lambda: 0.0, pause=lambda seconds: None)
    return Wikidata(asker, standin.api, standin.sparql)


@pytest.fixture
def run(monkeypatch, standin, subjects, tmp_path):
    """Run the command on our graph, in which some links are others, or none."""

    def run(*options: str, relink: dict[str, str]):
        changed = {slug: (item,) if item else () for slug, item in relink.items()}
        graph = [replace(each, items=changed.get(each.slug, each.items)) for each in subjects]
        monkeypatch.setattr("xingtu.server.linking._read", lambda: graph)
        urls = ("--search-url", standin.api, "--sparql-url", standin.sparql, "--interval", "0")
        kept = ("--cache", str(tmp_path / "cache"))
        return CliRunner().invoke(main, ["link", *urls, *kept, *options])

    return run


def fingerprint() -> str:
    files = sorted(p for p in AUTHORED.rglob("*") if p.suffix in {".yaml", ".tsv", ".nq"})
    assert len(files) >= 20
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def test_the_item_of_a_thing_whose_link_is_taken_away_is_found_first(
    subjects, wikidata, known
) -> None:
    tried = found = 0
    for subject in subjects:
        if len(subject.items) == 1 and subject.items[0] in known:
            tried += 1
            first, *others = find_candidates(replace(subject, items=()), wikidata)
            best = all(other.score < first.score for other in others)
            found += first.item.id == subject.items[0] and best
    assert tried >= 21
    assert found == tried


def test_candidates_of_the_wrong_type_come_after(subjects, wikidata, known) -> None:
    senegal = next(each for each in subjects if each.slug == "senegal")
    first, second = find_candidates(replace(senegal, items=()), wikidata)[:2]
    assert (first.item.id, second.item.id) == ("Q1041", "Q9000000002")
    assert any("Q515 (City)" in feature.reason for feature in second.features)


def test_names_type_and_neighbours_tell_a_launcher_from_its_like(subjects, wikidata) -> None:
    launcher = next(each for each in subjects if each.slug == "long-march-10a")
    launcher = replace(launcher, neighbours=frozenset({"Q2777589"}))
    (first, *others) = find_candidates(launcher, wikidata)
    reasons = " ".join(feature.reason for feature in first.features)
    assert first.item.id == "Q9000000010" and first.score > 90
    assert "Q697175 (LaunchVehicleModel)" in reasons and "Q2777589" in reasons
    assert all(other.score < 70 for other in others)


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("CZ-10A", "Long March 10A", 1, 1),
        ("LM-10A", "长征十号甲", 0, 0.5),
        ("长征十号甲", "长征10A", 1, 1),
        ("美国", "美國", 1, 1),
        ("Long March 10", "Long March 10A", 0, 0.7),
        ("Chang'e-6", "Chang’e 6", 1, 1),
        ("Tianwen-3", "Tianwen-2", 0, 0.7),
    ],
)
def test_how_alike_names_are(one: str, other: str, least: float, most: float) -> None:
    assert least <= similarity(one, other) <= most


def test_an_english_name_is_compared_with_the_sound_of_a_chinese_one() -> None:
    feature = compare_names([("Wang Yaping", "en")], [("王亚平", "zh-hans")])
    assert feature.fit == pytest.approx(0.85)
    assert compare_names([("Wang Yaping", "en")], [("杨利伟", "zh")]).fit < 0.5


def test_a_designator_is_searched_for_as_wikidata_labels_it() -> None:
    assert spellings([("CZ-10A", "en"), ("长征十号甲", "zh")])[:3] == [
        ("CZ-10A", "en"), ("长征十号甲", "zh"), ("Long March 10A", "en")
    ]  # fmt: skip


def test_types_fit_by_the_classes_above_and_below() -> None:
    table = read_classes()

    def fit(ours: str, *items: str) -> float | None:
        return compare_types(frozenset({ours}), frozenset(items), table).fit

    assert fit("Person", "Q5") == 1
    assert fit("Person", "Q515") == 0
    assert fit("SpaceAgency", "Q43229") == 1  # an organisation is all that is known of it
    assert fit("Organisation", "Q17505024") == 1  # known more exactly there
    assert fit("Person") is None


def test_descriptive_things_are_not_asked_for_unless_wanted(subjects) -> None:
    slugs = {subject.slug for subject in choose(subjects)}
    assert {"long-march-10a", "yang-liwei"} <= slugs and "china" not in slugs
    kinds = {name for s in subjects if s.slug in slugs for name in s.types}
    assert kinds.isdisjoint({"Observation", "Claim", "PolicyItem", "Proposal", "Characteristic"})
    assert choose(subjects, ["Observation"])


def test_the_command_writes_candidates_and_no_mapping(run, standin, tmp_path, known) -> None:
    out, before = tmp_path / "review.tsv", fingerprint()
    done = run(
        "--slug", "japan", "--slug", "egypt", "--out", str(out), relink={"japan": "", "egypt": ""}
    )
    assert done.exit_code == 0, done.output
    assert fingerprint() == before
    rows = read_review(out)
    assert [rows[f"id:{slug}"][0]["object_id"] for slug in ("japan", "egypt")] == [
        "wd:Q17",
        "wd:Q79",
    ]
    best = rows["id:japan"][0]
    assert best["mapping_justification"] == "semapv:CompositeMatching"
    assert float(best["score"]) / 100 == pytest.approx(float(best["confidence"]), abs=0.01)
    assert "Japan ~ Japan 1.00" in best["reasons"]


def test_started_again_it_asks_for_nothing_that_was_answered(run, standin, tmp_path, known) -> None:
    out, relink = tmp_path / "review.tsv", {"japan": "", "egypt": "", "italy": ""}
    options = ("--class", "State", "--out", str(out))
    whole = run(*options, relink=relink)
    asked = [*standin.log]
    assert whole.exit_code == 0 and len(asked) == 9
    complete = read_review(out)
    out.unlink()
    shutil.rmtree(tmp_path / "cache")
    standin.log.clear()

    half = run(*options, "--limit", "2", relink=relink)
    assert half.exit_code == 0 and len(read_review(out)) == 2
    again = run(*options, relink=relink)
    assert again.exit_code == 0
    assert sorted(map(str, standin.log)) == sorted(map(str, asked)), "each request once, none twice"
    assert read_review(out) == complete


def test_a_service_that_goes_away_loses_nothing(run, standin, tmp_path, monkeypatch, known) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    out, relink = tmp_path / "review.tsv", {"japan": "", "egypt": "", "italy": ""}
    first = run("--class", "State", "--limit", "1", "--out", str(out), relink=relink)
    assert first.exit_code == 0
    standin.faults.extend([(503, "")] * 50)
    broken = run("--class", "State", "--out", str(out), relink=relink)
    assert broken.exit_code == 1 and "503" in broken.output and "is kept" in broken.output
    assert "1 of 3 things" in broken.output
    assert [*read_review(out)] == ["id:egypt"]


def test_rows_of_other_things_stay_in_a_review(run, tmp_path, known) -> None:
    out = tmp_path / "review.tsv"
    run("--slug", "japan", "--out", str(out), relink={"japan": ""})
    run("--slug", "egypt", "--out", str(out), relink={"egypt": ""})
    assert [*read_review(out)] == ["id:egypt", "id:japan"]


HEAD = "#x\n" + "\t".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subject_id\tobject\n", ":1: the columns are not"),
        (HEAD + "id:a\twd:Q1\n", ":3: has 2 cells, of 13"),
        (
            HEAD + "\t".join(["a"] * len(COLUMNS)) + "\n",
            ":3: subject_id 'a' does not begin with id:",
        ),
        ("#\xe9", ":1: is no UTF-8"),
    ],
)
def test_a_broken_review_is_told_with_its_line_and_left_alone(
    run, standin, tmp_path, text, message
) -> None:
    out = tmp_path / "review.tsv"
    out.write_bytes(text.encode("latin-1"))
    done = run("--slug", "japan", "--out", str(out), relink={"japan": ""})
    assert done.exit_code == 1 and "review.tsv" + message in done.output.replace("\n", "")
    assert out.read_bytes() == text.encode("latin-1") and not standin.log


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--class", "Sate"], "no class Sate"),
        (["--slug", "china"], "linked already"),
        (["--slug", "nobody"], "nothing in the graph"),
    ],
)
def test_a_wrong_option_is_told(run, options, message) -> None:
    done = run(*options, relink={})
    assert done.exit_code == 2 and message in done.output


def checked(run, subjects, known: set[str], relink: dict[str, str]):
    """Check the links to items of the slice; the others are taken out."""
    out = {s.slug: "" for s in subjects if s.items and s.items[0] not in known}
    return run("--check", relink=out | relink)


def test_links_that_are_right_pass(run, subjects, known) -> None:
    done = checked(run, subjects, known, {})
    assert done.exit_code == 0, done.output
    assert "all 23 links are as they should be" in done.output


def test_merged_deleted_and_wrong_items_are_found(run, subjects, known) -> None:
    wrong = {
        "china": "Q9000000001", "japan": "Q9000009999", "senegal": "Q9000000002", "egypt": "Q9000000003",
    }  # fmt: skip
    done = checked(run, subjects, known, wrong)
    assert done.exit_code == 1 and "links that may be wrong: 4 of 23" in done.output, done.output
    lines = {line.split("│")[1].strip(): line for line in done.output.splitlines() if "│" in line}
    assert "merged" in lines["china"] and "is now Q148" in lines["china"]
    assert "deleted" in lines["japan"]
    assert "wrong type" in lines["senegal"] and "City" in lines["senegal"]
    assert "name does not fit" in lines["egypt"] and "Atlantis" in lines["egypt"]
