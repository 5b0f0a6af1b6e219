"""What a person does in a real browser, and what the page then shows."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from explorer.page.tabs import TABS
from explorer.session.examples import astronaut
from explorer.tools.screenshots import shoot
from tests.explorer.conftest import BAD
from tests.explorer.page.journeys.acts import drop, open_tab, shown

# where the eighth face lies, in px of the page
POINT = """(chart) => {
  const {x, y} = chart.getBoundingClientRect(), {plot} = chart, points = plot.points();
  const [right, down] = plot.at(points.x[7], points.y[7]);
  return [x + right, y + down];
}"""


def test_a_tab_opens_with_an_example_in_each_of_its_slots(page, session):
    for tab in (tab for tab in TABS if tab.slots):
        open_tab(page, tab.title)
        given = [slot.example for slot in tab.slots if slot.example is not None]
        labels = [session.examples()[example].label for example in given]
        said = page.locator(".slot.filled .said").filter(visible=True)
        expect(said, tab.title).to_have_text(labels)


def test_a_dropped_file_is_reconstructed_and_refined_by_both_models(page, photo):
    drop(page, page.locator(".slot").first, photo)
    expect(page.get_by_text("astronaut.jpg")).to_be_visible()
    expect(page.get_by_text("A face was found")).to_be_visible()
    expect(page.get_by_text("50 of 50 steps")).to_be_visible()
    for title in ("F-AAE", "AAE"):
        expect(shown(page, f"Encoder, {title}")).to_be_visible()
        refined = page.locator(".cell", has=shown(page, f"Refined, {title}"))
        expect(refined).to_contain_text(re.compile(r"MSE0\.\d{4}.*re-encoding error", re.DOTALL))
    expect(page.get_by_role("button", name="Use astronaut.jpg in the open tab")).to_be_visible()


def test_the_crop_is_corrected_with_the_keyboard(page):
    page.get_by_role("button", name="Correct the crop").click()
    left = page.get_by_label("Left", exact=True)
    expect(left).to_have_value("151")
    page.get_by_role("application", name="The crop").focus()
    page.keyboard.press("ArrowRight")
    expect(left).to_have_value("154")
    expect(page.get_by_text("The crop was set by hand.")).to_be_visible()
    expect(page.get_by_role("application", name="The crop")).to_be_focused()


def test_one_of_several_faces_is_chosen_and_turned(page, tmp_path):
    crowd = Image.new("RGB", (1000, 560), "gray")
    crowd.paste(astronaut().resize((380, 380)), (20, 20))
    crowd.paste(astronaut(), (450, 20))
    crowd.save(tmp_path / "two.png")
    page.locator(".slot input[type=file]").first.set_input_files(tmp_path / "two.png")
    expect(page.get_by_text("Of several possible faces one was chosen")).to_be_visible()
    expect(page.get_by_text("The others can be chosen under “Correct the crop”")).to_be_visible()
    page.get_by_role("button", name="Correct the crop").click()
    expect(page.locator(".seen-face")).to_have_count(2)
    page.get_by_role("button", name="Face 2", exact=True).click()
    expect(page.get_by_text("The crop was set by hand.")).to_be_visible()
    page.get_by_text("50 of 50 steps").wait_for()  # the page grows no more
    left, turned = page.get_by_label("Left", exact=True), page.get_by_label("Turn °")
    assert float(left.input_value()) < 300
    before, knob = float(turned.input_value()), page.locator(".square .turn")
    knob.hover()
    at = knob.bounding_box()
    page.mouse.down()
    page.mouse.move(at["x"] + 60, at["y"] + 20)
    page.mouse.up()
    assert float(turned.input_value()) > before + 10


def test_two_fingers_move_size_and_turn_the_crop(page):
    page.get_by_role("button", name="Correct the crop").click()
    page.get_by_text("50 of 50 steps").wait_for()  # the page grows no more
    square = page.get_by_role("application", name="The crop")
    square.scroll_into_view_if_needed()
    fields = [page.get_by_label(name, exact=True) for name in ("Left", "Top", "Size", "Turn °")]
    left, top, size, angle = (float(each.input_value()) for each in fields)
    box, touch = square.bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def fingers(kind, *places):
        points = [
            {"x": x + right, "y": y + down, "id": i} for i, (right, down) in enumerate(places)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (-20, 0))
    fingers("touchStart", (-20, 0), (20, 0))
    fingers("touchMove", (0, -30), (0, 30))  # a quarter turn, and 1.5 times as far apart
    fingers("touchEnd")
    expect(page.get_by_text("The crop was set by hand.")).to_be_visible()
    now = [float(each.input_value()) for each in fields]
    assert now[2] == pytest.approx(1.5 * size, abs=2)
    assert now[3] - angle == pytest.approx(90, abs=2)
    assert now[:2] == pytest.approx([left - size / 4, top - size / 4], abs=3)  # around its middle


def test_four_pictures_are_morphed_and_a_tile_is_enlarged(page):
    open_tab(page, "Morph")
    for title in ("F-AAE", "AAE"):
        grid = page.get_by_role("group", name=f"Morph, {title}")
        expect(grid.get_by_role("button")).to_have_count(81)
    expect(page.locator(".latent-chart .key")).to_have_text(["F-AAE", "AAE"])
    page.get_by_role("button", name="Morph 5, 5 of 9, F-AAE").click()
    expect(page.locator(".enlarged")).to_contain_text("Morph 5, 5 of 9")
    expect(page.locator(".enlarged canvas")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download GIF").click()
    assert download.value.suggested_filename == "morph.gif"


def test_samples_are_drawn_and_one_is_sent_to_another_tab(page):
    open_tab(page, "Sample")
    grid = page.get_by_role("group", name="Samples, AAE", exact=True)
    expect(grid.get_by_role("button")).to_have_count(36)
    page.get_by_label("Seed", exact=True).fill("5")
    expect(grid.get_by_role("button", name="Sample 5·1, AAE")).to_be_visible()
    grid.get_by_role("button", name="Sample 5·3, AAE").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".enlarged")).to_contain_text("Sample 5·4")
    page.locator(".enlarged").get_by_role("button", name="Attributes").click()
    expect(shown(page, "Changed, F-AAE")).to_be_visible()
    expect(page.locator(".slot .said").filter(visible=True)).to_have_text("Sample 5·4")


def test_a_slider_changes_the_picture_of_every_model(page):
    open_tab(page, "Attributes")
    pictures = [shown(page, f"Changed, {title}") for title in ("F-AAE", "AAE")]
    before = [picture.get_attribute("src") for picture in pictures]
    page.get_by_role("slider", name="Smiling, standard deviations").fill("3")
    expect(page.get_by_text("Smiling +3")).to_be_visible()
    for picture, src in zip(pictures, before, strict=True):
        expect(picture).not_to_have_attribute("src", src)
    expect(page.get_by_label("Smiling, standard deviations, as a number")).to_have_value("3")
    page.get_by_role("button", name="Reset all").click()
    for picture, src in zip(pictures, before, strict=True):
        expect(picture).to_have_attribute("src", src)


def test_an_attribute_is_held_still_and_the_method_is_chosen(page):
    open_tab(page, "Attributes")
    changed = shown(page, "Changed, F-AAE")
    smiling = page.get_by_role("slider", name="Smiling, standard deviations")
    smiling.fill("3")
    expect(page.get_by_text("Smiling +3")).to_be_visible()
    free = changed.get_attribute("src")
    lock = page.get_by_role("checkbox", name="Hold Male still")
    lock.focus()
    page.keyboard.press("Space")
    expect(lock).to_be_checked()
    expect(page.get_by_role("slider", name="Male, standard deviations")).to_be_disabled()
    expect(page.get_by_text("Smiling +3; held: Male")).to_be_visible()
    expect(changed).not_to_have_attribute("src", free)
    held = changed.get_attribute("src")
    alike = page.get_by_text("Goes with High Cheekbones +0.").first
    page.get_by_role("button", name="About the direction of Smiling").click()
    expect(alike).to_be_visible()
    before = alike.text_content()
    page.get_by_role("radio", name="Linear SVM").check()
    expect(changed).not_to_have_attribute("src", held)
    expect(lock).to_be_checked()
    expect(smiling).to_have_value("3")
    expect(alike).not_to_have_text(before)
    expect(alike).to_be_visible()  # what was opened stays open where it is drawn anew
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    page.get_by_text("Smiling +3; held: Male").wait_for()
    expect(page.get_by_role("radio", name="Linear SVM")).to_be_checked()


def test_a_point_on_the_map_is_previewed_and_decoded_by_every_model(page):
    open_tab(page, "Latent map")
    expect(page.locator(".map .chart canvas")).to_have_count(2)
    point = page.locator(".map .chart").first.evaluate(POINT)
    page.mouse.move(*point)
    expect(page.locator(".hover")).to_contain_text(re.compile(r"Face \d+"))
    page.mouse.click(*point)
    for title in ("F-AAE", "AAE"):
        expect(page.get_by_role("img", name=re.compile(rf"Face \d+, {title}$"))).to_be_visible()


def test_a_picture_is_dragged_from_the_shelf_into_a_corner_with_its_code(page):
    open_tab(page, "Sample")
    page.get_by_role("button", name="Sample 0·2, F-AAE").click()
    page.locator(".enlarged").get_by_role("button", name="To shelf").click()
    kept = page.get_by_role("button", name="Use Sample 0·2 in the open tab")
    open_tab(page, "Morph")
    slot = page.locator(".slot").filter(visible=True).nth(1)
    expect(slot).to_contain_text("Drawn face 2")
    kept.drag_to(slot)
    expect(slot).to_contain_text("Sample 0·2")
    page.get_by_role("button", name="Remove Sample 0·2 from the shelf").click()
    expect(kept).to_have_count(0)


def test_a_link_opens_the_same_state(page, url):
    open_tab(page, "Sample")
    page.get_by_role("button", name="Sample 0·1, AAE").wait_for()
    page.get_by_label("Seed", exact=True).fill("11")
    page.get_by_role("button", name="Sample 11·1, AAE").wait_for()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto(link)
    page.get_by_role("button", name="Sample 11·1, AAE").wait_for()


def test_models_are_compared_or_not_and_pictures_stay(page):
    page.get_by_role("checkbox", name="AAE", exact=True).uncheck()
    expect(shown(page, "Encoder, AAE")).to_have_count(0)
    expect(shown(page, "Encoder, F-AAE")).to_be_visible()
    expect(page.locator(".slot").first).to_contain_text("Astronaut")


def test_ticks_that_follow_each_other_all_count_and_the_last_model_stays(page):
    box = lambda name: page.get_by_role("checkbox", name=name, exact=True)  # noqa: E731
    box("GAN").wait_for()
    page.evaluate(
        """() => {
          const labels = [...document.querySelectorAll(".models label")];
          const of = (name) => labels.find((label) => label.textContent === name);
          ["VAE", "WAE", "GAN"].forEach((name) => of(name).click());
        }"""
    )
    for name in ("VAE", "WAE", "GAN"):
        expect(page.locator(".model.on").get_by_text(name, exact=True)).to_be_visible()
    for name in ("VAE", "WAE", "GAN", "AAE"):
        box(name).uncheck()
    expect(page.locator(".model.on")).to_have_count(1)
    box("F-AAE").click()
    expect(page.get_by_text("At least one model has to stay selected.").first).to_be_visible()
    expect(box("F-AAE")).to_be_checked()


def test_of_two_files_the_one_that_was_chosen_last_stays(page, photo, tmp_path):
    late = tmp_path / "late.png"
    astronaut().rotate(90).save(late)
    page.evaluate(
        """() => {
          const uploaded = Latent.uploaded;
          Latent.uploaded = async (upload, file) => {
            const found = await uploaded(upload, file);
            if (file.name !== "late.png") return found;
            await new Promise((resolve) => { window.arrive = resolve; });
            return found;
          };
        }"""
    )
    slot = page.locator(".slot").first
    drop(page, slot, late)
    page.wait_for_function("() => window.arrive")
    drop(page, slot, photo)
    expect(slot).to_contain_text("astronaut.jpg")
    page.evaluate("() => window.arrive()")
    page.wait_for_timeout(500)
    expect(slot).to_contain_text("astronaut.jpg")


def test_the_page_works_where_site_data_are_blocked(blank, url):
    blank.add_init_script(
        """for (const kind of ["localStorage", "sessionStorage"]) {
          const get = () => { throw new DOMException("", "SecurityError"); };
          Object.defineProperty(window, kind, {get});
        }"""
    )
    blank.goto(url)
    expect(shown(blank, "Encoder, F-AAE")).to_be_visible()


def test_the_theme_that_was_chosen_outlives_a_change_of_the_systems(page):
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Light / dark").click()
    dark = page.evaluate("() => Latent.isDark()")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(200)
        assert page.evaluate("() => Latent.isDark()") == dark


def test_what_a_model_is_can_be_asked_and_put_away(page):
    page.get_by_role("button", name="What is AAE?", exact=True).click()
    about = page.locator(".about-model")
    expect(about.get_by_role("heading", name="AAE", exact=True)).to_be_visible()
    expect(about.get_by_text("The objective")).to_be_visible()
    expect(about.locator(".flow .network").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(about).to_be_hidden()
    page.get_by_role("checkbox", name="VAE", exact=True).press("Space")
    expect(shown(page, "Encoder, VAE")).to_be_visible()
    expect(page.get_by_role("checkbox", name="VAE", exact=True)).to_be_focused()


def test_a_bad_upload_is_one_sentence_and_the_page_goes_on(page, photo, bad):
    chooser = page.get_by_label("Your picture: choose a file", exact=True).and_(
        page.locator("input")
    )
    said = page.locator(".said.problem")
    for name, sentence in BAD.items():
        chooser.set_input_files(bad(name))
        expect(said, name).to_contain_text(sentence)
        chooser.set_input_files(photo)
        expect(page.get_by_text("astronaut.jpg")).to_be_visible()
        expect(said).to_have_count(0)


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.name)
def test_a_tab_is_photographed_for_readme(blank, url, tmp_path, tab):
    with Image.open(shoot(blank, url, tab, tmp_path)) as picture:
        assert picture.width == 1440 and picture.height >= 1000
        assert len(set(picture.reduce(8).get_flattened_data())) > 500  # it shows something
    if tab.shot.click:
        expect(blank.locator(".hover")).to_contain_text(re.compile(r"Face \d+"))
