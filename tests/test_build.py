"""The build: the same bytes everywhere, one graph an article, claims that reify, axioms that annotate."""

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from xingtu.ontology import XT
from xingtu.triples import iri
from xingtu.triples.build import RELEASE, build

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_build_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path, seed: str) -> None:
    code = "import sys, pathlib; from xingtu.triples.build import build; build(pathlib.Path(sys.argv[1]))"
    environment = os.environ | {"PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment)
    for name in ("dataset.nq", "xingtu.rdf", "xingtu.ttl"):
        assert (tmp_path / name).read_bytes() == (RELEASE / name).read_bytes(), name


def test_release_files_hold_the_same_graph() -> None:
    turtle = set(ox.parse(path=RELEASE / "xingtu.ttl", format=ox.RdfFormat.TURTLE))
    xml = set(ox.parse(path=RELEASE / "xingtu.rdf", format=ox.RdfFormat.RDF_XML))
    graphs = [ox.Dataset(quads) for quads in (turtle, xml)]
    for graph in graphs:
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert graphs[0] == graphs[1]


@pytest.fixture(scope="module")
def built() -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(RELEASE / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    return store


def test_every_claim_stands_in_the_graph_of_its_article_and_reifies(built: ox.Store) -> None:
    claims = 0
    for quad in built.quads_for_pattern(None, ox.NamedNode(XT + "evidence"), None):
        claims += 1
        assert next(
            built.quads_for_pattern(
                quad.subject, ox.NamedNode(RDF + "reifies"), None, quad.graph_name
            )
        )
        (place,) = built.quads_for_pattern(
            quad.object, ox.NamedNode(XT + "inArticle"), None, quad.graph_name
        )
        assert place.object.value.removeprefix(iri.ID) == quad.graph_name.value.removeprefix(
            iri.GRAPH
        )
    assert claims >= 1900


def test_one_claim_iri_serves_individual_reifier_and_axiom_annotation(built: ox.Store) -> None:
    annotated: dict[ox.BlankNode, dict[str, list]] = {}
    for quad in ox.parse(path=RELEASE / "xingtu.rdf", format=ox.RdfFormat.RDF_XML):
        if isinstance(quad.subject, ox.BlankNode):
            annotated.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(
                quad.object
            )
    axioms = [node for node in annotated.values() if XT + "supportedBy" in node]
    assert len(axioms) >= 1500
    targets = set()
    for axiom in axioms:
        (s,), (p,), (o,) = (
            axiom[OWL + f"annotated{part}"] for part in ("Source", "Property", "Target")
        )
        targets.add((s, p, o))
        for claim in axiom[XT + "supportedBy"]:
            assert any(
                built.quads_for_pattern(
                    claim, ox.NamedNode(RDF + "reifies"), ox.Triple(s, p, o), None
                )
            )
    assert len(targets) == len(axioms)  # one axiom node a triple: tools merge or drop a second


def test_no_literal_has_line_breaks_or_unnormalised_tags(built: ox.Store) -> None:
    for quad in built:
        if isinstance(quad.object, ox.Literal) and quad.predicate.value != SH + "select":
            assert not set(quad.object.value) & set("\n\r\t"), quad
            assert quad.object.language in (None, "en", "zh"), quad


def test_no_blank_individuals(built: ox.Store) -> None:
    ontology = iri.graph("ontology")
    for quad in built:
        if quad.graph_name != ontology:
            assert not isinstance(quad.subject, ox.BlankNode)
            assert not isinstance(quad.object, ox.BlankNode)


def test_build_writes_where_it_is_told(tmp_path: Path) -> None:
    assert [path.name for path in build(tmp_path / "new")] == [
        "dataset.nq",
        "xingtu.rdf",
        "xingtu.ttl",
    ]
