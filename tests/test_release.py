"""The release files: whole, where what is served is that release, and else not at all."""

import gzip
from functools import partial
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from xingtu.server.application import Application
from xingtu.server.engine.local import LocalEngine
from xingtu.server.http.answers import take_body
from xingtu.server.http.release import FILES
from xingtu.triples.build import RELEASE
from xingtu.triples.description.record import DCAT, read_record
from xingtu.triples.iri import ROOT


def endpoint_of(store):
    return Application(LocalEngine(store), "https://x.example").endpoints["release"]


@pytest.fixture
def get(send, packaged_store):
    return partial(send, endpoint_of(packaged_store), "GET")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("dataset.nq", "application/n-quads"),
        ("xingtu.ttl", "text/turtle"),
        ("xingtu.rdf", "application/rdf+xml"),
    ],
)
def test_a_file_comes_whole(get, name: str, media_type: str) -> None:
    answer = get(f"/release/{name}")
    headers = dict(answer.headers)
    assert (answer.status, headers["Content-Type"]) == (200, media_type)
    assert take_body(answer.body) == (RELEASE / name).read_bytes()


def test_a_large_file_is_not_held_in_memory(get) -> None:
    """Each of many slow readers would hold a copy; a file is read as it is sent."""
    body = get("/release/dataset.nq").body
    assert isinstance(body, Path) and body.parent != RELEASE
    take_body(body)


def test_it_comes_compressed_to_who_takes_that(get) -> None:
    answer = get("/release/xingtu.ttl", accept_encoding="gzip")
    assert dict(answer.headers)["Content-Encoding"] == "gzip"
    assert gzip.decompress(take_body(answer.body)) == (RELEASE / "xingtu.ttl").read_bytes()


def test_a_known_file_is_not_sent_again(get) -> None:
    tag = dict(get("/release/xingtu.ttl").headers)["ETag"]
    assert get("/release/xingtu.ttl", if_none_match=tag).status == 304


@pytest.mark.parametrize(
    "path",
    ["/release", "/release/", "/release/nope.ttl", "/release/../build.py", "/release//dataset.nq"],
)
def test_nothing_else_is_there(get, path: str) -> None:
    assert get(path).status == 404


@pytest.mark.parametrize("name", FILES)
def test_another_dataset_has_no_release(send, store, name: str) -> None:
    assert send(endpoint_of(store), "GET", f"/release/{name}").status == 404


def test_it_is_only_read(send, packaged_store) -> None:
    endpoint = endpoint_of(packaged_store)
    assert send(endpoint, "PUT", "/release/xingtu.ttl").status == 405
    assert send(endpoint, "OPTIONS", "/release/xingtu.ttl").status == 204


def test_every_download_that_the_dataset_tells_of_is_here() -> None:
    quads = read_record().quads_for_pattern(None, NamedNode(DCAT + "downloadURL"), None)
    assert {q.object.value for q in quads} == {f"{ROOT}release/{name}" for name in FILES}
