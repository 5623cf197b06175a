"""The memory by which a server knows what a worker is doing."""

import os
from collections.abc import Iterator

import pytest

from xingtu.server.engine.board import Board


@pytest.fixture
def boards() -> Iterator[tuple[Board, Board]]:
    server = Board()
    worker = Board(os.dup(server.descriptor))
    yield server, worker
    worker.close()
    server.close()


def test_the_server_sees_whose_request_is_under_way(boards) -> None:
    server, worker = boards
    assert server.underway() is None
    assert worker.begin(7)
    assert server.underway() == (1, 7)
    worker.end()
    assert server.underway() is None
    assert worker.begin(7)
    assert server.underway() == (2, 7)


def test_only_what_is_recorded_and_not_yet_sent_can_be_answered_by_the_server(boards) -> None:
    server, worker = boards
    for _ in range(2):
        worker.begin(1)
        assert not server.is_unanswered()
        worker.record()
        assert server.is_unanswered()
        worker.send()
        assert not server.is_unanswered()
        worker.end()


def test_nothing_begins_once_the_connections_are_wanted_back(boards) -> None:
    server, worker = boards
    worker.begin(1)
    server.want_back()
    assert server.underway() == (1, 1)  # it may go on
    worker.end()
    assert not worker.begin(2)
    assert server.underway() is None
