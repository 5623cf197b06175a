"""What holds of every page: it fits, it is accessible, it asks nothing of anyone else."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "server/pages/assets/node_modules/axe-core/axe.min.js"
COUNTS = "SELECT ?kind (COUNT(?x) AS ?number) WHERE { ?x a ?kind } GROUP BY ?kind ORDER BY DESC(?number) LIMIT 12"
STATES = (
    "SELECT ?state ?item WHERE { ?state a <https://w3id.org/xingtu/ontology#State> ;"
    " <http://www.w3.org/2004/02/skos/core#exactMatch> ?item }"
)
YEARS = "SELECT ?year ?n WHERE { VALUES (?year ?n) { (2024 1) (2025 3) (2026 2) } }"
LINKS = "SELECT ?a ?b WHERE { ?a <https://w3id.org/xingtu/ontology#partOf> ?b }"
PATHS = {
    "home": "/",
    "home in Chinese": "/?lang=zh",
    "search": "/search?q=嫦娥",
    "nothing found": "/search?q=zzzzzz",
    "browse": "/browse",
    "mission": "/page/tianwen-3",
    "organisation": "/page/casc",
    "person": "/page/yang-liwei",
    "article": "/page/china-in-space-two-sessions-2026",
    "place": "/page/mars",
    "policy document": "/page/draft-15th-fyp",
    "observation": "/page/obs-launches-2025",
    "claim": "/page/claim-obs-launches-2025-a8c934c3b9d8",
    "passage": "/page/evidence-china-in-space-two-sessions-2026-11499-11596",
    "claims of a thing": "/page/china/claims?role=object",
    "class of things": "/browse/Mission",
    "missing": "/page/no-such-thing",
    "ontology": "/ontology",
    "class": "/ontology/Mission",
    "property": "/ontology/plannedWhen",
    "graph": "/graph/entities",
    "workbench": "/query",
    "workbench in Chinese": "/query?lang=zh&name=planned-against-achieved",
    "table": "/query?name=planned-for-2028",
    "timeline": "/query?name=planned-against-achieved#view=Timeline",
    "map": f"/query#query={quote(STATES)}&view=Map",
    "graph view": f"/query#query={quote(LINKS)}&view=Graph",
    "tree": f"/query#query={quote(LINKS)}&view=Tree",
    "bars": f"/query#query={quote(COUNTS)}&view=BarChart",
    "lines": f"/query#query={quote(YEARS)}&view=LineChart",
    "answer without scripts": f"/sparql?format=html&query={quote(LINKS)}",
    "fault": "/query#query=SELECT%20%2A%20WHERE%20%7B",
    "embedded map": f"/embed#query={quote(STATES)}&view=Map",
    "views": "/views",
    "view: timeline": "/views/timeline",
    "view: map": "/views/map",
    "view: structure": "/views/structure",
    "view: plans": "/views/plans",
    "view: disputes": "/views/disputes",
    "view in Chinese": "/views/timeline?lang=zh",
}
LOOKS = {
    "wide, light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "narrow, dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker, from the lock file of the pages' assets."""
    assert AXE.is_file(), f"no {AXE}: run `npm ci --ignore-scripts` in server/pages/assets"
    return AXE.read_text("utf-8")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PATHS)
def test_page_fits_and_is_accessible(
    visit: Callable[..., Page], axe: str, name: str, look: str
) -> None:
    page = visit(PATHS[name], **LOOKS[look])
    settle(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} px too wide"
    page.evaluate(axe)
    violations = page.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)"
    )
    serious = [v for v in violations if v["impact"] in {"serious", "critical"}]
    assert not serious, [
        (v["id"], v["help"], [n["html"][:200] for n in v["nodes"][:3]]) for v in serious
    ]


@pytest.mark.parametrize("name", ["home", "mission", "workbench", "view: timeline", "view: map"])
def test_page_is_whole_without_scripts(visit: Callable[..., Page], name: str) -> None:
    page = visit(PATHS[name], java_script_enabled=False)
    assert page.locator("h1").inner_text()
    assert page.locator("main a").count() > 5


def settle(page: Page) -> None:
    """Wait until scripts and requests have come to rest."""
    page.wait_for_load_state("networkidle")
    if "/query" in page.url:
        page.wait_for_selector(".CodeMirror")
        page.wait_for_function("!document.querySelector('#answer[aria-busy]')")
