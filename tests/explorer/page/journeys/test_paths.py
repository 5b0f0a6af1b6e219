"""From picture to picture in a browser: three kinds of path, beyond the last one, as a film."""

import time

import av
import pytest
from playwright.sync_api import expect

from explorer.page.tabs import paths
from explorer.pictures.recipe import read_recipe
from tests.explorer.page.journeys.acts import drop, open_tab

KINDS = ("linear", "spherical", "geodesic")


def test_paths_of_both_models_lead_beyond_the_last_picture_and_are_saved_as_a_film(page):
    open_tab(page, "Paths")
    for title in ("F-AAE", "AAE"):
        panel = page.get_by_role("region", name=title, exact=True).filter(visible=True)
        for kind in KINDS:
            expect(panel.get_by_role("group", name=kind)).to_contain_text("Length")
        expect(panel.locator(".frame")).to_have_count(3 * 9)
        expect(panel.locator(".frame.key")).to_have_count(3 * 2)
    expect(page.locator(".latent-chart .key").filter(visible=True)).to_have_count(6)
    expect(page.locator(".filmstrip .running")).to_have_count(0)  # until then frames are replaced
    row = page.locator(".path").first.locator("li")
    for at in (-1, -2):  # what stands under the frames, beside its name
        name, value = (
            each.locator("span").nth(at).bounding_box() for each in (row.first, row.last)
        )
        assert abs(name["y"] - value["y"]) < 2
    page.get_by_label("number input for Reach").fill("1.5")
    page.keyboard.press("Enter")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 13)  # with the geodesics again
    page.get_by_role("button", name="spherical, frame 13, F-AAE").click()
    chosen = page.locator(".filmstrip .enlarged")
    expect(chosen.locator("figure")).to_have_count(6)
    expect(chosen.get_by_role("heading")).to_have_text("spherical path, frame 13")
    pressed = page.locator(".frame[aria-pressed=true]")
    titles = [f"spherical, frame 13, {title}" for title in ("F-AAE", "AAE")]
    assert [each.get_attribute("title") for each in pressed.all()] == titles
    chosen.get_by_role("button", name="To shelf").click()
    expect(
        page.get_by_role("button", name="Use spherical path, frame 13 in the open tab")
    ).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download MP4").click()
    with av.open(str(download.value.path())) as file:
        assert file.streams.video[0].frames == 2 * 13 - 2
    with page.expect_download() as download:
        page.get_by_role("button", name="Download sheet").click()
    assert download.value.suggested_filename == "paths.png"
    assert [way.label for way in read_recipe(download.value.path()).paths] == [*KINDS]


def test_a_search_that_is_stopped_waits_and_goes_on_from_there(page):
    open_tab(page, "Paths")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 9)
    page.get_by_label("number input for Frames").fill("17")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="linear, frame 17, F-AAE").wait_for()
    search = page.locator(".filmstrip .running")
    line, first = search.element_handle(), page.locator(".frame").first.element_handle()
    first.wait_for_element_state("hidden")  # drawn anew, under a line that stays
    assert line.is_visible()
    search.get_by_role("button", name="Stop").click()
    expect(search).to_contain_text("The search for geodesics stopped after")
    expect(search.locator("progress")).to_have_count(0)
    open_tab(page, "Morph")
    open_tab(page, "Paths")
    page.wait_for_timeout(1000)
    expect(search).to_contain_text("stopped after")  # it waits for the visitor
    search.get_by_role("button", name="Go on").click()
    expect(search).to_have_count(0)
    expect(page.locator(".frame")).to_have_count(2 * 3 * 17)


@pytest.mark.parametrize("form", ["gif", "mp4"])
def test_a_film_brings_back_the_page_it_was_saved_from(page, tmp_path, form):
    open_tab(page, "Paths")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 9)
    page.get_by_label("number input for Reach").fill("1.5")
    page.keyboard.press("Enter")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 13)
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {form.upper()}").click()
    path = tmp_path / f"paths.{form}"
    download.value.save_as(path)
    with av.open(str(path)) as film:
        assert len([*film.decode(video=0)]) == 2 * 13 - 2
    assert "reach=1.5" in read_recipe(path).query
    page.keyboard.press("Control+z")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 9)
    open_tab(page, "Reconstruct")
    slot = page.locator(".slot").filter(visible=True).first
    drop(page, slot, path)
    slot.get_by_role("button", name="Restore the page it was saved from").click()
    expect(page.locator(".frame").filter(visible=True)).to_have_count(2 * 3 * 13)


def test_a_film_says_the_page_on_which_its_making_began(page, monkeypatch):
    film = paths.film

    def slowly(*args, **how):
        time.sleep(3)
        return film(*args, **how)

    monkeypatch.setattr(paths, "film", slowly)
    open_tab(page, "Paths")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 9)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download GIF").click()
        open_tab(page, "Sample")
    assert "tab=paths" in read_recipe(download.value.path()).query


def test_where_there_is_no_path_it_is_said_why_and_nothing_can_be_saved(page, photo):
    open_tab(page, "Paths")
    expect(page.locator(".frame")).to_have_count(2 * 3 * 9)
    places = page.locator(".slot").filter(visible=True)
    for at in range(2):  # the same picture
        places.nth(at).locator("input[type=file]").set_input_files(photo)
    expect(page.locator(".frame")).to_have_count(0)
    expect(page.locator(".latent-chart .legend").filter(visible=True)).to_have_count(0)
    expect(page.locator(".filmstrip")).to_contain_text("are equal")
    expect(page.get_by_role("button", name="Download MP4")).to_be_hidden()
    expect(page.get_by_text("Error", exact=True).filter(visible=True)).to_have_count(0)
