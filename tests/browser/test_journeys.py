"""From a name to a passage, and through the curated views: what a newcomer does."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_from_a_name_to_the_passage_behind_a_fact(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.locator("main input[type=search]").fill("天问三")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tianwen-3")
    disclosure = page.locator("details", has_text="source").first
    disclosure.locator("summary").click()
    disclosure.get_by_role("link", name="characters").first.click()
    assert "/page/evidence-" in page.url
    expect(page.get_by_role("main")).to_contain_text("characters")


def test_search_without_scripts(visit: Callable[..., Page]) -> None:
    page = visit("/", java_script_enabled=False)
    box = page.locator("main input[type=search]")
    box.fill("LM-10A")
    box.press("Enter")
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Long March 10A")


def test_query_behind_a_page_opens_and_runs(visit: Callable[..., Page]) -> None:
    page = visit("/views/map")
    page.get_by_text("The queries behind this page").click()
    page.locator(".behind a").first.click()
    expect(page.get_by_role("cell", name="id:venezuela").first).to_be_visible()


def test_timeline_tells_planned_from_achieved_and_certain_from_uncertain(
    visit: Callable[..., Page],
) -> None:
    page = visit("/views/timeline")
    planned = page.get_by_role("row", name="launch of Tianwen-3")
    expect(planned).to_contain_text("planned")
    expect(planned.locator("rect.planned")).to_have_count(1)
    expect(planned.locator("rect.formerly")).to_have_count(1)
    achieved = page.get_by_role("row", name="launch of Tianwen-2")
    expect(achieved.locator("circle.actual")).to_have_count(1)
    about = page.get_by_role("row", name="return of Tianwen-3 samples")
    expect(about.locator("rect[mask]")).to_have_count(1)


def test_events_are_found_as_one_types(visit: Callable[..., Page]) -> None:
    page = visit("/views/timeline")
    page.get_by_role("searchbox", name="Filter the events").fill("neptune")
    expect(page.get_by_role("row", name="launch of Tianwen-2")).to_be_hidden()
    expect(page.get_by_role("link", name="launch of the proposed Neptune orbiter")).to_be_visible()


def test_map_is_honest_about_what_it_lacks(visit: Callable[..., Page]) -> None:
    page = visit("/views/map")
    expect(page.locator(".world a.member")).to_have_count(11)
    expect(page.get_by_role("row", name="Venezuela")).to_contain_text("has joined")
    expect(page.get_by_text("Not on the map:")).to_contain_text("Wenchang")


def test_language_is_kept_from_page_to_page(visit: Callable[..., Page]) -> None:
    page = visit("/views")
    page.get_by_role("link", name="中文").click()
    page.get_by_role("link", name="地图上的月球科研站").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("地图上的月球科研站")
    page.get_by_role("row", name="委内瑞拉").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("委内瑞拉")
