"""Nothing is lost: what was done is undone, what was saved comes back, and is made again."""

import base64
import re

import pytest
from playwright.sync_api import expect

from explorer.__main__ import main
from tests.explorer.conftest import CHECKPOINTS
from tests.explorer.page.journeys.acts import DROP, open_tab, shown


def test_a_visitor_undoes_saves_and_restores(page, tmp_path, capsys):
    open_tab(page, "Attributes")
    changed = shown(page, "Changed, F-AAE")
    changed.wait_for()
    slider = page.get_by_role("slider", name="Smiling, standard deviations")
    page.wait_for_timeout(1000)  # so that the move is a step of its own
    slider.fill("2")
    expect(page.get_by_text("Smiling +2").first).to_be_visible()
    page.wait_for_timeout(500)
    row = page.get_by_role("region", name="Changed").filter(visible=True)
    with page.expect_download() as download:
        row.get_by_role("button", name="Save this picture").click()
    assert download.value.suggested_filename == "smiling-2.png"
    saved = tmp_path / "smiling.png"
    download.value.save_as(saved)

    row.get_by_role("button", name="Copy as Python").click()
    expect(page.get_by_text("The program is copied")).to_be_visible()
    program = page.evaluate("navigator.clipboard.readText()")
    assert "edit(" in program and "'Smiling': 2.0" in program

    open_tab(page, "Morph")
    shown_morph = page.locator(".pad canvas").first
    shown_morph.wait_for()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("tab", name="Attributes")).to_have_attribute("aria-selected", "true")
    expect(slider).to_have_value("0")
    page.keyboard.press("Control+Shift+Z")
    expect(slider).to_have_value("2")
    page.keyboard.press("Control+z")
    expect(slider).to_have_value("0")

    slot = page.locator(".slot").filter(visible=True)
    address = "data:image/png;base64," + base64.b64encode(saved.read_bytes()).decode()
    page.evaluate(DROP, [slot.element_handle(), address, saved.name])
    expect(slot.get_by_role("status")).to_have_text("Smiling +2")
    slot.get_by_role("button", name="Restore the page it was saved from").click()
    expect(slot.get_by_role("status")).to_have_text("Drawn face 4")
    expect(slider).to_have_value("2")

    given = ["--out", str(tmp_path / "again.png"), "--checkpoints", str(CHECKPOINTS)]
    assert main(["replay", str(saved), *given]) == 0
    assert "bit for bit" in capsys.readouterr().out


def test_how_codes_are_refined_is_undone_and_there_after_a_reload(page):
    steps = page.get_by_label("range slider for Steps")
    objective = page.get_by_label("Objective")
    page.get_by_text("50 of 50 steps").wait_for()
    page.wait_for_timeout(1000)  # so that what is set is a step of its own
    steps.press("PageDown")
    expect(steps).to_have_value("20")
    expect(page.get_by_text("step 20 of 50")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(steps).to_have_value("50")
    expect(page.get_by_text("50 of 50 steps")).to_be_visible()
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_text("step 20 of 50")).to_be_visible()
    objective.click()
    page.get_by_role("option", name="Pixels alone").click()
    expect(page.get_by_text("20 of 20 steps")).to_be_visible()
    page.reload()
    expect(page.get_by_text("20 of 20 steps")).to_be_visible()
    expect(objective).to_have_value("Pixels alone")
    expect(steps).to_have_value("20")
    page.keyboard.press("Control+z")
    expect(objective).to_have_value("Sharp and in-domain")


@pytest.mark.opens("tab=morph")
def test_where_one_stands_in_a_morph_is_there_after_a_reload(page):
    handle = page.locator(".pad .handle")
    page.locator(".pad canvas").first.wait_for()
    page.get_by_role("application", name=re.compile("^Walk between")).press("Shift+ArrowRight")
    expect(handle).to_have_attribute("style", re.compile("left: 60%"))
    page.wait_for_function("Latent.local.started && !document.querySelector('.pad progress').value")
    page.get_by_role("application", name=re.compile("^Walk between")).press("Shift+ArrowDown")
    expect(handle).to_have_attribute("style", re.compile("left: 60%; top: 60%"))
    page.keyboard.press("Tab")  # so that the server is told
    page.wait_for_function("!Latent.lines.walk.busy")
    page.reload()
    page.locator(".pad canvas").first.wait_for()
    expect(handle).to_have_attribute("style", re.compile("left: 60%; top: 60%"))


@pytest.mark.opens("lesson=3")
def test_the_lesson_is_in_step_with_the_page_and_shows_what_it_is_about(page):
    step = page.get_by_role("region", name="Lesson").get_by_role("heading")
    expect(step).to_have_text("Step 3 of 8: Refined codes")
    expect(shown(page, "Refined, AAE")).to_be_in_viewport(ratio=1)
    expect(step).to_be_in_viewport()
    further = page.get_by_role("button", name="Next", exact=True)
    further.click()
    expect(step).to_have_text("Step 4 of 8: The middle of a morph")
    expect(further).to_be_focused()
    page.locator(".pad canvas").first.wait_for()
    page.keyboard.press("Control+z")
    expect(step).to_have_text("Step 3 of 8: Refined codes")
    shown(page, "Refined, AAE").wait_for()
    page.keyboard.press("Control+Shift+Z")
    expect(step).to_have_text("Step 4 of 8: The middle of a morph")
    page.reload()
    expect(step).to_have_text("Step 4 of 8: The middle of a morph")
    page.get_by_role("button", name="End the lesson").click()
    expect(step).to_have_count(0)


def test_what_is_damaged_already_is_undone_and_in_links(page):
    open_tab(page, "Restore")
    damaged = page.get_by_label("The picture is damaged already")
    page.get_by_role("heading", name="Inversion alone").wait_for()
    page.wait_for_timeout(1000)  # so that the tick is a step of its own
    damaged.check()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(damaged).not_to_be_checked()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(damaged).to_be_checked()
    shown(page, "Encoder, F-AAE").wait_for()
    expect(damaged).to_be_checked()
