"""The access log tells what became of each request, and nothing that is nobody's business."""

import json
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from xingtu.server.http.message import Request, Response
from xingtu.server.operation.access_log import AccessLog, hash_query

ANSWERED = Response(
    200,
    body=b"{}",
    notes={"bytes": "2", "query_hash": "0123456789abcdef", "form": "SELECT", "format": "text/csv", "cache": "hit"},
)  # fmt: skip


def log(path: Path, request: Request, response: Response = ANSWERED) -> dict[str, Any]:
    """Log one request, and read the one line there is."""
    with closing(AccessLog(str(path))) as access_log:
        access_log.observe(request, response, 0.0123456)
    text = path.read_bytes().decode("ascii")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    entry: dict[str, Any] = json.loads(text)
    return entry


def test_a_line_tells_what_became_of_a_request(tmp_path: Path) -> None:
    entry = log(
        tmp_path / "log",
        Request("GET", "/sparql", b"query=ASK", {"user-agent": "curl/8"}, client="203.0.113.5"),
    )
    assert datetime.fromisoformat(entry.pop("time")).utcoffset() is not None
    assert entry.pop("id")
    assert entry == {
        "client": "203.0.113.5",
        "method": "GET",
        "path": "/sparql",
        "status": 200,
        "bytes": 2,
        "duration_ms": 12.346,
        "outcome": "ok",
        "query_hash": "0123456789abcdef",
        "form": "SELECT",
        "format": "text/csv",
        "cache": "hit",
        "user_agent": "curl/8",
    }


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (Response(204), "ok"),
        (Response(503, notes={"problem": "TimedOut"}), "TimedOut"),
        (Response(404), "error"),
        (Response(499, notes={"outcome": "client left"}), "client left"),
    ],
)
def test_the_outcome_says_why(response: Response, outcome: str, tmp_path: Path) -> None:
    assert log(tmp_path / "log", Request("GET", "/"), response)["outcome"] == outcome


def test_neither_query_nor_token_nor_other_notes_are_written(tmp_path: Path) -> None:
    secret = "sesame-open-sesame"
    headers = {"authorization": f"Bearer {secret}", "cookie": secret, "referer": secret}
    request = Request("POST", "/sparql", secret.encode(), headers, secret.encode())
    log(tmp_path / "log", request, Response(notes={"text": secret}))
    assert secret not in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    "evil", ['\n{"status":500}', "\r\n", "\u2028", '"', "\x1b[2J", "\x85", "\udc80"]
)
def test_nothing_a_client_sends_can_forge_a_line(evil: str, tmp_path: Path) -> None:
    request = Request(evil, "/" + evil, headers={"user-agent": evil, "x-request-id": evil * 8})
    entry = log(tmp_path / "log", request)
    assert (entry["method"], entry["path"], entry["user_agent"]) == (evil, "/" + evil, evil)
    assert evil not in entry["id"]
    assert (tmp_path / "log").read_text().rstrip("\n").isprintable()


def test_what_a_client_sends_is_cut(tmp_path: Path) -> None:
    long = "a" * 60_000
    log(tmp_path / "log", Request(long, "/" + long, headers={"user-agent": long}))
    assert (tmp_path / "log").stat().st_size < 1500


def test_the_id_of_a_proxy_is_kept_and_others_differ(tmp_path: Path) -> None:
    request = Request("GET", "/", headers={"x-request-id": "7f3e-aaaa"})
    assert log(tmp_path / "log", request)["id"] == "7f3e-aaaa"
    with closing(AccessLog(str(tmp_path / "many"))) as access_log:
        for _ in range(3):
            access_log.observe(Request("GET", "/"), Response(), 0.1)
    lines = (tmp_path / "many").read_text().splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == 3


def test_the_answer_to_head_has_no_bytes(tmp_path: Path) -> None:
    assert log(tmp_path / "log", Request("HEAD", "/sparql"))["bytes"] == 0


def test_a_file_moved_away_is_opened_anew(tmp_path: Path) -> None:
    with closing(AccessLog(str(tmp_path / "log"))) as access_log:
        access_log.observe(Request("GET", "/1"), Response(), 0.1)
        (tmp_path / "log").rename(tmp_path / "log.1")
        access_log.observe(Request("GET", "/2"), Response(), 0.1)
    assert "/2" in (tmp_path / "log").read_text()
    assert "/2" not in (tmp_path / "log.1").read_text()


def test_a_log_that_cannot_be_written_fails_no_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with closing(AccessLog(str(folder / "log"))) as access_log:
        shutil.rmtree(folder)
        for _ in range(3):
            access_log.observe(Request("GET", "/"), Response(), 0.1)
        assert caplog.text.count("cannot write the access log") == 1
        folder.mkdir()
        access_log.observe(Request("GET", "/back"), Response(), 0.1)
    assert "/back" in (folder / "log").read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_fails_no_request(caplog: pytest.LogCaptureFixture) -> None:
    with closing(AccessLog("/dev/full")) as access_log:
        access_log.observe(Request("GET", "/"), Response(), 0.1)
    assert "cannot write the access log" in caplog.text


def test_a_log_that_cannot_be_opened_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        AccessLog(str(tmp_path / "absent" / "log"))


def test_the_log_can_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    AccessLog("-").observe(Request("GET", "/here"), Response(), 0.1)
    assert json.loads(capsys.readouterr().out)["path"] == "/here"


def test_a_query_has_one_name() -> None:
    assert hash_query("ASK {}") == hash_query("ASK {}") != hash_query("ASK  {}")
    assert len(hash_query("\udc80 星图")) == 16
