"""A region that is painted over a picture."""

import re

from playwright.sync_api import Page, expect

from explorer.page.tabs import restore
from tests.explorer.page.journeys.acts import open_tab, shown


def stroke(page: Page, *points: tuple[float, float]) -> None:
    """A stroke over the picture, from point to point in shares of its side."""
    stage = page.locator(".region .stage")
    stage.scroll_into_view_if_needed()
    seen = stage.bounding_box()
    px = [(seen["x"] + x * seen["width"], seen["y"] + y * seen["height"]) for x, y in points]
    page.mouse.move(*px[0])
    page.mouse.down()
    for point in px[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def test_a_visitor_paints_over_a_picture_and_undoes_it(page):
    open_tab(page, "Restore")
    page.get_by_role("heading", name="Inversion alone").wait_for()
    encoder, clear = shown(page, "Encoder, F-AAE"), page.get_by_role("button", name="Clear")
    boxed = encoder.get_attribute("src")
    page.get_by_role("button", name="Brush").click()
    expect(clear).to_be_hidden()
    stroke(page, (0.2, 0.35), (0.8, 0.35))
    expect(encoder).not_to_have_attribute("src", boxed)
    one = encoder.get_attribute("src")
    expect(page.locator(".region .square")).to_be_hidden()
    page.wait_for_timeout(1000)  # so that the next one is a step of its own
    stroke(page, (0.5, 0.4), (0.5, 0.9))
    expect(encoder).not_to_have_attribute("src", one)
    page.get_by_label("Width of the brush").fill("20")
    page.wait_for_timeout(1000)
    stroke(page, *((x, y) for y in (0.05, 0.2, 0.4, 0.6, 0.8, 0.95) for x in (0.05, 0.95)))
    expect(page.get_by_text("The region covers all of the picture")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(encoder).to_have_attribute("src", one)
    page.keyboard.press("Control+z")
    expect(encoder).to_have_attribute("src", boxed)
    expect(page.locator(".region .square")).to_be_visible()
    page.keyboard.press("Control+Shift+Z")
    expect(encoder).to_have_attribute("src", one)
    clear.click()
    expect(encoder).to_have_attribute("src", boxed)


def test_a_visitor_stops_an_inversion_and_goes_on(page, monkeypatch):
    monkeypatch.setattr(restore, "STEPS", 200)  # so that it is stopped before its end
    open_tab(page, "Restore")
    row = page.get_by_role("region", name="Restored", exact=True)
    go_on = row.get_by_role("button", name="Go on")
    row.get_by_role("button", name="Stop").click()
    expect(row).to_contain_text(re.compile(r"stopped after \d+ of 200 steps"))
    expect(row.get_by_role("button", name="Stop")).to_be_hidden()
    stopped = shown(page, "Inversion alone, F-AAE").get_attribute("src")
    go_on.click()
    expect(go_on).to_be_hidden()
    expect(row).not_to_contain_text("stopped")
    expect(row.get_by_role("progressbar")).to_be_hidden()
    expect(shown(page, "Inversion alone, F-AAE")).not_to_have_attribute("src", stopped)
