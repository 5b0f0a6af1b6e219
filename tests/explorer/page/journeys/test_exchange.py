"""What goes from one part of the page to another, and from one visit to the next."""

import re

from PIL import Image
from playwright.sync_api import expect

from tests.explorer.page.journeys.acts import data_url, drop, open_tab, shown

DROP_TWO = """async (url) => {
  const data = new DataTransfer(), slot = document.querySelector(".slot");
  const blob = await (await fetch(url)).blob(), type = "image/jpeg";
  for (const name of ["one.jpg", "two.jpg"]) data.items.add(new File([blob], name, {type}));
  slot.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def test_a_reload_keeps_uploads_shelf_tab_and_theme_and_back_stays_in_the_app(page, photo):
    drop(page, page.locator(".slot").first, photo)
    kept = page.get_by_role("button", name="Use astronaut.jpg in the open tab")
    kept.wait_for()
    open_tab(page, "Attributes")
    shown(page, "Changed, F-AAE").wait_for()
    page.get_by_role("button", name="Light / dark").click()
    page.reload()
    kept.wait_for()
    shown(page, "Changed, F-AAE").wait_for()
    assert page.locator("body").evaluate("(body) => body.classList.contains('dark')")
    open_tab(page, "Reconstruct")
    expect(page.locator(".slot .said").filter(visible=True)).to_have_text("astronaut.jpg")
    page.go_back()
    shown(page, "Changed, F-AAE").wait_for()


def test_a_file_dropped_anywhere_lands_in_the_open_tab_or_on_the_shelf(page, photo):
    drop(page, page.locator("#header"), photo)
    expect(page.locator(".slot .said").filter(visible=True)).to_have_text("astronaut.jpg")
    page.get_by_role("button", name="Clear the shelf").click()
    kept = page.get_by_role("button", name="Use astronaut.jpg in the open tab")
    expect(kept).to_have_count(0)
    drop(page, page.locator("#at-hand .latent-shelf").first, photo)
    expect(kept).to_be_visible()


def test_where_a_picture_lands_is_shown_and_each_slot_takes_a_file(page, photo):
    open_tab(page, "Morph")
    corners = page.locator(".corners .slot")
    for corner in ("Top right", "Bottom left"):
        page.get_by_role("button", name=f"{corner}: empty this slot").click()
    expect(page.locator(".corners .slot.filled")).to_have_count(2)
    page.get_by_role("button", name="Use Drawn face 5 in the open tab").hover()
    expect(corners.nth(1)).to_have_class(re.compile("landing"))
    page.get_by_role("button", name="Use Drawn face 5 in the open tab").click()
    expect(corners.nth(1)).to_contain_text("Drawn face 5")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Bottom left: choose a file").last.click()
    chooser.value.set_files(photo)
    expect(corners.nth(2)).to_contain_text("astronaut.jpg")


def test_a_second_file_for_one_slot_is_said(page, photo):
    page.evaluate(DROP_TWO, data_url(photo))
    expect(page.get_by_text("A slot holds one picture: one.jpg is taken")).to_be_visible()
    expect(page.locator(".slot .said").filter(visible=True)).to_have_text("one.jpg")


def test_a_picture_that_is_pasted_without_a_name_gets_one(page, photo):
    page.evaluate(PASTE, data_url(photo))
    expect(page.locator(".slot .said").filter(visible=True)).to_have_text("pasted.jpeg")


def test_a_link_is_offered_where_the_clipboard_is_not_allowed(page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error()); }")
    page.get_by_role("button", name="Copy link").click()
    link = page.get_by_role("textbox", name="Text", exact=True)
    expect(link).to_have_value(re.compile("tab=reconstruct"))
    expect(link).to_be_focused()
    expect(page.get_by_text("The link is copied.")).to_have_count(0)


PASTE = """async (url) => {
  const clipboardData = new DataTransfer(), blob = await (await fetch(url)).blob();
  clipboardData.items.add(new File([blob], "", {type: "image/jpeg"}));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
}"""
# the share of the map that a chart shows, and whether the chosen point is in it
SHARE = "(chart) => 1 / chart.plot.view().k"
INSIDE = "({plot}, index) => plot.shows(plot.points().x[index], plot.points().y[index])"
# where the first of the visitor's own pictures lies, in px of the page
STAR = """(chart) => {
  const {x, y} = chart.getBoundingClientRect(), {stars, at} = chart.plot;
  const [right, down] = at(stars().x[0], stars().y[0]);
  return [x + right, y + down];
}"""
PAINT = "(chart) => chart.querySelector('canvas').toDataURL()"


def test_points_are_recoloured_a_zoom_is_of_all_maps_and_the_chosen_point_is_in_sight(page):
    open_tab(page, "Latent map")
    charts = page.locator(".map .chart")
    expect(page.locator(".map .chart canvas")).to_have_count(2)
    before = charts.first.evaluate(PAINT)
    page.get_by_label("Colour by").click()
    page.get_by_role("option", name="Smiling", exact=True).click()
    expect(page.get_by_text("Coloured: Smiling")).to_be_visible()
    assert charts.first.evaluate(PAINT) != before
    second, wide = charts.nth(1).element_handle(), charts.nth(1).evaluate(SHARE)
    box = charts.first.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.wheel(0, -500)
    page.wait_for_function(f"([chart, wide]) => ({SHARE})(chart) < 0.6 * wide", arg=[second, wide])
    charts.nth(1).focus()
    page.keyboard.press("ArrowRight")  # to a picture, wherever it lies
    chosen = page.get_by_role("img", name=re.compile(r"Face \d+, F-AAE$"))
    index = int(re.search(r"\d+", chosen.get_attribute("alt"))[0])
    for chart in charts.all():
        near = f"([chart, index]) => ({INSIDE})(chart, index)"
        page.wait_for_function(near, arg=[chart.element_handle(), index])


def test_own_pictures_on_the_map_are_removed_one_by_one_and_all_together(page, photo):
    open_tab(page, "Latent map")
    expect(page.locator(".map .chart canvas")).to_have_count(2)
    others = [photo.with_name(name) for name in ("first.jpg", "second.jpg")]
    for other in others:
        Image.open(photo).rotate(len(other.name)).save(other)
    page.locator("input[type=file][multiple]").first.set_input_files([photo, *others])
    expect(page.get_by_text("On the map, as stars: 3 of 3 pictures.")).to_be_visible()
    drawn = "(count) => document.querySelector('.map .chart')?.plot?.stars().x.length === count"
    page.wait_for_function(drawn, arg=3)
    chart = page.locator(".map .chart").first
    chart.scroll_into_view_if_needed()
    x, y = chart.evaluate(STAR)
    page.mouse.move(x, y)
    label = re.compile(r"\w+\.jpg")
    expect(page.locator(".hover")).to_contain_text(label)
    page.mouse.click(x, y)
    expect(page.get_by_role("img", name=re.compile(r"\w+\.jpg, F-AAE$"))).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Remove \w+\.jpg from the map$")).click()
    expect(page.get_by_text("1 picture of yours is removed.")).to_be_visible()
    page.wait_for_function(drawn, arg=2)
    chart.focus()
    names = []
    for _ in range(3):  # to the one, the other, and the one again
        page.keyboard.press("p")
        names.append(
            page.get_by_role("button", name=re.compile("^Remove .* from the map$")).text_content()
        )
    assert names[0] == names[2] != names[1]
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name=names[0])).to_be_hidden()
    page.wait_for_function(drawn, arg=1)
    page.get_by_role("button", name="Remove my pictures").click()
    page.wait_for_function(drawn, arg=0)
