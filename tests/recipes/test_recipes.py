"""The recipes for production fit the program, and work where their programs are at hand."""

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from xingtu.server.operation.options import read_settings
from xingtu.server.operation.settings import Settings, describe_settings

RECIPES = Path(__file__).parent.parent.parent / "server" / "operation" / "recipes"
NGINX = (RECIPES / "nginx.conf").read_text("utf-8")
UNIT = (RECIPES / "xingtu.service").read_text("utf-8")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in describe_settings():
        monkeypatch.delenv(f"XINGTU_{name.upper()}", raising=False)
    return read_settings(["--config", str(RECIPES / "xingtu.toml")])


def test_the_settings_load(settings: Settings) -> None:
    assert settings.public_url == "https://data.example.org"
    assert [str(proxy) for proxy in settings.trusted_proxies] == ["127.0.0.1/32"]


@pytest.mark.parametrize("path", sorted(RECIPES.iterdir()), ids=lambda path: path.name)
def test_every_setting_that_a_recipe_names_exists(path: Path) -> None:
    named = set(re.findall(r"XINGTU_([A-Z_]+)", path.read_text("utf-8")))
    assert named <= {name.upper() for name in describe_settings()} | {"TOKEN", "CONFIG"}


def test_the_limits_of_the_proxy_fit_those_of_the_server(settings: Settings) -> None:
    def number(pattern: str) -> int:
        return int(re.findall(pattern, NGINX)[0])

    assert f"server 127.0.0.1:{settings.port};" in NGINX
    assert number(r"client_max_body_size (\d+)m") == settings.max_upload
    assert number(r"proxy_read_timeout (\d+)s") > settings.max_timeout
    assert number(r"keepalive_timeout (\d+)s") < settings.idle_timeout
    assert number(r"proxy_max_temp_file_size (\d+)m") > settings.max_answer


def test_the_unit_waits_for_the_queries_under_way(settings: Settings) -> None:
    assert int(re.findall(r"TimeoutStopSec=(\d+)", UNIT)[0]) > settings.max_timeout + 1
    memory = (settings.workers + settings.long_queries) * settings.memory
    assert int(re.findall(r"MemoryMax=(\d+)G", UNIT)[0]) * 1024 > memory


@pytest.mark.recipes
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "xingtu.service"
    unit.write_text(UNIT.replace("/opt/xingtu/bin/xingtu", sys.executable), "utf-8")
    command = ["systemd-analyze", "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[int]:
    port = free_port()
    program = Path(sys.executable).parent / "xingtu"
    command = [str(program), "serve", "--port", str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            assert server.stdout.readline().startswith("Xingtu is at ")
            yield port
        finally:
            server.terminate()
            server.wait(30)


@contextlib.contextmanager
def proxying(folder: Path, upstream: int) -> Iterator[int]:
    """Run nginx with the recipe, its ports, certificate and upstream replaced; give its TLS port."""
    plain, secure = free_port(), free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = "/CN=data.example.org"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", subject,
         "-addext", "subjectAltName=DNS:data.example.org"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    recipe = (
        NGINX.replace("listen 80", f"listen 127.0.0.1:{plain}")
        .replace("listen 443", f"listen 127.0.0.1:{secure}")
        .replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    )
    recipe = re.sub(r"/etc/letsencrypt/\S+fullchain.pem", str(certificate), recipe)
    recipe = re.sub(r"/etc/letsencrypt/\S+privkey.pem", str(key), recipe)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
        f" http {{ access_log off; {temporary} {recipe} }}"
    )
    command = ["nginx", "-p", str(folder), "-c", str(configuration)]
    tried = subprocess.run(
        [*command, "-t"], capture_output=True, text=True, timeout=60, check=False
    )
    assert tried.returncode == 0, tried.stderr
    with subprocess.Popen(command) as nginx:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", secure)):
                    break
                time.sleep(0.02)
            yield secure
        finally:
            nginx.terminate()
            nginx.wait(30)


class Https(http.client.HTTPSConnection):
    """A connection to a port of this machine, under another name."""

    def __init__(self, port: int, certificate: Path, name: str = "data.example.org") -> None:
        self.trusted = ssl.create_default_context(cafile=str(certificate))
        super().__init__(name, port, timeout=30, context=self.trusted)

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), 30)
        self.sock = self.trusted.wrap_socket(plain, server_hostname=self.host)

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.request(method, path, body, named)
        response = self.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, response.read()


@pytest.mark.recipes
@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
def test_nginx_stands_before_the_server(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    arguments = ["--public-url", "https://data.example.org", "--trusted-proxies", "127.0.0.1", "--access-log", str(log)]  # fmt: skip
    with (
        serving(*arguments) as upstream,
        proxying(tmp_path, upstream) as port,
        contextlib.closing(Https(port, tmp_path / "certificate.pem")) as client,
    ):
        status, headers, body = client.ask("GET", "/ready")
        assert status == 200, body
        assert headers["strict-transport-security"]
        query = "SELECT * { ?s ?p ?o } LIMIT 5000"
        content = "application/sparql-query"
        for method in ("POST", "QUERY"):
            status, headers, body = client.ask(method, "/sparql", query, Content_Type=content, X_Forwarded_For="192.0.2.99")  # fmt: skip
            assert status == 200, body
            assert headers["content-type"].startswith("application/sparql-results+json")
            assert len(json.loads(body)["results"]["bindings"]) == 5000
        assert client.ask("GET", "/gsp?graph=http%3A%2F%2Fa%2F%2Fb")[0] == 404
        long = "ASK%20%7B%7D%23" + "a" * 30_000
        assert client.ask("GET", f"/sparql?query={long}")[0] == 200
        assert client.ask("GET", "/metrics")[0] == 200
        with pytest.raises(http.client.RemoteDisconnected):
            client.ask("GET", "/ready", Host="evil.example")
        with pytest.raises(ssl.SSLError):
            Https(port, tmp_path / "certificate.pem", "evil.example").ask("GET", "/ready")
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert {entry["client"] for entry in entries} == {"127.0.0.1"}  # not 192.0.2.99
    assert all(re.fullmatch("[0-9a-f]{32}", entry["id"]) for entry in entries)
