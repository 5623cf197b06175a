"""Writes need the token, and no page of another site makes them."""

import logging
from pathlib import Path

import pytest

from xingtu.server.errors import NotAuthorized, RefusedOperation
from xingtu.server.http.message import Request
from xingtu.server.operation.authority import Authority, read_token
from xingtu.server.operation.settings import InvalidSetting

TOKEN = "correct-horse-battery"
SHOWN = {"authorization": f"Bearer {TOKEN}"}
PUBLIC = "https://kg.example/space"


def authorize(headers: dict[str, str], token: str | None = TOKEN, public: str = PUBLIC) -> None:
    Authority(token, public).authorize(Request("POST", "/sparql", headers=headers))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_the_token_lets_a_write_pass(scheme: str) -> None:
    authorize({"authorization": f"{scheme} {TOKEN}"})


@pytest.mark.parametrize(
    "value",
    [
        "",
        TOKEN,
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        "Bearer \xe9\udc80",
    ],
)
def test_anything_else_does_not(value: str) -> None:
    with pytest.raises(NotAuthorized, match="Bearer TOKEN") as caught:
        authorize({"authorization": value})
    assert TOKEN not in str(caught.value)
    with pytest.raises(NotAuthorized):
        authorize({})


@pytest.mark.parametrize("headers", [{}, SHOWN, {"authorization": "Bearer None"}])
def test_without_a_token_there_are_no_writes(headers: dict[str, str]) -> None:
    with pytest.raises(RefusedOperation, match="writes are off"):
        authorize(headers, token=None)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://kg.example"},
        {"sec-fetch-site": ""},
        {"origin": "https://evil.example"},
        {"origin": "https://kg.example.evil.example"},
        {"origin": "http://kg.example"},
        {"origin": "https://kg.example:8443"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://[::1"},
    ],
)
def test_a_page_of_another_site_may_not_write_even_with_the_token(headers: dict[str, str]) -> None:
    with pytest.raises(RefusedOperation, match="another site"):
        authorize(SHOWN | headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost:8000"},
        {"origin": "https://kg.example"},
        {"origin": "https://KG.example:443"},
    ],
)
def test_our_own_pages_may(headers: dict[str, str]) -> None:
    authorize(SHOWN | headers)


def test_the_token_is_read_from_the_environment_else_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    assert read_token(str(file), {}) == TOKEN
    assert read_token(str(file), {"XINGTU_TOKEN": "another-token-of-16"}) == "another-token-of-16"
    assert read_token(None, {"XINGTU_TOKEN": TOKEN}) == TOKEN
    assert read_token(None, {}) is None


@pytest.mark.parametrize("text", ["", "short", "a" * 15, "with a space in it", "with\nnewlines in it", "ünïcödé-tökén-öf-16"])  # fmt: skip
def test_a_weak_token_is_refused_at_the_start(text: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(text, "utf-8")
    for source, token_file, environment in (
        ("XINGTU_TOKEN", None, {"XINGTU_TOKEN": text}),
        (str(file), str(file), {}),
    ):
        with pytest.raises(InvalidSetting) as caught:
            read_token(token_file, environment)
        assert source in str(caught.value)
        assert not text or text not in str(caught.value)


def test_a_token_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="cannot read the token"):
        read_token(str(tmp_path), {})


@pytest.mark.parametrize(
    ("mode", "warned"), [(0o600, False), (0o440, False), (0o644, True), (0o620, True)]
)
def test_a_token_file_open_to_others_is_warned_of(
    mode: int, warned: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(mode)
    with caplog.at_level(logging.WARNING, "xingtu"):
        read_token(str(file), {})
    assert ("chmod 600" in caplog.text) == warned
    assert TOKEN not in caplog.text
