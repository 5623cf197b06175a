"""Each check finds the fault that it is there for, and the real graph has none."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from xingtu.ontology import PREFIXES, XT, load_schema, module_paths
from xingtu.triples import verify_graph, verify_shapes, verify_text
from xingtu.triples.article import Article, Passage
from xingtu.triples.build import RELEASE
from xingtu.triples.check import check_drift
from xingtu.triples.iri import ID, graph
from xingtu.triples.source import load_source

TEXT = "One. 嫦娥六号 came back with a sample from the far side of the Moon. The end of it."
LAUNCH, WHEN = ox.NamedNode(ID + "tianwen-2-launch"), ox.NamedNode(XT + "when")
ARTICLE = graph("spacemart-lunar-deep-space-milestones")


@pytest.fixture(scope="module")
def built() -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(RELEASE / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture
def change(built: ox.Store):
    """Give a copy of the built dataset without and with certain quads."""

    def changed(drop: Callable[[ox.Quad], bool], add: list[ox.Quad]) -> ox.Store:
        store = ox.Store()
        store.extend(quad for quad in built if not drop(quad))
        store.extend(add)
        return store

    return changed


def article(passages: list[Passage], sha256: str = "") -> Article:
    header = {"file": "a.txt", "sha256": sha256 or digest(TEXT)}
    return Article("a", header, (), "articles/a.yaml", tuple((p, 7) for p in passages))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_every_passage_of_the_real_graph_is_where_it_is_said_to_be() -> None:
    folder = os.environ.get("XINGTU_ARTICLES")
    if not folder:
        pytest.skip("XINGTU_ARTICLES does not name the folder of the texts")
    articles = load_source().articles
    texts, problems = verify_text.read_texts(articles, Path(folder))
    assert problems == []
    assert list(verify_text.check_snapshots(articles, texts)) == []
    assert sum(len(article.passages) for article in articles) >= 500
    assert list(verify_text.check_passages(articles, texts)) == []


@pytest.mark.parametrize(
    ("passage", "message"),
    [
        (Passage("a", 5, len(TEXT) + 1, digest(TEXT[5:])), "ends outside the text"),
        (Passage("a", 5, 40, digest(TEXT[5:41])), "the hash differs"),
    ],
)
def test_a_wrong_passage_is_found(passage: Passage, message: str) -> None:
    (problem,) = verify_text.check_passages([article([passage])], {"a": TEXT})
    assert message in str(problem)
    assert str(problem).startswith("articles/a.yaml:7: ")


def test_a_right_passage_is_passed_over() -> None:
    right = Passage("a", 5, 40, digest(TEXT[5:40]))
    assert list(verify_text.check_passages([article([right])], {"a": TEXT})) == []


def test_another_snapshot_is_found() -> None:
    assert list(verify_text.check_snapshots([article([])], {"a": TEXT})) == []
    (problem,) = verify_text.check_snapshots([article([], "0" * 64)], {"a": TEXT})
    assert "another hash" in str(problem)


@pytest.mark.parametrize(
    ("literal", "found"),
    [
        ("a sample from the far side of the Moon", True),
        ("A Sample, from: the FAR side of the moon!", True),
        ("a sample from the far side of Mars", False),
        ("came back with a sample from the", False),
    ],
)
def test_eight_words_in_a_row_are_found(literal: str, found: bool) -> None:
    problems = list(verify_text.check_copied_text([("x", literal)], {"a": TEXT}, set()))
    assert bool(problems) is found


def test_chinese_text_is_found_and_titles_may_stand() -> None:
    text = "中国行星探测工程天问二号探测器开启了一次小行星采样返回的旅程。"
    literals = [("x", text[:25])]
    assert list(verify_text.check_copied_text(literals, {"a": text}, set()))
    assert not list(verify_text.check_copied_text([("x", text[:24])], {"a": text}, set()))
    assert not list(verify_text.check_copied_text(literals, {"a": text}, {text[:25]}))


def test_a_fact_without_a_claim_is_found(change) -> None:
    stray = ox.Quad(LAUNCH, WHEN, ox.Literal("2025-05-30"), ARTICLE)
    (problem,) = verify_graph.check_facts_and_claims(change(lambda quad: False, [stray]))
    assert "tianwen-2-launch: when 2025-05-30 has no accepted claim" in str(problem)


def test_a_claim_without_its_fact_is_found(change) -> None:
    store = change(lambda quad: (quad.subject, quad.predicate) == (LAUNCH, WHEN), [])
    (problem,) = verify_graph.check_facts_and_claims(store)
    assert "tianwen-2-launch: when 2025-05-29 is claimed and not asserted" in str(problem)


def test_a_fact_that_only_a_denial_reifies_is_found(change) -> None:
    """The check looks at the mood of a claim, not only at its status."""
    reifies = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
    negated = ox.NamedNode(XT + "negated")
    store = change(lambda quad: False, [])
    claim = next(q for q in store.quads_for_pattern(None, ox.NamedNode(XT + "modality"), negated))
    (denied,) = store.quads_for_pattern(claim.subject, reifies, None, claim.graph_name)
    triple = denied.object
    store.add(ox.Quad(triple.subject, triple.predicate, triple.object, claim.graph_name))
    (problem,) = verify_graph.check_facts_and_claims(store)
    assert "has no accepted claim" in str(problem)


def test_a_date_with_another_interval_is_found(change) -> None:
    earliest = ox.NamedNode(XT + "earliest")
    store = change(lambda quad: (quad.subject, quad.predicate) == (LAUNCH, earliest), [])
    problems = [str(problem) for problem in verify_graph.check_intervals(store)]
    assert problems
    assert all("when 2025-05-29 does not mean .. to 2025-05-29T23:59:59Z" in p for p in problems)


@pytest.mark.parametrize(
    ("iri", "message"),
    [
        (XT + "Rokcet", "is no term of the ontology"),
        (ID + "Bad_Slug", "is ill-formed"),
        (ID + "nobody-knows", "has no type"),
    ],
)
def test_a_wrong_iri_is_found(change, iri: str, message: str) -> None:
    store = change(lambda quad: False, [ox.Quad(LAUNCH, WHEN, ox.NamedNode(iri), ARTICLE)])
    problems = [str(problem) for problem in verify_graph.check_iris(store, load_schema())]
    assert any(iri in problem and message in problem for problem in problems)


SHAPE_FAULTS = {
    "a claim without a claimant": "id:c a xt:Claim ; xt:subject id:x",
    "evidence that ends before it starts": "id:e a xt:Evidence ; xt:start 9 ; xt:end 3",
    "an unnamed agent": "id:p a xt:Person",
    "two dates for one event": 'id:e a xt:Event ; rdfs:label "e"@en ; xt:when "2025", "2026"',
    "a space event without status": 'id:e a xt:Launch ; rdfs:label "e"@en',
    "a number of nothing": 'id:o a xt:Observation ; rdfs:label "o"@en ; xt:numericValue 1.0',
    "a holding without holder": 'id:h a xt:PositionHolding ; rdfs:label "h"@en',
    "a comparison with one side": 'id:c a xt:Benchmark ; rdfs:label "c"@en ; xt:comparisonSubject id:x',
    "an item of no document": 'id:i a xt:PolicyItem ; rdfs:label "i"@en',
    "a proposal of nobody": 'id:p a xt:PolicyProposal ; rdfs:label "p"@en',
    "a label in a third language": 'id:p a xt:Person ; rdfs:label "p"@en , "p"@fr',
    "two Wikidata items": "id:p skos:exactMatch wd:Q1 , wd:Q2",
    "an article without hash": 'id:a a xt:Article ; xt:title "a"',
}


@pytest.fixture(scope="module")
def tree() -> rdflib.Graph:
    return verify_shapes.read_graph(module_paths())


def test_the_shapes_find_nothing_in_the_ontology(tree: rdflib.Graph) -> None:
    assert list(verify_shapes.check_shapes(tree)) == []


@pytest.mark.parametrize("name", SHAPE_FAULTS)
def test_the_shapes_find(name: str, tree: rdflib.Graph) -> None:
    head = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
    fault = rdflib.Graph().parse(data=head + SHAPE_FAULTS[name] + " .", format="turtle")
    assert list(verify_shapes.check_shapes(tree + fault))


def test_a_changed_release_file_is_found(tmp_path: Path) -> None:
    for name in ("dataset.nq", "xingtu.ttl"):
        (tmp_path / name).write_bytes((RELEASE / name).read_bytes())
    with (tmp_path / "dataset.nq").open("ab") as file:
        file.write(b"\n")
    found = [str(problem) for problem in check_drift(load_source(), tmp_path)]
    assert found == [
        "dataset.nq: differs from what the authored files give; run `xingtu build`",
        "xingtu.rdf: is missing; run `xingtu build`",
    ]
