"""The map as a place to work: what is drawn around becomes a group, by hand and by keyboard."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from explorer.tools.screenshots import PATIENCE_MS, WINDOW_PX
from tests.explorer.conftest import PHONE_PX
from tests.explorer.page.journeys.acts import open_tab, shown

INK = """(chart) => { const canvas = chart.querySelector("canvas");
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .reduce((sum, each) => sum + each, 0); }"""
# of 1,000 points each: the spread of a map, that of another one turned into it, and how far from
# the map a turned, mirrored and stretched copy of it comes to lie
FITTED = """() => {
  let seed = 1;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const cloud = () => Float32Array.from({length: 1000}, chance), size = {x: cloud(), y: cloud()};
  const spread = ({x, y}) => {
    const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;
    const [ax, ay] = [mean(x), mean(y)];
    return Math.sqrt(mean(Array.from(x, (each, i) => (each - ax) ** 2 + (y[i] - ay) ** 2)));
  };
  const copy = {x: size.y.map((each) => 3 * each + 1), y: size.x.map((each) => 3 * each)};
  const {fitted} = Latent.maps.between, turned = fitted(size, copy);
  const far = size.x.map((each, i) => Math.hypot(each - turned.x[i], size.y[i] - turned.y[i]));
  return [spread(size), spread(fitted(size, {x: cloud(), y: cloud()})), Math.max(...far)];
}"""
# of a map that is saved: its SVG, which words were drawn as pixels, and of its PNG the width, the
# height and the least opacity
SAVED = """async (chart) => {
  const legend = document.querySelector(".map .legend"), {file, saveView} = Latent, drawn = [];
  const got = (kind, save) => new Promise((resolve) => {
    Latent[save] = resolve;
    Latent.maps.save[kind](chart.plot, legend);
  });
  const {strokeText} = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.strokeText = (said) => drawn.push(said);
  const svg = await (await got("svg", "file")).text();
  CanvasRenderingContext2D.prototype.strokeText = strokeText;
  const png = await createImageBitmap(await got("png", "saveView"));
  Object.assign(Latent, {file, saveView});
  const canvas = new OffscreenCanvas(png.width, png.height), context = canvas.getContext("2d");
  context.drawImage(png, 0, 0);
  const {data} = context.getImageData(0, 0, png.width, png.height);
  const opacity = data.filter((_, at) => at % 4 === 3).reduce((a, b) => Math.min(a, b));
  return [svg, drawn, png.width, png.height, opacity];
}"""

# how often a spot is asked for whose first answer is lost, and what is shown then
LOST = """async () => {
  let asked = 0;
  const {point} = Latent.spots, pointer = {clientX: 0, clientY: 0};
  const server = {decode_point: async () => {
    if (!asked++) throw new Error("lost");
    return {label: "A spot", images: []};
  }};
  Latent.spots.point = async () => null;  // the browser has no model yet
  const hover = Latent.maps.hover({props: {value: {}}, server}), panel = {model: "m", plane: {}};
  const go = () => hover.spot(panel, 0, null, {x: 0, y: 0, pointer}).catch(() => {});
  await go();
  await go();
  Latent.spots.point = point;
  return [asked, hover.card.textContent];
}"""


# of a map: its zoom and pan, how many marks it has besides pictures, and whether its points are its
# own
SEEN = """({plot}) => [Object.values(plot.view()).map((each) => each.toFixed(4)).join(),
  plot.look().marks.length, plot.points().x === plot.laid.x]"""


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
    tools = page.locator(".map .zoom").first.bounding_box()
    assert tools["y"] + tools["height"] <= chart.bounding_box()["y"]  # they hide no point
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


def test_a_map_stays_as_it_is_seen_where_other_models_are_compared(page):
    open_tab(page, "Latent map")
    charts = page.locator(".map .chart")
    charts.last.locator("canvas").wait_for()
    charts.first.press("+")
    charts.first.press("ArrowRight")
    page.get_by_role("button", name="Move the points to where AAE has them").click()
    moved = page.get_by_text("F-AAE: its points are where AAE has them")
    expect(moved).to_be_visible()
    seen = charts.first.evaluate(SEEN)
    assert not seen[0].startswith("1.0000") and seen[1:] == [1, False]
    page.get_by_role("checkbox", name="VAE", exact=True).check()
    expect(charts).to_have_count(3)
    charts.last.locator("canvas").wait_for()
    assert charts.first.evaluate(SEEN) == seen
    assert charts.last.evaluate(SEEN) == [seen[0], 0, True]  # which has not mapped that picture
    expect(moved).to_be_visible()
    page.get_by_role("checkbox", name="AAE", exact=True).uncheck()
    expect(charts).to_have_count(2)
    charts.last.locator("canvas").wait_for()
    assert charts.first.evaluate(SEEN) == [*seen[:2], True]  # whose other map is gone
    expect(moved).to_have_count(0)


def test_a_map_that_is_turned_into_another_one_keeps_its_spread(page):
    open_tab(page, "Latent map")
    page.locator(".map .chart canvas").first.wait_for()
    spread, other, far = page.evaluate(FITTED)
    assert abs(spread - other) < 1e-4 and far < 1e-4


@pytest.mark.parametrize("dense", [1, 2])
def test_a_saved_map_has_all_that_is_seen_of_it(browser, url, dense):
    page = browser.new_page(viewport=WINDOW_PX, device_scale_factor=dense)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url)
    open_tab(page, "Latent map")
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    size = chart.evaluate("(chart) => chart.plot.size()")
    svg, *_ = chart.evaluate(SAVED)
    assert "<path" in svg and "<image" not in svg and svg.count("<text") == 1

    page.get_by_text("Filter, layout, pictures").click()
    page.get_by_label("What stands out where").check()
    page.get_by_label("Colour by").click()
    page.get_by_role("option", name="Smiling", exact=True).click()
    legend = page.locator(".map .legend")
    expect(legend).to_have_text("Coloured: Smiling. Grey: not Smiling.")
    chart.focus()
    chart.press("ArrowRight")  # a point is chosen, which has a ring then
    svg, drawn, width, height, opacity = chart.evaluate(SAVED)
    assert svg.count("<image") == 1 and svg.count("<text") > 1 and drawn == []
    assert ">Coloured: Smiling. Grey: not Smiling.</text>" in svg
    assert (width, height > size[1] * dense, opacity) == (size[0] * dense, True, 255)
    chart.press("l")
    outlined, *_ = chart.evaluate(SAVED)
    assert outlined != svg

    page.get_by_label("Pictures in place of points").check()
    many = "(chart) => chart.plot.look().marks.length > 20"  # asking at every frame, it never rests
    page.wait_for_function(many, arg=chart.element_handle(), polling=500)
    svg, drawn, *_ = chart.evaluate(SAVED)
    assert svg.count("<image") == 1 and "<path" not in svg and drawn == []
    page.close()


def test_the_board_follows_undo_of_a_lasso(page):
    open_tab(page, "Latent map")
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    mean = page.get_by_role("region", name=re.compile(r"^Group \d+: mean of \d+$"))
    for number in (1, 2):
        page.wait_for_timeout(1000)  # so that each lasso is a step of its own
        page.get_by_role("button", name="Lasso: draw around points").first.click()
        drawn_around(page, chart)
        expect(mean).to_have_accessible_name(re.compile(f"^Group {number}: "))
    page.wait_for_timeout(500)
    page.keyboard.press("Control+z")
    expect(mean).to_have_accessible_name(re.compile("^Group 1: "))
    expect(page.get_by_role("button", name=re.compile(r"^Group \d+: \d+$"))).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Choose a point to decode it here.")).to_be_visible()
    expect(mean).to_have_count(0)
    page.keyboard.press("Control+Shift+Z")
    expect(mean).to_have_accessible_name(re.compile("^Group 1: "))


def group(page: Page) -> None:
    """Makes a group of the first map, by keyboard."""
    open_tab(page, "Latent map")
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    chart.focus()
    chart.press("l")
    chart.press("Enter")


def test_a_group_of_the_map_teaches_and_one_step_takes_that_back(page):
    group(page)
    expect(shown(page, re.compile("^Group 1: mean of")).first).to_be_visible()
    page.wait_for_timeout(1000)  # so that what follows is a step of its own
    page.get_by_role("button", name="Teach with this group").click()
    given = page.get_by_label("With it: a group of the map")
    expect(given).to_have_value("Group 1")
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Undo").click()
    expect(given).to_have_value("")
    open_tab(page, "Latent map")
    page.get_by_role("button", name="Remove the group").click()
    expect(page.locator(".board").filter(visible=True)).to_contain_text("Choose a point")


def test_a_groups_new_name_counts_for_the_button_beside_it(page):
    group(page)
    name = page.get_by_label("Name of the group")
    name.fill("Mine")
    with page.expect_download() as file:
        page.get_by_role("button", name="Save as CSV").click()
    assert file.value.suggested_filename == "Mine.csv"
    chip = page.get_by_role("button", name=re.compile(r"^Mine: \d+$"))
    for chosen in ("false", "true"):
        chip.press("Enter")
        expect(chip).to_have_attribute("aria-pressed", chosen)
        expect(chip).to_be_focused()  # though all chips are drawn anew
    name.fill("Ours")
    page.get_by_role("button", name="Teach with this group").click()
    expect(page.get_by_label("With it: a group of the map")).to_have_value("Ours")


def test_files_of_a_map_are_saved_by_keyboard(page):
    open_tab(page, "Latent map")
    page.locator(".map .chart canvas").first.wait_for()
    for name in ("Download PNG", "Download SVG"):
        tool = page.get_by_role("button", name=name).first
        tool.focus()
        assert tool.get_attribute("tabindex") is None
        with page.expect_download():
            page.keyboard.press("Enter")


def test_a_picture_that_is_walked_to_is_told(page):
    open_tab(page, "Latent map")
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    chart.press("ArrowRight")
    told = page.locator(".map [role=status].unseen")
    expect(told).to_have_text(re.compile(r"^Face \d+: "))


def test_a_spot_is_seen_though_the_one_before_was_lost(page):
    open_tab(page, "Latent map")
    assert page.evaluate(LOST) == [2, "A spot"]


@pytest.mark.opens("tab=map", **PHONE_PX)
def test_a_phone_shows_all_places_that_a_picture_of_the_map_can_go_to(page):
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    chart.click()
    places = page.get_by_role("group", name="Send this picture on").filter(visible=True)
    expect(places.first).to_be_visible()
    for button in places.first.get_by_role("button").all():
        box = button.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
