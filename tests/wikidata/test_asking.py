"""Politeness: slowly, patiently, and nothing twice; by a clock that the test winds."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from xingtu.triples.linking.answers import Answers
from xingtu.triples.linking.asking import Asker
from xingtu.triples.linking.faults import InvalidLine, NoAnswer
from xingtu.triples.linking.wikidata import Wikidata


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.time

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_wikidata(standin, clock, tmp_path):
    """Open the services as a new run of the command does."""

    def open_wikidata(interval: float = 1.0, max_age: float = 1e6) -> Wikidata:
        answers = Answers(tmp_path / "answers.jsonl", max_age, clock.now)
        asker = Asker(
            answers, contact="a@example.org", interval=interval, clock=clock.now, pause=clock.pause
        )
        return Wikidata(asker, standin.api, standin.sparql)

    return open_wikidata


def test_who_asks_is_said(open_wikidata, standin) -> None:
    open_wikidata().search("Tianwen-1", "en")
    (agent,) = standin.agents
    assert agent.startswith("xingtu/") and "https://" in agent and "a@example.org" in agent


def test_requests_keep_their_distance(open_wikidata, clock) -> None:
    wikidata, begun = open_wikidata(interval=2.0), []
    for name in ("Tianwen-1", "Tianwen-2", "Atlantis", "Senegal"):
        wikidata.search(name, "en")
        begun.append(clock.time)
    assert [b - a for a, b in pairwise(begun)] == [2.0, 2.0, 2.0]


def test_what_was_answered_is_never_asked_again(open_wikidata, standin) -> None:
    first = open_wikidata()
    before = first.search("Tianwen-1", "en"), first.describe(["Q23580572"], ["Q6256"])
    asked = len(standin.log)
    again = open_wikidata()
    assert (again.search("Tianwen-1", "en"), again.describe(["Q23580572"], ["Q6256"])) == before
    assert len(standin.log) == asked == 2


def test_an_item_that_is_not_there_is_told_from_one_without_names(open_wikidata) -> None:
    items = open_wikidata().describe(["Q9000000001", "Q9000009999", "Q9000000003"], [])
    told = [(item.there, item.target, item.label) for item in items.values()]
    assert told == [
        (True, "Q148", "Q9000000001"),
        (False, "", "Q9000009999"),
        (True, "", "Atlantis"),
    ]


def test_an_old_answer_is_asked_again(open_wikidata, standin, clock) -> None:
    open_wikidata().search("Tianwen-1", "en")
    clock.time += 1000
    open_wikidata(max_age=10).search("Tianwen-1", "en")
    assert len(standin.log) == 2


@pytest.mark.parametrize(
    ("fault", "least"),
    [
        ((429, "7"), 7),
        ((503, "120"), 120),
        ((503, ""), 2),
        (("maxlag", "5"), 5),
        (("cut", ""), 2),
        (("page", ""), 2),
    ],
    ids=str,
)
def test_what_may_pass_is_waited_for(open_wikidata, standin, clock, fault, least) -> None:
    standin.faults.append(fault)
    assert open_wikidata().search("Tianwen-1", "en")[0] == "Q23580572"
    assert len(standin.log) == 2
    assert max(clock.pauses) >= least


def test_waiting_grows_and_ends(open_wikidata, standin, clock) -> None:
    standin.faults.extend([(503, "")] * 20)
    with pytest.raises(NoAnswer, match=f"{standin.api} answered with status 503"):
        open_wikidata(interval=0).search("Tianwen-1", "en")
    assert len(standin.log) == 5
    assert clock.pauses == sorted(clock.pauses) and clock.pauses[-1] > clock.pauses[0]


def test_who_wants_us_to_wait_for_hours_is_left_alone(open_wikidata, standin, clock) -> None:
    standin.faults.append((429, "86400"))
    with pytest.raises(NoAnswer, match="429"):
        open_wikidata().search("Tianwen-1", "en")
    assert len(standin.log) == 1 and sum(clock.pauses) < 60


def test_a_refusal_is_not_repeated(open_wikidata, standin) -> None:
    standin.faults.append((403, ""))
    with pytest.raises(NoAnswer, match="403"):
        open_wikidata().search("Tianwen-1", "en")
    assert len(standin.log) == 1


def test_a_service_that_is_not_there_is_told(open_wikidata, standin, clock) -> None:
    wikidata = open_wikidata()
    standin.close()
    with pytest.raises(NoAnswer, match="cannot be reached"):
        wikidata.search("Tianwen-1", "en")
    assert len(clock.pauses) >= 4


def test_an_interrupted_line_is_dropped_and_others_are_kept(
    open_wikidata, standin, tmp_path
) -> None:
    path = tmp_path / "answers.jsonl"
    open_wikidata().search("Tianwen-1", "en")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"url": "http://')
    open_wikidata().search("Tianwen-1", "en")
    assert len(standin.log) == 1
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "reason"),
    [("nonsense", "no JSON"), ("[1]", "no object"), (json.dumps({"url": "x"}), "no object"),
     (json.dumps({"url": "x", "asked": {}, "when": "now", "answer": 1}), "`when`")],
)  # fmt: skip
def test_a_broken_file_of_answers_is_told_with_its_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = tmp_path / "answers.jsonl"
    good = json.dumps({"url": "x", "asked": {}, "when": 1, "answer": 1})
    path.write_text(f"{good}\n{line}\n{good}\n")
    before = path.read_bytes()
    with pytest.raises(InvalidLine, match=f"answers.jsonl:2: .*{reason}"):
        Answers(path, 1e9, lambda: 2.0)
    assert path.read_bytes() == before
