"""Passing messages hide nothing that people want to use."""

import re

import pytest
from playwright.sync_api import expect

from tests.explorer.conftest import PHONE_PX

# the controls that can be seen at their middle, under what passing messages there are
HIDDEN = """(part) => [...part.querySelectorAll("button, input, select, a")].filter((each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2)?.closest(".toast-wrap");
}).map((each) => each.outerHTML)"""
SIZES = [
    pytest.param(size, marks=pytest.mark.opens("tab=sample", **size))
    for size in ({"width": 1440, "height": 900}, PHONE_PX)
]


@pytest.mark.parametrize("size", SIZES)
def test_messages_lie_over_neither_the_header_nor_the_card_of_a_chosen_tile(page, size):
    page.locator(".tiles .tile").first.click()
    card = page.locator(".enlarged").filter(visible=True)
    card.get_by_role("button", name="To shelf").click()
    said = page.get_by_test_id("toast-body")
    expect(said).to_be_in_viewport()
    for part in (card, page.locator("#header"), page.locator("#tabs > .tab-wrapper")):
        assert part.evaluate(HIDDEN) == []
    expect(said).to_have_count(0)
    page.evaluate("() => Latent.toast('The program is copied.')")
    expect(page.locator(".latent-toast")).to_be_in_viewport()
    assert card.evaluate(HIDDEN) == []


@pytest.mark.parametrize("size", SIZES)
def test_messages_take_room_at_the_end_of_the_page(page, size):
    page.locator(".tiles canvas").first.wait_for()
    page.evaluate("() => Latent.toast('The program is copied.')")
    page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".latent-toast")).to_be_in_viewport()
    use = page.get_by_role("button", name=re.compile("^Use .* in the open tab")).last
    expect(use).to_be_in_viewport()
    assert page.locator("#body").evaluate(HIDDEN) == []
