"""Controls are offered where they can do something."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from explorer.catalogue import catalogue
from tests.explorer.conftest import CHECKPOINTS


def button(page: Page, name: str | re.Pattern):
    return page.get_by_role("button", name=name, exact=True)


def empty(page: Page) -> None:
    """Takes the pictures out of all slots that are seen."""
    clear = page.get_by_role("button", name=re.compile("empty this slot")).filter(visible=True)
    clear.first.wait_for()
    while clear.count():
        left = clear.count()
        clear.first.click()
        expect(clear).to_have_count(left - 1)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(names, marks=pytest.mark.opens(f"tab={tab}"), id=tab)
        for tab, names in {
            "reconstruct": [
                "Adapt its colours to the models",
                re.compile("^Correct the"),
                "Refine",
            ],
            "morph": ["Download PNG", "Download GIF"],
            "paths": ["Download GIF", "Download MP4", "Download sheet"],
            "breed": ["New brood"],
        }.items()
    ],
)
def test_what_acts_on_a_picture_is_offered_with_one(page, names):
    switches = (page.get_by_role("checkbox", name=name, exact=True) for name in names)
    either = (button(page, name).or_(each) for name, each in zip(names, switches, strict=True))
    offered = [each.filter(visible=True) for each in either]
    for each in offered:
        expect(each).to_be_visible()
    empty(page)
    for each in offered:
        expect(each).to_have_count(0)


@pytest.mark.opens("tab=breed&children=4")
def test_children_are_bred_from_once_one_is_chosen(page):
    child = page.get_by_role("button", name=re.compile("Child 2 .*F-AAE")).filter(visible=True)
    child.wait_for()
    expect(button(page, "Breed from the chosen child")).to_be_hidden()
    expect(button(page, "Cross it with its parent")).to_be_hidden()
    child.click()
    expect(button(page, "Breed from the chosen child")).to_be_visible()
    expect(button(page, "Cross it with its parent")).to_be_visible()


@pytest.mark.opens("tab=teach")
def test_an_attribute_is_kept_once_something_is_taught(page):
    expect(button(page, "Load a file")).to_be_visible()
    expect(button(page, "Keep it as a slider").filter(visible=True)).to_have_count(0)


@pytest.mark.opens("tab=attributes")
def test_sliders_are_reset_once_one_is_moved(page):
    page.locator(".slider").first.wait_for()
    expect(button(page, "Reset all")).to_be_hidden()
    page.get_by_label("Smiling, standard deviations, as a number").fill("1")
    expect(button(page, "Reset all")).to_be_visible()


@pytest.mark.opens("tab=attributes")
def test_a_number_beyond_the_limits_is_that_which_counts(page):
    number = page.get_by_label("Smiling, standard deviations, as a number")
    number.fill("99")
    number.blur()
    expect(number).to_have_value("10")


@pytest.mark.opens("tab=sample")
def test_a_card_is_closed_by_its_tile_and_by_escape(page):
    tile, card = button(page, "Sample 0·2, F-AAE"), page.locator("#view-sample .enlarged")
    for close in (tile.click, lambda: page.keyboard.press("Escape")):
        tile.click()
        expect(card).to_contain_text("Sample 0·2")
        close()
        expect(card).to_be_empty()
        expect(tile).to_have_attribute("aria-pressed", "false")


@pytest.mark.opens("tab=sample")
def test_what_is_chosen_is_seen_in_the_systems_colours(page):
    page.emulate_media(forced_colors="active")
    button(page, "Sample 0·2, F-AAE").click()
    for kind, chosen in ((".tile", "[aria-pressed=true]"), (".model", ".on")):
        for one, style in ((f"{kind}{chosen}", "solid"), (f"{kind}:not({chosen})", "none")):
            expect(page.locator(one).first).to_have_css("outline-style", style)


@pytest.mark.opens("tab=reconstruct")
def test_what_figures_mean_is_read_by_keyboard(page):
    told = page.get_by_text("What the figures mean").filter(visible=True)
    told.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".meanings[open] dt").get_by_text("MSE", exact=True)).to_be_visible()


@pytest.mark.opens("tab=search&in=mine")
def test_a_search_asks_for_attributes_where_there_are_some(page):
    expect(page.get_by_label("How many").first).to_be_visible()
    expect(page.get_by_label("Has none of").filter(visible=True)).to_have_count(0)
    page.get_by_label("Look in").click()
    page.get_by_role("option", name="Pictures of the maps").click()
    expect(page.get_by_label("Has none of").filter(visible=True)).to_be_visible()


@pytest.fixture
def unmapped(monkeypatch) -> None:
    """The models of the digits are without maps."""
    known = catalogue(str(CHECKPOINTS))
    for model in map(known.models.get, known.sets["mnist32"]):
        if model.latents is not None:
            monkeypatch.setattr(model, "latents", replace(model.latents, map=None))


@pytest.mark.opens("tab=map&set=mnist32")
def test_without_a_map_nothing_is_offered_that_acts_on_one(unmapped, page):
    view = page.locator("#view-map")
    expect(view.get_by_text("comes without a map of its codes").first).to_be_visible()
    for what in ("Colour by", "Has none of"):
        expect(view.get_by_label(what)).to_be_hidden()
    for name in ("Add my pictures", "Remove my pictures"):
        expect(button(page, name)).to_be_hidden()
    expect(view.locator(".legend .key")).to_have_count(0)
    page.get_by_role("button", name="Filter, layout, pictures").click()
    expect(view.get_by_label("Has none of")).to_be_hidden()
    view.get_by_label("PCA").check()
    expect(view.locator(".chart").first).to_be_visible()
    expect(view.get_by_label("Colour by")).to_be_visible()
    expect(view.locator(".legend .key")).to_have_count(10)
    expect(button(page, "Remove my pictures")).to_be_hidden()
