"""Everybody can use the page: no serious violation that axe-core finds, and every journey by
keyboard alone."""

import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.page.tabs import TABS, WITHIN
from tests.explorer.conftest import CHECKPOINTS, PHONE_PX
from tests.explorer.page.journeys import acts

MOST_TABS = 150  # presses of the Tab key until what is looked for has the focus
WIDTHS_PX = (1440, 390)
SYSTEMS = [*CHECKPOINTS.glob("celeba32/*/")]
FADED = """Promise.allSettled(document.getAnimations()
  .filter((each) => each instanceof CSSTransition).map((each) => each.finished))"""
FOCUSED = """() => {
  const node = document.activeElement, called = node.ariaLabel || node.innerText || "";
  return [node === document.body ? "" : called, getComputedStyle(node).outlineStyle !== "none"];
}"""

OFFERED = """(name) => [...document.querySelectorAll("button, a, input, [tabindex]")].some(
  (node) => node.checkVisibility() && RegExp(name).test(node.ariaLabel || node.innerText || ""))"""


def light(width: int):
    opens = pytest.mark.opens("__theme=light", width=width, height=900)
    return pytest.param(width, marks=opens, id=str(width))


@pytest.mark.parametrize("width", [light(each) for each in WIDTHS_PX])
def test_axe_finds_nothing_serious_on_any_tab_in_either_theme(page: Page, width):
    for tab in TABS:
        acts.visit(page, tab)
        acts.content(page, tab).wait_for()
        # what is around the views is the same on all tabs, and takes as long as a view
        part = "body" if tab is TABS[0] else f"#view-{tab.name}"
        assert violations(page, part) == [], tab.name
        page.get_by_role("button", name="Light / dark").click()
        page.evaluate(FADED)
        assert violations(page, part, "color-contrast") == [], f"{tab.name}, dark"
        page.get_by_role("button", name="Light / dark").click()
        page.evaluate(FADED)


@pytest.mark.opens("__theme=dark")
def test_what_the_browser_draws_is_as_dark_as_the_page(page: Page):
    page.locator("input[type=number]").first.wait_for(state="attached")
    scheme = "getComputedStyle(document.querySelector('input[type=number]')).colorScheme"
    assert page.evaluate(scheme) == "dark"
    page.get_by_role("button", name="Light / dark").click()
    assert page.evaluate(scheme) != "dark"


def violations(page: Page, part: str, *rules: str) -> list[tuple[str, str]]:
    """What axe-core finds in a part of the page that is at least moderate, by these rules or all,
    with one place each."""
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    axe = Axe().run(page, context=part, options={"resultTypes": ["violations"], **only})
    found = axe.response["violations"]
    grave = [each for each in found if each["impact"] in ("moderate", "serious", "critical")]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in grave]


def go_to(page: Page, name: str) -> None:
    """Presses Tab until what is named so, once that is there, has the focus, which can be seen."""
    page.wait_for_function(OFFERED, arg=name)
    for _ in range(MOST_TABS):
        called, outlined = page.evaluate(FOCUSED)
        if re.search(name, called):
            assert outlined, name
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"'{name}' is not reached by the keyboard")


def open_tab(page: Page, times: int) -> None:
    """By the link past the header and the arrow keys."""
    page.evaluate("document.activeElement.blur()")
    go_to(page, "Skip to the open tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    for _ in range(times):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"#tab-{[*WITHIN][times].name}-button")).to_be_focused()


def test_a_picture_is_reconstructed_and_kept_by_keyboard(page):
    open_tab(page, 0)
    go_to(page, "^Use Drawn face 2 in the open tab")
    page.keyboard.press("Enter")
    expect(page.locator(".slot .said").first).to_have_text("Drawn face 2")
    open_tab(page, 0)
    go_to(page, "^To shelf")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Remove .* from the shelf"))).to_be_visible()
    go_to(page, "^Remove .* from the shelf")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Remove .* from the shelf"))).to_have_count(
        0
    )


def test_a_morph_and_a_sample_are_looked_at_by_keyboard(page):
    for tab, first, second in ((1, "^Morph 1, 1", "Morph 1, 2"), (2, "^Sample 0·1,", "Sample 0·2")):
        open_tab(page, tab)
        go_to(page, first)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator(".enlarged").filter(visible=True)).to_contain_text(second)


def test_an_attribute_is_changed_and_a_map_walked_by_keyboard(page):
    open_tab(page, 3)
    go_to(page, "^Smiling, standard deviations$")
    page.keyboard.press("PageUp")
    expect(page.locator(".board").filter(visible=True)).to_contain_text("Smiling +")
    open_tab(page, 4)
    expect(page.locator(".map .chart canvas")).to_have_count(2)
    go_to(page, "^Map of codes, F-AAE")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("img", name=re.compile(r"Face \d+, F-AAE$"))).to_be_visible()


def test_the_focus_goes_into_an_info_box_and_back(page):
    go_to(page, r"^What is F-AAE\?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="What is F-AAE?")).to_be_focused()


def test_pixels_are_shown_as_they_are_in_all_pictures_alike(page):
    open_tab(page, 0)
    faces = [page.get_by_role("img", name=f"Encoder, {of}") for of in ("Original", "F-AAE")]
    for face in faces:
        expect(face).to_have_css("image-rendering", "auto")
    button = page.get_by_role("button", name="Pixels")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    for face in faces:
        expect(face).to_have_css("image-rendering", "pixelated")


@pytest.mark.opens("tab=attributes", **PHONE_PX)
def test_what_is_changed_stays_in_sight(page):
    expect(page.get_by_role("img", name="Changed, F-AAE")).to_be_visible()
    page.get_by_text("more attributes").click()
    page.locator(".slider").last.scroll_into_view_if_needed()
    expect(page.get_by_role("img", name="Changed, F-AAE")).to_be_in_viewport(ratio=0.9)


@pytest.mark.opens("tab=sample", **PHONE_PX)
def test_a_clicked_sample_is_in_sight(page):
    page.get_by_role("button", name="Sample 0·2, F-AAE").click()
    expect(page.locator(".enlarged canvas").filter(visible=True).first).to_be_in_viewport(ratio=0.9)


@pytest.mark.opens("", **PHONE_PX)
def test_a_phone_shows_the_picture_at_once_and_all_tabs(page):
    expect(page.locator(".slot .face").first).to_be_in_viewport(ratio=0.9)
    page.get_by_role("button", name="No, thanks").click()
    expect(page.get_by_role("img", name="Encoder, F-AAE")).to_be_in_viewport(ratio=0.9)
    bar = page.locator("#tabs > .tab-wrapper").get_by_role("tab")
    expect(bar).to_have_text([tab.title for tab in WITHIN])
    assert page.locator(".slot").first.bounding_box()["x"] <= 16
    chosen = page.get_by_role("combobox", name="Model set")
    beside = page.get_by_role("checkbox", name="Refined codes")
    middles = [
        box["y"] + box["height"] / 2 for box in (chosen.bounding_box(), beside.bounding_box())
    ]
    assert abs(middles[0] - middles[1]) < 6  # no title above one of them
    undo, link = (page.get_by_role("button", name=name) for name in ("Undo", "Copy link"))
    undo, link = undo.first.bounding_box(), link.bounding_box()
    assert undo["y"] + undo["height"] < link["y"]  # beside the name of the page
    line = page.locator(".models")
    expect(line.get_by_role("checkbox")).to_have_count(len(SYSTEMS))
    assert line.evaluate("(node) => node.scrollWidth > node.clientWidth && node.clientHeight < 60")


@pytest.mark.opens("tab=attributes", **PHONE_PX)
def test_a_phone_shows_every_button_that_sends_a_picture_on(page):
    row = page.locator(".board .send").filter(visible=True).first
    row.wait_for()
    assert row.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    expect(row.get_by_role("button", name="Copy as Python")).to_be_in_viewport(ratio=1)


@pytest.mark.opens("tab=sample&__theme=dark")
def test_no_rail_of_a_slider_is_bright_in_the_dark(page):
    page.get_by_role("button", name="Sample 0·2, F-AAE").wait_for()
    for rail in (page.get_by_role("slider", name="Count"), page.locator(".stroll input")):
        image = Image.open(io.BytesIO(rail.screenshot())).convert("L")
        assert image.getpixel((image.width * 9 // 10, image.height // 2)) < 128


@pytest.mark.opens("tab=reconstruct")
def test_components_begin_where_gradios_own_do(page):
    expect(page.locator(".ladder")).to_be_visible()
    lefts = [
        page.locator(each).filter(visible=True).first.bounding_box()["x"]
        for each in ("#tabs", ".slot", ".tour .bar")
    ]
    assert max(lefts) - min(lefts) < 2, lefts


@pytest.mark.opens("tab=sample")
def test_no_line_of_an_objective_is_cut(page):
    buttons = page.get_by_role("button", name="What is")
    expect(buttons).to_have_count(len(SYSTEMS))
    for button in buttons.all():
        button.click()
        said = page.locator(".about-model pre")
        assert said.evaluate("(node) => node.scrollWidth <= node.clientWidth"), said.inner_text()
        page.keyboard.press("Escape")
