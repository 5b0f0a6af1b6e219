"""An attribute is taught by uploads, becomes a slider, is saved, and is loaded again."""

import json
import re

from playwright.sync_api import expect

from explorer.catalogue import load_model
from explorer.pictures.render import to_pil
from tests.explorer.conftest import CHECKPOINTS
from tests.explorer.page.journeys.acts import data_url, open_tab, shown

PASTED = """async (url) => {
  const clipboardData = new DataTransfer(), blob = await (await fetch(url)).blob();
  clipboardData.items.add(new File([blob], "pasted.jpg", {type: "image/jpeg"}));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
}"""


def pictures(folder) -> list[list[str]]:
    """Files of faces that smile, and of faces that do not, drawn by a model."""
    model = load_model("celeba32/faae", CHECKPOINTS)
    smiles = model.latents.labels[:, model.latents.names.index("Smiling")]
    sides = []
    for has in (True, False):
        rows = (smiles == has).nonzero()[:5, 0].tolist()
        files = [folder / f"{row}.png" for row in rows]
        for file, image in zip(files, model.decode(model.latents.codes[rows]), strict=True):
            to_pil(image, 64).save(file)
        sides.append(files)
    return sides


def test_an_attribute_is_taught_by_uploads_and_is_a_slider(page, tmp_path):
    open_tab(page, "Attributes")
    shown(page, "Changed, F-AAE").wait_for()
    open_tab(page, "Teach")
    sides = zip(("With it", "Without it"), pictures(tmp_path), strict=True)
    for side, files in sides:
        page.get_by_label(f"{side}: choose files").set_input_files(files)
        expect(page.get_by_role("list", name=side, exact=True).get_by_role("button")).to_have_count(
            5
        )
    expect(page.get_by_role("list", name="Shelf", exact=True)).to_have_count(
        0
    )  # it has room for few
    expect(page.get_by_role("row", name="Linear SVM")).to_have_count(2)  # a table for each model
    page.get_by_text("Goes with known attributes").click()
    name = page.locator(".apart input").nth(1).input_value()
    tick = page.locator(f".apart input[value={name}]")
    tick.check()
    row = page.locator(f".apart:has(input[value={name}])")
    expect(row.locator(".alike")).to_have_text("+0.00 +0.00")
    expect(tick).to_be_focused()  # though it was drawn anew
    tick.uncheck()
    page.locator(".apart input").first.check()
    expect(page.locator(".apart .alike").first).to_have_text("+0.00 +0.00")
    page.get_by_label("Name of the attribute").fill("Grin")
    page.get_by_role("button", name="Keep it as a slider").filter(visible=True).click()
    page.get_by_text("Grin is a slider in Edit.").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save Grin as a file").click()
    file = tmp_path / "grin.json"
    saved.value.save_as(file)
    assert json.loads(file.read_text())["name"] == "Grin"

    page.get_by_role("tab", name="Edit").click()
    slider = page.get_by_role("slider", name="Grin, standard deviations")
    before = shown(page, "Changed, F-AAE").get_attribute("src")
    slider.focus()
    page.get_by_role("button", name="Move to +2").click()  # a picture of what it does
    expect(page.get_by_text("Grin, measured").first).to_be_visible()
    assert shown(page, "Changed, F-AAE").get_attribute("src") != before
    assert float(slider.input_value()) != 0

    open_tab(page, "Teach")
    page.get_by_role("button", name="Remove Grin").click()
    expect(page.get_by_role("button", name="Remove Grin")).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Load a file").click()
    chooser.value.set_files(file)
    page.get_by_text("Grin is a slider in Edit, for F-AAE, AAE.").wait_for()


def test_what_is_pasted_goes_to_the_side_that_was_used_last(page, photo):
    open_tab(page, "Teach")
    page.get_by_role("heading", name="Without it", exact=True).click()
    page.evaluate(PASTED, data_url(photo))
    pasted = page.get_by_role("list", name="Without it", exact=True).get_by_role("button")
    expect(pasted).to_have_count(1)


def test_a_slider_says_the_pictures_own_value_by_each_model(page):
    open_tab(page, "Attributes")
    slider = page.get_by_role("slider", name="Smiling, standard deviations")
    told = re.compile(r"own value\s*F-AAE\s*[−+]\d\.\d\s*AAE\s*[−+]\d\.\d\s*sd")
    expect(slider).to_have_accessible_description(told)
    expect(page.locator(".slider .own-value").first).to_have_text(told)
    page.get_by_role("checkbox", name="VAE", exact=True).check()
    several = re.compile(r"own value [−+]\d\.\d to [−+]\d\.\d sd")
    expect(slider).to_have_accessible_description(several)


def test_what_a_slider_does_is_shown_until_another_is_moved(page):
    open_tab(page, "Attributes")
    looks = page.get_by_role("button", name="Move to +2", exact=True)
    slider = page.get_by_role("slider", name="Smiling, standard deviations")
    slider.focus()
    looks.click()
    expect(looks).to_be_visible()
    page.get_by_label("Male, standard deviations, as a number").fill("3")
    expect(looks).to_be_hidden()
    page.get_by_label("Male, standard deviations, as a number").blur()
    slider.focus()
    expect(looks).to_be_visible()
    page.get_by_label("Hold Young still").check()
    expect(looks).to_be_hidden()


def test_that_directions_are_looked_for_is_said(page):
    page.get_by_role("img", name="Encoder, F-AAE").wait_for()
    held = []
    page.route("**/component_server", lambda route: held.append(route))
    open_tab(page, "Attributes")
    open_tab(page, "Discover")
    expect(page.get_by_role("status").get_by_text("Directions are looked for")).to_be_visible()
    page.unroute("**/component_server")
    for route in held:
        route.continue_()
    expect(page.locator(".direction").first).to_be_visible()
    expect(page.get_by_text("Directions are looked for")).to_have_count(0)
