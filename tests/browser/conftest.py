"""A real browser at the real server: chromium through Playwright, `xingtu serve` as a process.

Every page is watched: what the console complains of, and every request that leaves the server's
own origin, fails the test that opened it.
"""

import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
Browser, Page = sync_api.Browser, sync_api.Page

SECONDS = 20
# The engine's own deadline, so that a test of it does not wait for long.
DEADLINE = 2.0
# What Chromium says of any answer that is no 2xx; tests of errors expect it.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of \d+")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a server of the packaged dataset, without a slash at the end."""
    command = [
        str(Path(sys.executable).parent / "xingtu"),
        "serve",
        "--port",
        "0",
        "--timeout",
        str(DEADLINE),
    ]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            ready, _, _ = select.select([server.stdout], [], [], SECONDS)
            line = server.stdout.readline() if ready else ""
            match = re.search(r"(http://\S+?)/? ", line)
            assert match, f"no address in {line!r}"
            yield match[1]
        finally:
            server.terminate()
            server.wait(SECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A chromium of the system; Playwright's own browsers are not used."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no chromium: apt-get install chromium"
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
    ]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a path in a context of its own; keywords are those of Playwright's contexts."""
    complaints: list[str] = []
    contexts = []

    def watch(page: Page) -> None:
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: complaints.extend(_leak(request.url, site)))

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(
            **({"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | options)
        )
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def _complaint(message: object) -> Iterator[str]:
    kind, text = message.type, message.text  # type: ignore[attr-defined]
    if kind in {"error", "warning"} and not STATUS.match(text):
        yield f"{kind}: {text}"


def _leak(url: str, site: str) -> Iterator[str]:
    if not url.startswith((site + "/", "data:", "blob:", "about:")):
        yield f"request to {url}"


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something that Playwright cannot wait for."""
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)
