"""Putting a dataset into a store elsewhere."""

import pyoxigraph as ox
import pytest

from xingtu.server.errors import InvalidGraphName, LoadIncomplete, ServiceFailed
from xingtu.server.remote import push as module
from xingtu.server.remote.batches import batch
from xingtu.server.remote.push import push
from xingtu.server.remote.store import DEFAULT, RemoteStore

UNION = "http://e/union"
G1, G2 = ox.NamedNode("http://e/1"), ox.NamedNode("http://e/2")
DATASET = """
<http://e/a> <http://e/p> <http://e/alone> <http://e/1> .
<http://e/a> <http://e/p> <http://e/x> <http://e/1> .
<http://e/a> <http://e/p> <http://e/x> <http://e/2> .
<http://e/a> <http://e/p> "2025-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> <http://e/1> .
<http://e/a> <http://e/p> "2026-04/.." <http://e/2> .
<http://e/a> <http://e/q> _:b <http://e/2> .
_:b <http://e/q> "中"@zh-hans <http://e/2> .
<http://e/r> <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> <<( <http://e/a> <http://e/p> <http://e/x> )>> <http://e/1> .
<http://e/n> <http://e/p> "in no graph" .
"""


def quads(text: str = DATASET) -> list[ox.Quad]:
    return [*ox.parse(text, format=ox.RdfFormat.N_QUADS)]


@pytest.fixture(params=[(u, g) for u in (DEFAULT, UNION) for g in (True, False)], ids=str)
def kept(request, honest):
    """An honest store that keeps the union, and how to reach it, in each way."""
    union, by_protocol = request.param
    store = honest()
    return store, store.remote(union=union, graphs=store.graphs_url if by_protocol else "")


def union_of(store, remote: RemoteStore) -> set[str]:
    return store.show(None if remote.union == DEFAULT else remote.union)


def test_a_dataset_arrives_whole_and_its_union_too(kept, monkeypatch) -> None:
    store, remote = kept
    monkeypatch.setattr(module, "_BATCH", 1)
    monkeypatch.setattr(module, "_UPDATE", 1)
    done: list[int] = []
    pushed = push(remote, quads(), advance=done.append)
    unnamed = ox.NamedNode("https://w3id.org/xingtu/graph/default")
    assert pushed.graphs == {G1: 4, G2: 4, unnamed: 1}
    assert (pushed.left_out, pushed.split, sum(done)) == (0, 0, 9)
    sent = {
        ox.Quad(*quad.triple, unnamed if quad.graph_name == ox.DefaultGraph() else quad.graph_name)
        for quad in quads()
    }
    held = [q for q in store.store if q.graph_name not in {ox.DefaultGraph(), ox.NamedNode(UNION)}]
    expected, got = ox.Dataset(sent), ox.Dataset(held)
    for each in (expected, got):
        each.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert expected == got
    assert len(union_of(store, remote)) == len(sent) - 1


def test_a_dataset_replaces_its_own_graphs_only(kept) -> None:
    store, remote = kept
    old = """
    <http://e/old> <http://e/p> <http://e/only> <http://e/1> .
    <http://e/old> <http://e/p> <http://e/also> <http://e/1> .
    <http://e/old> <http://e/p> <http://e/also> <http://e/3> .
    """
    push(remote, quads(old))
    push(remote, quads())
    assert len(store.show("http://e/3")) == 1
    assert not any("only" in triple for triple in union_of(store, remote))
    assert sum("also" in triple for triple in union_of(store, remote)) == 1
    before = len(store.store)
    push(remote, quads())  # again
    assert len(store.store) == before


def test_a_store_of_before_rdf_12_gets_all_but_triple_terms(honest) -> None:
    store = honest(triple_terms=False)
    done: list[int] = []
    pushed = push(store.remote(union=DEFAULT), quads(), advance=done.append)
    assert (pushed.left_out, sum(done)) == (1, 9)
    assert pushed.graphs[G1] == 3 == len(store.show("http://e/1"))


def test_a_busy_store_is_asked_again(honest) -> None:
    store, waits = honest(), []
    store.refusals = [(503, b"", "", {"Retry-After": "9"}), (429,), (503,)]
    pushed = push(store.remote(union=DEFAULT), quads(), pause=waits.append)
    assert sum(pushed.graphs.values()) == 9
    assert waits == [9, 2, 4]


def test_a_store_that_does_not_come_back_is_given_up() -> None:
    waits: list[float] = []
    gone = RemoteStore(query="http://127.0.0.1:1/sparql", union=DEFAULT)
    with pytest.raises(ServiceFailed, match="cannot be reached"):
        push(gone, quads(), pause=waits.append)
    assert waits == [1, 2, 4, 8]


def test_a_store_that_refuses_is_not_asked_again(honest) -> None:
    store = honest()
    store.refusals = [(500, b"no")]
    with pytest.raises(ServiceFailed, match="500"):
        push(store.remote(union=DEFAULT), quads(), pause=lambda seconds: pytest.fail("it waits"))


def test_a_store_that_loses_triples_is_found_out(honest) -> None:
    store = honest()
    store.losing = True
    with pytest.raises(LoadIncomplete, match=r"of 4 triples of <http://e/1>, the store has 0"):
        push(store.remote(graphs=store.graphs_url, union=DEFAULT), quads())


@pytest.mark.parametrize(
    ("native_union", "says"),
    [(False, "does not show its named graphs"), (True, "once for each graph")],
)
def test_a_default_graph_that_is_not_the_union_is_found_out(honest, native_union, says) -> None:
    with pytest.raises(LoadIncomplete, match=says):
        push(honest(native_union=native_union).remote(), quads())


def test_a_blank_node_that_graphs_share_is_counted(honest) -> None:
    shared = "<http://e/a> <http://e/p> _:b <http://e/1> .\n_:b <http://e/p> _:c <http://e/2> ."
    assert push(honest().remote(union=DEFAULT), quads(shared)).split == 1


def test_a_triple_that_is_stated_twice_counts_once(honest) -> None:
    twice = quads() + quads()
    assert push(honest().remote(union=DEFAULT), twice).graphs[G1] == 4


def test_nothing_is_nothing(honest) -> None:
    assert push(honest().remote(), []).graphs == {}


def test_a_graph_without_an_iri_cannot_be_put_anywhere(honest) -> None:
    with pytest.raises(InvalidGraphName, match="no IRI"):
        push(honest().remote(), quads("<http://e/a> <http://e/p> 'x' _:g .".replace("'", '"')))


def test_batches_are_of_one_graph_and_few_wait() -> None:
    many = [
        ox.Quad(ox.NamedNode(f"http://e/{i}"), ox.NamedNode("http://e/p"), ox.Literal(i), graph)
        for i in range(10)
        for graph in (G1, G2)
    ]
    blank = [ox.Quad(ox.BlankNode(), ox.NamedNode("http://e/p"), ox.Literal("x"), G1)] * 5
    for size, waiting, number in ((3, 100, 8), (100, 4, 8), (1, 1, 20), (100, 100, 2)):
        batches = [*batch([*blank, *many], size, waiting)]
        assert sorted(str(t) for _, ts in batches for t in ts) == sorted(
            str(quad.triple) for quad in (*blank, *many)
        )
        assert max(len(triples) for _, triples in batches[:-1]) <= size
        assert len(batches) == number + 1
        assert batches[-1] == (G1, [quad.triple for quad in blank])
