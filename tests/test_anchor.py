"""Drafts: quotes become offsets and hashes, or one clear line each."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from xingtu.server.cli import main
from xingtu.triples.anchor import anchor, find_passage, read_snapshot
from xingtu.triples.problem import InvalidAuthoredFiles

TEXT = "The probe “came back” on Tuesday.\nNobody saw it, and 月球 was far away. The probe is well."


def test_quotes_become_offsets_and_hashes() -> None:
    draft = '- quote: "Nobody saw it ... far away"\n  claims: {a: {b: c}}\n'
    start, end = TEXT.index("Nobody"), TEXT.index(". The probe is")
    digest = hashlib.sha256(TEXT[start:end].encode()).hexdigest()
    assert (
        anchor(draft, TEXT)
        == f"- at: {start}-{end}\n  sha256: {digest}\n  claims: {{a: {{b: c}}}}\n"
    )


def test_escapes_of_yaml_are_understood() -> None:
    assert find_passage("back” on Tuesday.\nNobody saw", TEXT)
    assert "at: " in anchor('- quote: "back” on Tuesday.\\nNobody saw"', TEXT)


@pytest.mark.parametrize(
    ("quote", "message"),
    [
        ("The probe", "occurs 2 times"),
        ("a sentence that is not there", "occurs 0 times"),
        ("Nobody saw it", "is shorter than 25 characters"),
        ("Nobody saw it ... was near", "does not follow"),
        ("Nobody saw ... zzz ... far away", "in more than one place"),
        ('"unclosed', "is not YAML"),
        ("{a: b}", "is not one text"),
    ],
)
def test_a_faulty_quote_gets_one_line(quote: str, message: str) -> None:
    with pytest.raises(InvalidAuthoredFiles) as caught:
        anchor(f"passages:\n- quote: {quote}\n", TEXT, "draft.yaml")
    (problem,) = caught.value.problems
    assert str(problem).startswith("draft.yaml:2: quote: ")
    assert message in str(problem)


@pytest.mark.parametrize("data", [b"a\r\nb", b"\xef\xbb\xbfa", "e\u0301".encode(), b"\xff"])
def test_a_snapshot_of_another_form_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.txt"):
        read_snapshot(path)


def test_the_command_anchors_in_place(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    draft = tmp_path / "draft.yaml"
    draft.write_text("file: a.txt\npassages:\n- quote: Nobody saw it, and 月球 was far\n", "utf-8")
    result = CliRunner().invoke(main, ["anchor", str(draft), "--articles", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "quote" not in draft.read_text("utf-8")
    draft.write_text("file: b.txt\n", "utf-8")
    result = CliRunner().invoke(main, ["anchor", str(draft), "--articles", str(tmp_path)])
    assert result.exit_code == 1
    assert "draft.yaml:1: " in result.output
