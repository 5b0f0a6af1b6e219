"""The map as a place to work: what is drawn around becomes a group, by hand and by keyboard."""

import csv
import re

from playwright.sync_api import Page, expect

from tests.explorer.page.journeys.acts import open_tab, shown

INK = """(chart) => { const canvas = chart.querySelector("canvas");
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .reduce((sum, each) => sum + each, 0); }"""


def drawn_around(page: Page, chart) -> None:
    """A lasso by the pointer around the middle of a map."""
    box = chart.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 50, y - 50)
    page.mouse.down()
    for right, down in ((50, -50), (50, 50), (-50, 50), (-50, -45)):
        page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


def test_a_map_is_worked_on(page, tmp_path):
    open_tab(page, "Latent map")
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    lasso = page.get_by_role("button", name="Lasso: draw around points").first
    lasso.click()
    drawn_around(page, chart)
    group = page.get_by_role("button", name=re.compile(r"^Group 1: \d+$"))
    expect(group).to_have_attribute("aria-pressed", "true")
    size = int(group.inner_text().split(": ")[1])
    assert size > 20
    for title in ("F-AAE", "AAE"):
        expect(shown(page, f"Group 1: mean of {size}, {title}")).to_be_visible()

    field = page.get_by_label("Name of the group")
    field.fill("In the middle")
    field.press("Enter")
    named = page.get_by_role("button", name=f"In the middle: {size}")
    expect(named).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    assert download.value.suggested_filename == "In the middle.csv"
    download.value.save_as(tmp_path / "group.csv")
    header, *rows = csv.reader((tmp_path / "group.csv").read_text().splitlines())
    assert len(rows) == size and "celeba32/aae 255" in header and "Smiling" in header

    page.get_by_text("Filter, layout, pictures").click()
    page.get_by_label("Has", exact=True).click()
    page.get_by_role("option", name="Eyeglasses", exact=True).click()
    fitting = page.get_by_text(re.compile(r"\d+ of \d+ are shown"))
    expect(fitting).to_be_visible()
    chart.focus()
    chart.press("l")  # a circle in the middle, larger, and what it holds of those that fit
    for _ in range(4):
        chart.press("+")
    expect(page.get_by_text("pictures are in the circle")).to_be_visible()
    chart.press("Enter")
    second = page.get_by_role("button", name=re.compile(r"^Group 2: \d+$"))
    expect(second).to_be_visible()
    assert int(second.inner_text().split(": ")[1]) < size

    points = chart.evaluate(INK)
    page.get_by_label("Pictures in place of points").check()
    page.wait_for_function(
        f"([chart, before]) => ({INK})(chart) > 1.1 * before", arg=[chart.element_handle(), points]
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Download SVG").first.click()
    assert download.value.path().read_text().startswith("<svg ")
    page.get_by_label("PCA").check()
    expect(page.get_by_text("A map by PCA")).to_be_visible()
    page.get_by_role("button", name="Move the points to where AAE has them").click()
    expect(page.get_by_text("F-AAE: its points are where AAE has them")).to_be_visible()
    lasso.click()
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 16, box["y"] + 16)  # a corner, which no picture lies in
    page.mouse.down()
    for right, down in ((22, 16), (22, 22), (16, 22)):
        page.mouse.move(box["x"] + right, box["y"] + down, steps=2)
    page.mouse.up()
    expect(page.get_by_text("The lasso holds no point: draw it around some.")).to_be_visible()
    expect(second).to_be_visible()
