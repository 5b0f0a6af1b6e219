"""The page that is one file, opened in Chromium by file:// with the network off."""

import re

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.catalogue import load_model
from explorer.page.going import restore
from explorer.pictures.faces import Crop, cut
from explorer.pictures.picture import PHOTO, Picture
from explorer.pictures.recipe import read_recipe
from explorer.session.examples import astronaut
from tests.explorer.page.journeys.acts import drop
from tests.explorer.page.standalone.conftest import NAMES

TABS = ("Morph", "Picture", "Sample", "Map", "About")
PIXELS = """(canvases) => canvases.filter((each) => each.offsetParent).map((canvas) =>
  [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data])"""
SQUARE = """async () => {
  const {x, y, side, angle} = Latent.page.views.get("picture").thing().photo.crop;
  return {x, y, side, angle};
}"""
LEFT_PX = "() => document.documentElement.scrollWidth - innerWidth"
OFF = 2 / 255


def pixels(page: Page, of: str = "main canvas.face") -> list[list[int]]:
    return page.locator(of).evaluate_all(PIXELS)


def changes(page: Page, before: list, of: str = "main canvas.face") -> None:
    """Waits until every picture is another one."""
    for _ in range(100):
        now = pixels(page, of)
        if len(now) == len(before) and all(a != b for a, b in zip(now, before, strict=True)):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the pictures stay as they are")


def test_the_file_is_small(exported):
    assert exported.html.stat().st_size < 15e6


@pytest.mark.parametrize("size", [(512, 512), (400, 500)])
def test_a_dropped_picture_is_reconstructed_as_the_server_does(size, alone, photo):
    Image.open(photo).resize(size).save(photo)
    page = alone()
    open_tab(page, "Picture")
    drop(page, page.locator("#view-picture .slot"), photo)
    expect(page.get_by_role("heading", name="Original")).to_be_visible()
    expect(page.locator("#view-picture figcaption").nth(1)).to_have_text(re.compile("^MSE 0"))
    crop = [
        float(page.get_by_label(name, exact=True).input_value()) for name in ("Left", "Top", "Size")
    ]
    square = page.evaluate(SQUARE)
    assert [round(square[name]) for name in ("x", "y", "side")] == crop
    x = cut(Image.open(photo).convert("RGB"), Crop(**square), 32)[None]
    wanted = [x, *(model.decode(model.encode(x)) for model in map(load_model, NAMES))]
    for image, given in zip(wanted, pixels(page), strict=True):
        found = torch.tensor(given).view(32, 32, 4)[..., :3].permute(2, 0, 1) / 255
        assert (found - image[0]).abs().mean() < OFF
    said, before = page.locator("#view-picture .slot .said"), pixels(page)
    expect(said).to_have_text(re.compile("Move the square onto the face"))
    page.get_by_role("application", name="The crop").focus()
    page.keyboard.press("ArrowUp")
    changes(page, before)
    expect(said).to_have_text("astronaut.jpg")


def test_a_morph_follows_pointer_keys_and_touch(alone):
    page = alone(390, has_touch=True)
    pad = page.get_by_role("application", name="Walk between the four corners")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for act in (
        lambda: page.mouse.move(box["x"] + 30, box["y"] + 40),
        lambda: pad.press("Shift+ArrowRight"),
        lambda: page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 60),
        lambda: page.locator(".corner-0 [title='draw a random sample']").click(),
    ):
        before = pixels(page, ".walked canvas")
        act()
        changes(page, before, ".walked canvas")


def test_where_one_stands_in_a_morph_is_sent_on(alone):
    page = alone()
    pad = page.get_by_role("application", name="Walk between the four corners")
    before = pixels(page, ".walked canvas")
    pad.press("Shift+ArrowRight")
    changes(page, before, ".walked canvas")
    walked = pixels(page, ".walked canvas")
    page.locator(".walked .send button").filter(visible=True).first.click()
    expect(page.locator("#view-morph")).to_be_hidden()
    expect(page.locator("#view-picture canvas.face")).to_have_count(len(walked))
    for _ in range(100):
        sent = pixels(page, "#view-picture canvas.face")
        if sent == walked:
            return
        page.wait_for_timeout(100)
    raise AssertionError([len(each) for each in (*sent, *walked)])


def test_a_picture_in_a_corner_is_cropped_by_hand(alone, photo):
    page = alone(390)
    before = pixels(page, ".walked canvas")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Top right: choose a file").last.click()
    chooser.value.set_files(photo)
    changes(page, before, ".walked canvas")
    before = pixels(page, ".walked canvas")
    page.get_by_role("application", name="The crop").press("-")
    changes(page, before, ".walked canvas")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".corner-1 .hold")).to_have_attribute("title", "astronaut.jpg")


def test_a_turned_crop_repeats_the_edge_of_the_picture(alone):
    flat = """async () => {
      const picture = new Image();
      const canvas = Latent.h("canvas", {width: 120, height: 90});
      const context = canvas.getContext("2d");
      context.fillStyle = "rgb(200, 150, 100)";
      context.fillRect(0, 0, 120, 90);
      picture.src = canvas.toDataURL();
      await picture.decode();
      const crops = Latent.crops(picture, false);
      crops.crop = {x: 15.3, y: 0.4, side: 90, angle: 30};
      return [...crops.cut(32)];
    }"""
    found = torch.tensor(alone().evaluate(flat)).view(-1, 4)
    assert (found - torch.tensor([200, 150, 100, 255])).abs().max() <= 1


def test_a_recorded_walk_says_between_which_codes(alone, session):
    page = alone()
    said = page.locator("#view-morph .slot .said")
    expect(said.first).to_have_text(re.compile("Sample"))
    corners = said.all_text_contents()
    pad = page.get_by_role("application", name="Walk between the four corners")
    page.get_by_role("button", name="Record the walk").click()
    for _ in range(3):
        before = pixels(page, ".walked canvas")
        pad.press("ArrowRight")
        changes(page, before, ".walked canvas")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator(".corner-0 [title='draw a random sample']").click()
    expect(said.first).not_to_have_text(corners[0])
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as GIF").click()
    slots = [f"corner-{at}" for at in range(4)]
    saved = Picture("walk", PHOTO, astronaut(), saved=read_recipe(download.value.path()))
    restore(session, saved, {})
    assert session.tab == "morph" and session.names == [*NAMES]
    held = [session.slots[slot] for slot in slots]
    assert [picture.label for picture in held] == corners
    assert all({*picture.codes} == {*NAMES} for picture in held)


def test_a_slider_changes_every_picture_and_a_sample_is_taken_on(alone):
    page = alone()
    open_tab(page, "Picture")
    before = pixels(page)
    page.get_by_role("slider", name="Smiling, standard deviations").fill("3")
    changes(page, before)
    open_tab(page, "Sample")
    first = page.get_by_role("button", name="Sample 1·2, AAE")
    first.click()
    page.locator("#view-samples .enlarged").get_by_role("button", name="Picture").click()
    expect(page.locator("#view-picture .said")).to_have_text("Sample 1·2")
    open_tab(page, "Sample")
    page.get_by_label("Seed").fill("5")
    expect(page.get_by_role("button", name="Sample 5·1, AAE")).to_be_visible()


def test_a_point_of_the_map_is_decoded_by_every_model(alone):
    page = alone()
    open_tab(page, "Map")
    chart = page.get_by_role("application", name="Map of codes, F-AAE")
    expect(page.locator(".outcome canvas")).to_have_count(2)
    before = pixels(page)
    chart.hover(position={"x": 150, "y": 150})
    changes(page, before)
    named = page.locator("#view-map [role=status]").text_content()
    assert re.fullmatch(r"Point \d+ of the map", named)
    chart.press("ArrowRight")
    expect(page.locator("#view-map [role=status]")).not_to_have_text(named)
    painted = "([chart, before]) => chart.toDataURL() !== before"
    before = chart.evaluate("(chart) => chart.toDataURL()")
    page.get_by_label("Colour by").select_option("Smiling")
    page.wait_for_function(painted, arg=[chart.element_handle(), before])


def test_licence_training_and_figures_are_told(alone):
    page = alone()
    expect(page.locator("footer")).to_contain_text("non-commercial research only")
    open_tab(page, "About")
    for told in ("36\u202f622 images", "non-commercial research only", "0.0099", "eq. 4"):
        expect(page.locator("#view-about .card-of-model").first).to_contain_text(told)


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title, exact=True).click()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_and_axe_finds_nothing_serious(alone, width, scheme):
    page = alone(width, color_scheme=scheme, bypass_csp=True)
    for tab in TABS:
        open_tab(page, tab)
        page.wait_for_timeout(300)
        assert page.evaluate(LEFT_PX) <= 0, tab
        found = Axe().run(page).response["violations"]
        grave = [each for each in found if each["impact"] in ("moderate", "serious", "critical")]
        said = [(each["id"], each["nodes"][0]["html"][:120]) for each in grave]
        assert said == [], (tab, said)


def test_the_page_speaks_the_visitors_language(alone):
    expect(alone(locale="zh-CN").get_by_role("tab", name="地图")).to_be_visible()
    expect(alone(query="?lang=de").get_by_role("tab", name="Karte")).to_be_visible()
