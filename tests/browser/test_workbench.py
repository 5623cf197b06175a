"""The workbench as its users meet it."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

XT = "https://w3id.org/xingtu/ontology#"
EVIL = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
HOSTILE = f"""#defaultView:Table
SELECT ?name ?nameLabel ?link ?when ?number ?place ("{EVIL.replace('"', chr(92) + '"')}" AS ?edge) WHERE {{
  VALUES (?name ?nameLabel ?link ?when ?number ?place) {{
    (<javascript:alert(1)> {json.dumps(EVIL)} <data:text/html,x> "2028~" 1 "Point(1 1)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>)
    (<https://example.org/{quote(EVIL)}> {json.dumps(EVIL)} <http://www.wikidata.org/entity/Q148> "2027" 2 "Point(2 2)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>)
  }}
}}"""
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?g) }"


def permalink(query: str, view: str = "") -> str:
    return f"/query#query={quote(query, safe='')}" + (f"&view={view}" if view else "")


def test_runs_a_question_of_the_gallery(visit: Callable[..., Page]) -> None:
    page = visit("/query")
    page.get_by_label("Find a question").fill("planned date move")
    page.get_by_role("link", name="How did the planned date of the Tianwen-3 launch move?").click()
    expect(page.get_by_role("status").filter(has_text="2 rows")).to_be_visible()
    expect(page.get_by_role("cell", name="Riko Seibo")).to_be_visible()
    expect(page.get_by_role("cell", name="2025-10-21", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    assert "name=how-a-planned-date-moved" in page.url
    assert "xt:plannedWhen" in page.locator(".CodeMirror").inner_text()


def test_switches_views(visit: Callable[..., Page]) -> None:
    page = visit("/query?name=planned-against-achieved")
    views = page.get_by_role("group", name="Show the answer as")
    for name, shown in (
        ("Timeline", ".dates svg circle"),
        ("Graph", ".graph .node"),
        ("Tree", "ul.branches"),
        ("Table", "table.answer"),
    ):
        views.get_by_role("button", name=name).click()
        expect(page.locator(f"#answer {shown}").first).to_be_visible()
        expect(views.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")


def test_offers_only_views_that_fit(visit: Callable[..., Page]) -> None:
    page = visit(permalink("SELECT ?s WHERE { ?s ?p ?o } LIMIT 3"))
    buttons = page.get_by_role("group", name="Show the answer as").get_by_role("button")
    expect(buttons).to_have_text(["Table"])


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("Timeline", ".dates"),
        ("timeline", ".dates"),
        ("Tree", ".branches"),
        ("ImageGrid", "table.answer"),
    ],
)
def test_heeds_the_default_view_of_a_query(
    visit: Callable[..., Page], view: str, shown: str
) -> None:
    query = f'#defaultView:{view}\nSELECT ?event ?who ?date WHERE {{ VALUES (?event ?who ?date) {{ ("launch" "a" "2028~") ("landing" "b" "2030/..") }} }}'
    page = visit(permalink(query))
    expect(page.locator(f"#answer {shown}").first).to_be_visible()


def test_hides_columns_that_the_default_view_hides(visit: Callable[..., Page]) -> None:
    page = visit(
        permalink('#defaultView:Table{"hide":"?s"}\nSELECT ?s ?p WHERE { ?s ?p ?o } LIMIT 3')
    )
    expect(page.locator("table.answer th")).to_have_text(["p"])


def test_permalink_brings_back_query_and_view(visit: Callable[..., Page], site: str) -> None:
    query = '# 100% & "C++" + #hash\nSELECT ?event ?date WHERE { VALUES (?event ?date) { ("发射" "2028~") } }'
    page = visit(permalink(query, "Timeline"))
    expect(page.locator(".dates svg")).to_be_visible()
    page.get_by_role("button", name="Share").click()
    link = page.locator("#sharing pre").first.inner_text()
    again = visit(link.strip().removeprefix(site))
    expect(again.locator(".dates svg")).to_be_visible()
    assert again.locator("#text").evaluate("(area) => area.value") == query


def test_says_where_a_query_is_wrong(visit: Callable[..., Page]) -> None:
    page = visit(permalink("SELECT * WHERE {\n  ?s ?p ?o .\n  NONSENSE\n}"))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Bad Request")
    expect(alert).to_contain_text("line 3")
    expect(page.locator(".fault")).to_have_text("NONSENSE")


def test_says_what_to_do_about_a_slow_query(visit: Callable[..., Page]) -> None:
    page = visit(permalink(SLOW))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Service Unavailable", timeout=30_000)
    expect(alert).to_contain_text("Try again in")
    expect(alert).to_contain_text("LIMIT")


def test_stops_a_running_query(visit: Callable[..., Page]) -> None:
    page = visit(permalink(SLOW))
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#status")).to_have_text("Stopped.")


def test_completes_by_name_and_by_chinese_label(visit: Callable[..., Page]) -> None:
    page = visit("/query")
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT * WHERE { ?x a xt:发射")
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("xt:Launch")
    page.keyboard.press("Enter")
    text = page.locator("#text").evaluate("(area) => area.value")
    assert "?x a xt:Launch" in text
    assert f"PREFIX xt: <{XT}>" in text


def test_works_by_keyboard_alone(visit: Callable[..., Page]) -> None:
    page = visit("/query")
    page.wait_for_selector(".CodeMirror")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.CodeMirror') !== null"):
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("ASK { ?s ?p ?o }")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="SPARQL query").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".boolean")).to_have_text("Yes")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_gives_code(visit: Callable[..., Page]) -> None:
    page = visit(permalink("""SELECT ("it's \\"so\\" `here` ${x}" AS ?x) {}"""))
    page.get_by_role("button", name="Code").click()
    dialog = page.get_by_role("dialog")
    for name in ("curl", "Python (SPARQLWrapper)", "Python (pandas)", "JavaScript"):
        expect(dialog.get_by_role("heading", name=name)).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(
    "view", ["Table", "Timeline", "Map", "Graph", "Tree", "BarChart", "LineChart"]
)
def test_results_cannot_inject(visit: Callable[..., Page], view: str) -> None:
    page = visit(permalink(HOSTILE, view))
    expect(
        page.get_by_role("group", name="Show the answer as").get_by_role("button", pressed=True)
    ).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.title() != "1"
    assert page.locator("#answer img, #answer script").count() == 0
    targets = page.locator("#answer a").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href'))"
    )
    assert all(target.startswith(("http://", "https://", "/")) for target in targets)


def test_query_in_the_address_cannot_inject(visit: Callable[..., Page]) -> None:
    page = visit(f"/query?find={quote(EVIL)}#query={quote(EVIL)}&view={quote(EVIL)}")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.title() != "1"


def test_filters_and_sorts_the_table(visit: Callable[..., Page]) -> None:
    page = visit(permalink("SELECT ?n WHERE { VALUES ?n { 9 10 2 30 4 5 6 7 8 100 11 12 } }"))
    cells = page.locator("table.answer td")
    page.get_by_role("button", name="n", exact=True).click()
    expect(cells.first).to_have_text("2")
    page.get_by_role("button", name="n", exact=True).click()
    expect(cells.first).to_have_text("100")
    page.get_by_label("Filter the rows").fill("1")
    expect(cells).to_have_text(["100", "12", "11", "10"])


def test_shows_a_constructed_graph(visit: Callable[..., Page]) -> None:
    page = visit(
        permalink(
            'CONSTRUCT { <urn:a> <urn:knows> <urn:b> . <urn:b> <urn:name> "\\u00e9\\n\\"x\\"" } WHERE {}'
        )
    )
    expect(page.locator("table.answer th")).to_have_text(["subject", "predicate", "object"])
    expect(page.get_by_role("cell", name='é "x"')).to_be_visible()


def test_downloads_the_answer(visit: Callable[..., Page]) -> None:
    page = visit(permalink("SELECT (1 AS ?one) {}"))
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV").click()
    assert started.value.path().read_text().split() == ["one", "1"]


def test_form_works_without_scripts(visit: Callable[..., Page]) -> None:
    page = visit("/query?name=members-of-the-ilrs", java_script_enabled=False)
    page.get_by_role("button", name="Run").click()
    assert "Venezuela" in page.locator("table").inner_text()


def test_view_stands_in_a_frame_of_another_page(visit: Callable[..., Page], site: str) -> None:
    page = visit("/health")
    page.set_content(f"<iframe src='{site}/embed#query={quote('SELECT (7 AS ?n) {}')}'></iframe>")
    expect(page.frame_locator("iframe").get_by_role("cell", name="7")).to_be_visible()


def test_only_the_embedded_view_may_be_framed(site: str) -> None:
    from urllib.request import urlopen

    policies = {
        path: urlopen(site + path).headers["Content-Security-Policy"]
        for path in ("/embed", "/query", "/views")
    }
    assert "frame-ancestors *" in policies["/embed"]
    assert all("frame-ancestors 'none'" in policies[path] for path in ("/query", "/views"))
    assert not any("unsafe" in policy for policy in policies.values())
