"""Schemathesis sends the running server what its own description allows, and much that it does not.

No answer may be a fault of the server's, none a status or a type that is not described.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.fuzz

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
TOKEN = "token-of-the-fuzzer"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = os.environ.get("XINGTU_FUZZ_EXAMPLES", "150")  # of each operation and phase


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Start a server that reaches no other; gives its URL."""
    limits = ["--services", "none", "--timeout", "2"]
    command = [str(BIN / "xingtu"), "serve", "--port", "0", *limits, *arguments]
    environment = os.environ | {"XINGTU_TOKEN": TOKEN}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout
            first = server.stdout.readline()
            assert first.startswith("Xingtu is at http"), first
            yield first.split()[3].rstrip("/")
        finally:
            server.terminate()
            assert server.wait(60) in (0, -15)


def fuzz(url: str, folder: Path, *options: str) -> None:
    command = [
        str(BIN / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"),
        "run", f"{url}/openapi.json",
        "--checks", CHECKS, "--phases", "coverage,fuzzing",
        "--max-examples", EXAMPLES, "--continue-on-failure", "--request-timeout", "60",
        "--generation-database", "none", "--no-color", *options,
    ]  # fmt: skip
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "fragments", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    selected, tested = re.findall(r"(?:Selected|Tested): +(\d+)", done.stdout)
    assert selected == tested


def test_the_server_of_the_packaged_graph(tmp_path: Path) -> None:
    with serving() as url:
        fuzz(url, tmp_path)


def test_the_server_of_a_store_that_takes_writes(tmp_path: Path) -> None:
    with serving("--store", str(tmp_path / "store")) as url:
        fuzz(url, tmp_path, "--header", f"Authorization: Bearer {TOKEN}")
