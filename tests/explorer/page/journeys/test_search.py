"""A folder is indexed by the operator, and searched in the page."""

import pytest
from playwright.sync_api import expect

from explorer.catalogue import load_model
from explorer.pictures.render import to_pil
from explorer.search import table as tables
from explorer.search.index import index
from tests.explorer.conftest import PHONE_PX
from tests.explorer.page.journeys.acts import open_tab, shown


@pytest.fixture
def indexed(tmp_path, monkeypatch) -> str:
    """The name of a table of twenty drawn faces."""
    monkeypatch.setenv(tables.PLACE, str(tmp_path / "tables"))
    model, folder = load_model("celeba32/faae"), tmp_path / "drawn"
    folder.mkdir()
    for at, image in enumerate(model.decode(model.sample_codes(20, seed=5))):
        to_pil(image, 64).save(folder / f"drawn {at}.png")
    models = [model, load_model("celeba32/aae")]
    return index([str(folder)], models, crop="centre").table.name


def test_the_nearest_pictures_are_found_and_sent_on(page, indexed):
    open_tab(page, "Latent map")
    open_tab(page, "Search")
    strips = page.locator(".results .row").filter(visible=True)
    expect(strips).to_have_count(2)  # the models: of looks there is nothing to show
    expect(page.locator(".results > .note")).to_contain_text("L2 distance")
    page.wait_for_timeout(1000)  # so that what follows is a step of its own
    has = page.get_by_label("Has", exact=True).filter(visible=True)
    has.click()
    page.get_by_role("option", name="Smiling").click()
    chosen = page.locator(".token").filter(visible=True)
    expect(chosen).to_have_text(["Smiling"])
    page.wait_for_timeout(1000)
    page.get_by_role("radio", name="at least one").filter(visible=True).check()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("radio", name="all of them").filter(visible=True)).to_be_checked()
    expect(chosen).to_have_text(["Smiling"])
    page.get_by_role("button", name="Undo").click()
    expect(chosen).to_have_count(0)
    page.get_by_label("Look in").click()
    page.get_by_role("option", name=indexed).click()
    expect(strips).to_have_count(5)
    for title in ("F-AAE", "AAE", "dHash", "pHash", "Colour histogram"):
        expect(page.get_by_role("region", name=title, exact=True).locator("li")).to_have_count(8)
    found = page.get_by_role("region", name="F-AAE", exact=True).get_by_role("button").first
    label = found.get_attribute("aria-label").removeprefix("1. ").split(",")[0]
    found.click()
    page.get_by_role("spinbutton", name="How many").filter(visible=True).fill("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="F-AAE", exact=True).locator("li")).to_have_count(5)
    expect(found).to_have_attribute("aria-pressed", "true")  # stays chosen in what is found anew
    page.get_by_role("button", name="Reconstruct", exact=True).filter(visible=True).click()
    expect(shown(page, "Encoder, F-AAE")).to_be_visible()
    expect(page.locator(".slot .said").filter(visible=True)).to_have_text(label)

    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    page.goto(
        page.evaluate("navigator.clipboard.readText()").replace("tab=reconstruct", "tab=search")
    )
    expect(page.get_by_label("Look in")).to_have_value(indexed)
    expect(page.get_by_role("spinbutton", name="How many").filter(visible=True)).to_have_value("5")
    expect(page.get_by_role("region", name="F-AAE", exact=True).locator("li")).to_have_count(5)


@pytest.mark.opens("tab=search", **PHONE_PX)
def test_a_phone_shows_what_is_asked_by_and_what_is_found_before_the_controls(page):
    found = page.locator(".results .face")
    expect(found.first).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".slot .face").filter(visible=True)).to_be_in_viewport(ratio=0.9)
    where = page.get_by_label("Look in")
    assert where.bounding_box()["y"] > found.last.bounding_box()["y"]
