"""One list of settings: by flag, environment and file, and in the documents."""

import re
from ipaddress import ip_network
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from xingtu.server.operation.options import read_settings, settings_options
from xingtu.server.operation.settings import InvalidSetting, Settings, describe_settings

OPERATION = Path(__file__).parent.parent / "server" / "operation"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings of whoever runs the tests out, and the files of the tests in."""
    for name in describe_settings():
        monkeypatch.delenv(f"XINGTU_{name.upper()}", raising=False)
    monkeypatch.delenv("XINGTU_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def write(text: str) -> list[str]:
    Path("xingtu.toml").write_text(text, "utf-8")
    return ["--config", "xingtu.toml"]


def run(*arguments: str) -> Result:
    """Run as on a command line, where a failure is a message."""
    command = click.command("serve")(settings_options(lambda settings: click.echo(settings.port)))
    return CliRunner().invoke(command, arguments)


def test_without_anything_each_setting_has_its_default() -> None:
    assert read_settings() == Settings()


def test_a_flag_beats_the_environment_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("port = 1")
    assert read_settings(file).port == 1
    monkeypatch.setenv("XINGTU_PORT", "2")
    assert read_settings(file).port == 2
    assert read_settings([*file, "--port", "3"]).port == 3


def test_the_environment_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("port = 1")
    monkeypatch.setenv("XINGTU_CONFIG", "xingtu.toml")
    assert read_settings().port == 1


@pytest.mark.parametrize("name", describe_settings())
def test_each_setting_can_be_set_in_each_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        "dataset": ["a.nq", "b.ttl"],
        "public_url": ["https://example.org/x/"],
        "default_graph": ["store"],
        "services": ["https://example.org/a", "https://example.org/b"],
        "loads": ["https://example.org/a"],
        "token_file": ["a.nq"],
        "articles": ["texts"],
        "trusted_proxies": ["10.0.0.0/8", "::1"],
        "metrics": ["token"],
        "timeout": ["7.5"],
        "max_timeout": ["70"],
        "store_kind": ["fuseki"],
        "mcp": ["off"],
        "mcp_origins": ["https://example.org", "http://localhost:6274"],
    }.get(name, ["77"])
    for file in ("a.nq", "b.ttl"):
        Path(file).touch()
    Path("texts").mkdir()
    key = name.replace("_", "-")
    flags = texts if name == "dataset" else [part for text in texts for part in (f"--{key}", text)]
    by_flag = getattr(read_settings(flags), name)
    in_file = texts if len(texts) > 1 else texts[0]
    assert getattr(read_settings(write(f"{key} = {in_file!r}".replace("'", '"'))), name) == by_flag
    joint = ":" if name == "dataset" else " "
    monkeypatch.setenv(f"XINGTU_{name.upper()}", joint.join(texts))
    assert getattr(read_settings(), name) == by_flag
    assert by_flag != getattr(Settings(), name)


def test_values_have_their_types() -> None:
    settings = read_settings(
        ["--timeout", "5", "--trusted-proxies", "10.0.0.7", "--services", "none", "--max-rows", "9"]
    )
    assert (settings.timeout, settings.max_rows) == (5.0, 9)
    assert settings.trusted_proxies == (ip_network("10.0.0.7"),)
    assert settings.services == ()


REFUSED = [
    ("port", "http"),
    ("port", "65536"),
    ("timeout", "0"),
    ("timeout", "nan"),
    ("header-timeout", "inf"),
    ("rate", "nan"),
    ("max-rows", "1e6"),
    ("store-kind", "all"),
    ("public-url", "example.org"),
    ("public-url", "javascript:alert(1)"),
    ("public-url", "https://user@example.org"),
    ("public-url", "https://example.org/?a"),
    ("public-url", "https://example.org/\n"),
    ("services", "file:///etc/passwd"),
    ("services", "*"),
    ("services", "http://[::1"),
    ("trusted-proxies", "nginx"),
    ("trusted-proxies", "10.0.0.1/8"),
    ("store", "ftp://example.org/"),
    ("token-file", "absent"),
    ("metrics", "maybe"),
]


@pytest.mark.parametrize(("key", "value"), REFUSED)
def test_a_wrong_value_is_refused_and_traced(
    key: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_flag = run(f"--{key}", value)
    assert by_flag.exit_code == 2
    assert f"'--{key}'" in by_flag.output
    in_file = run(*write(f"{key} = {value!r}".replace("'", '"')))
    assert (in_file.exit_code, in_file.output[:6]) == (2, "Error:")
    assert f"xingtu.toml: {key}: " in in_file.output
    variable = f"XINGTU_{key.upper().replace('-', '_')}"
    monkeypatch.setenv(variable, value)
    from_environment = run()
    assert from_environment.exit_code == 2
    assert f"{variable} in the environment" in from_environment.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 1", "xingtu.toml: there is no setting `prot`; did you mean `port`?"),
        ("max_rows = 1", "there is no setting `max_rows`; did you mean `max-rows`?"),
        ("token = 'a'", "there is no setting `token`"),
        ("[server]\nport = 1", "there is no setting `server`"),
        ("port = [1]", "port: it must be one value"),
        ("port = true", "port: "),
        ("max-rows = 2.5", "max-rows: "),
        ("timeout = 2026-01-01", "timeout: it must be one value"),
        ("services = {a = 1}", "services: it must be a list of strings"),
        ("port = ", "cannot read xingtu.toml"),
        ("timeout = 50\nmax-timeout = 40", "--timeout 50.0 is over --max-timeout 40.0"),
        ("services = ['none', 'https://example.org/']", "--services names `none` beside"),
    ],
)
def test_a_wrong_file_is_refused(text: str, told: str) -> None:
    result = run(*write(text))
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output


def test_an_unreadable_file_is_refused() -> None:
    Path("latin.toml").write_bytes("host = '\xe9'".encode("latin-1"))
    for name in ("absent.toml", "latin.toml", "."):
        assert f"cannot read {name}" in run("--config", name).output


def test_files_to_serve_and_a_store_exclude_each_other() -> None:
    Path("a.nq").touch()
    with pytest.raises(InvalidSetting, match="load it into the --store"):
        read_settings(["a.nq", "--store", "somewhere"])


def test_a_store_is_a_directory_or_a_url() -> None:
    here, there = Settings(store="data/xt"), Settings(store="https://example.org/sparql")
    assert (here.store_directory, here.store_url) == (Path("data/xt"), None)
    assert (there.store_directory, there.store_url) == (None, "https://example.org/sparql")
    assert (Settings().store_directory, Settings().store_url) == (None, None)


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        (Settings(), "http://127.0.0.1:81"),
        (Settings(host="::1"), "http://[::1]:81"),
        (Settings(host="0.0.0.0"), "http://localhost:81"),
        (Settings(public_url="https://a.example/kg"), "https://a.example/kg"),
    ],
)
def test_without_a_public_url_it_is_that_of_the_address(settings: Settings, base: str) -> None:
    assert settings.base(81) == base


def test_the_public_url_has_no_slash_at_its_end() -> None:
    assert (
        read_settings(["--public-url", "https://a.example/kg/"]).base(1) == "https://a.example/kg"
    )


def test_the_longest_timeout_is_at_first_the_usual_one() -> None:
    assert read_settings(["--timeout", "5"]).max_timeout == 5
    assert read_settings(["--timeout", "5", "--max-timeout", "9"]).max_timeout == 9


def test_the_document_lists_the_settings_as_they_are() -> None:
    document = (OPERATION / "SETTINGS.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| `(.+)` \| (.+) \| (.+) \|$", document, re.MULTILINE)
    expected = [
        (
            name.replace("_", "-"),
            described.kind.metavar.replace("|", r"\|"),
            described.shown or f"`{default}`",
            described.help,
        )
        for name, (default, described) in describe_settings().items()
    ]
    assert rows == expected


def test_the_help_lists_the_settings() -> None:
    text = " ".join(run("--help").output.split())
    for name, (_, described) in describe_settings().items():
        if name != "dataset":
            assert f"--{name.replace('_', '-')} {described.kind.metavar} " in text
