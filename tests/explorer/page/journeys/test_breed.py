"""A child is chosen: the brood and its figures stay in sight."""

import re

import pytest
from playwright.sync_api import expect

from tests.explorer.conftest import PHONE_PX

# whether a part of the page is seen at its middle, and not something that lies on it
ON_TOP = """(part) => {
  const { x, y, width, height } = part.getBoundingClientRect();
  return part.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def opened(**size):
    return pytest.param(size, marks=pytest.mark.opens("tab=breed&children=36", **size))


@pytest.mark.parametrize("size", [opened(width=1440, height=900), opened(**PHONE_PX)])
def test_a_chosen_child_covers_neither_the_brood_nor_its_figures(page, size):
    child = page.get_by_role("button", name=re.compile("Child 2 .*F-AAE")).filter(visible=True)
    child.click()
    card = page.locator(".enlarged").filter(visible=True)
    expect(card).to_contain_text("Child 2 of generation 1")
    figures = page.get_by_text("drift from the ancestor").first
    for part in (figures, child):
        expect(part).to_be_in_viewport()
        assert part.evaluate(ON_TOP)
    assert card.bounding_box()["height"] < size["height"] / 3


@pytest.mark.opens("tab=breed&children=4")
def test_without_its_parent_a_brood_goes_quietly_and_has_no_chosen_child(page):
    child = page.get_by_role("button", name=re.compile("Child 2 .*F-AAE")).filter(visible=True)
    child.click()
    page.get_by_role("button", name="Parent: empty this slot", exact=True).click()
    expect(child).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="There is no parent")).to_be_visible()
    expect(page.locator(".latent-toast")).to_have_count(0)
    expect(page.get_by_role("button", name="Breed from the chosen child")).to_be_hidden()


@pytest.mark.opens("tab=breed&children=4")
def test_the_next_brood_begins_with_no_child_chosen(page):
    child = page.get_by_role("button", name=re.compile("Child 2 .*F-AAE")).filter(visible=True)
    child.click()
    card = page.locator("#view-breed .enlarged")
    expect(card).to_contain_text("Child 2 of generation 1")
    page.get_by_label("Radius").first.fill("0.5")  # the same child, elsewhere
    expect(page.get_by_text("drift from the ancestor 0.5").first).to_be_visible()
    expect(card).to_contain_text("Child 2 of generation 1")
    page.get_by_role("button", name="Breed from the chosen child").click()
    expect(child).to_have_accessible_name(re.compile("Child 2 of generation 2"))
    expect(child).to_have_attribute("aria-pressed", "false")
    expect(card).to_be_empty()
