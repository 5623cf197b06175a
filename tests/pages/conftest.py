"""Fixtures of the tests of pages: an application over a store, whose queries are counted."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Store

from xingtu.server.engine.local import LocalEngine
from xingtu.server.engine.tasks import Answer, Task
from xingtu.server.pages import BLUEPRINTS

BASE = "https://xingtu.example"


@dataclass
class Site:
    """A client that asks as a browser does, and the tasks that its pages have had done."""

    client: FlaskClient
    tasks: list[Task] = field(default_factory=list)

    def get(self, path: str, accept: str = "text/html", **headers: str) -> Any:
        """Get a path; headers are keywords with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers={"Accept": accept, **named}, buffered=True)

    def page(self, path: str, **headers: str) -> str:
        """Get the text of a page that is there."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, (path, answer.text)
        return str(answer.text)


VOID = {"meta", "link", "input", "br", "hr", "img", "use", "rect", "path", "line"}


class Markup(HTMLParser):
    """Reads a page: whether every element is closed in order, its ids, and what they must not have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.feed(page)
        self.faults += [f"<{name}> is not closed" for name in self.open]

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.ids += [names["id"]] if "id" in names else []
        self.links += [names["href"]] if "href" in names else []
        self.faults += [
            f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on")
        ]
        self.faults += ["<style>"] if tag == "style" else []
        if tag == "script" and "src" not in names:
            self.scripts.append(names.get("type", ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def read_markup(page: str) -> Markup:
    """Check what holds of every page."""
    markup = Markup(page)
    assert not markup.faults
    assert len(markup.ids) == len(set(markup.ids)), [
        i for i in markup.ids if markup.ids.count(i) > 1
    ]
    assert not set(markup.scripts) - {"application/ld+json", "application/json"}
    assert page.count("<h1") == page.count("<main") == 1
    fragments = {link[1:] for link in markup.links if link.startswith("#")}
    assert fragments <= set(markup.ids)
    return markup


@pytest.fixture(scope="session")
def check_markup() -> Callable[[str], Markup]:
    """Check what holds of every page; gives its ids and links."""
    return read_markup


def finish(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run the local engine, which never waits for anything, without a loop of its own."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the local engine waits")


@pytest.fixture(scope="session")
def make_site() -> Callable[..., Site]:
    """Make a site over a store."""
    kept = []  # a local engine's version is its address, which must not be used again

    def make(store: Store, base: str = BASE, articles: Path | None = None) -> Site:
        app = Flask(__name__, static_folder=None)
        engine = LocalEngine(store)
        kept.append(engine)
        site = Site(app.test_client())

        def run(task: Task) -> Answer:
            site.tasks.append(task)
            return finish(engine.run(task))

        app.config.update(RUN=run, BASE=base, ENGINE=engine, ARTICLES=articles)
        for blueprint in BLUEPRINTS:
            app.register_blueprint(blueprint)
        return site

    return make


@pytest.fixture(scope="session")
def site(make_site: Callable[..., Site], packaged_store: Store) -> Site:
    """The pages over the packaged dataset, without the texts of the articles."""
    return make_site(packaged_store)
