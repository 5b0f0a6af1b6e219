"""The pictures under a slider are what it does now, whatever else is set meanwhile."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.explorer.page.journeys.acts import shown

LABELLED = "tab=attributes&set=celeba32&models=celeba32/icgan"


def looked(page: Page) -> tuple[Locator, str]:
    """A picture under the slider of Smiling, which is focused, and its address."""
    page.get_by_role("slider", name="Smiling, standard deviations").focus()
    look = page.get_by_role("button", name="Move to +2", exact=True).locator("img")
    expect(look).to_be_visible()
    return look, look.get_attribute("src")


@pytest.mark.opens(LABELLED)
def test_pictures_under_a_slider_are_without_labels_that_were_switched_since(page):
    look, before = looked(page)
    page.get_by_label("Eyeglasses: on").check()
    expect(look).to_be_hidden()
    expect(page.get_by_text("Eyeglasses on").first).to_be_visible()
    assert looked(page)[1] != before


@pytest.mark.opens(LABELLED)
def test_pictures_under_a_focused_slider_are_there_after_undo(page):
    shown(page, "Changed, ICGAN").wait_for()
    page.wait_for_timeout(1000)  # so that what is set is a step of its own
    page.get_by_label("Eyeglasses: on").check()
    expect(page.get_by_text("Eyeglasses on").first).to_be_visible()
    look, before = looked(page)
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Eyeglasses: as it is")).to_be_checked()
    expect(look).not_to_have_attribute("src", before)
    expect(look).to_be_visible()
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_label("Eyeglasses: on")).to_be_checked()
    expect(look).to_have_attribute("src", before)
    expect(look).to_be_visible()
