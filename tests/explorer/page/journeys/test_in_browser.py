"""What runs in the browser follows the hand there, and the server is asked for nothing."""

import re
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from explorer.pictures.recipe import read_recipe
from tests.explorer.page.journeys.acts import open_tab, shown

NAMES = ("celeba32/faae", "celeba32/aae")
LOADED = "async (names) => Boolean(await Latent.local.with(names))"
PIXELS = """() => [...document.querySelectorAll(".pad canvas")].map((canvas) =>
  [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data].join())"""
RESTED_MS = 600  # controls that rest for `Latent.REST_MS` ask the server
CHANGED = f"(before) => ({PIXELS})().every((each, at) => each !== before[at])"
DRAG = """async (range) => {
  Latent.REST_MS = 5000;  // the server is asked when the slider rests
  const cards = [...document.querySelectorAll(".board .card img")], seen = [];
  const image = cards.find((each) => each.offsetParent);
  for (let step = 1; step <= 20; step++) {
    range.value = step / 10;
    range.dispatchEvent(new Event("input", {bubbles: true}));
    await new Promise((resolve) => setTimeout(resolve, 60));
    seen.push(image.src);
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return [...seen, image.src];
}"""
TILES = """() => [...document.querySelectorAll(".tiles .grid canvas")].map((canvas) =>
  canvas.offsetParent && canvas.toDataURL()).filter(Boolean)"""
STEP = """(range) => {
  Latent.REST_MS = 10000;
  range.value = 0.6;
  range.dispatchEvent(new Event("input", {bubbles: true}));
}"""
APART = """async (sources) => {
  const [one, other] = await Promise.all(sources.map(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    const {width, height} = image, canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, width, height).data;
  }));
  return Math.max(...one.map((each, at) => Math.abs(each - other[at])));
}"""

# an engine whose second worker does not start: which of four models are loaded, by how many workers
BEGUN = """async () => {
  let begun = 0;
  Latent.Worker = class {
    started = ++begun === 2 ? Promise.reject(new Error("no room")) : Promise.resolve();
    ask = async () => null;
  };
  const engine = new Latent.Engine({}), loaded = [];
  for (const name of "abcd") {
    const load = engine.load(name, {decoder: async () => null}, {});
    loaded.push(await load.then(() => true, () => false));
  }
  return [loaded, begun];
}"""

# a browser in which the first model is not told at first: what it gives and says, and how often it
# asked, after each attempt; moves within the pause make none
RETRIED = """async () => {
  Latent.RETRY_MS = 500;
  const badge = Latent.h("div", {class: "networks"}), seen = [];
  let asked = 0;
  Latent.Engine = class {
    started = Promise.resolve();
    models = new Map();
    load = async (name, networks, description) => this.models.set(name, description);
  };
  const pair = async () => {
    if (++asked === 1) throw new Error("no answer");
    return {at: "", files: [], description: {name: "One"}};
  };
  Latent.networks({element: Latent.h("div", {}, badge), server: {pair}});
  for (let attempt = 0; attempt < 3; attempt++) {
    const found = await Latent.local.with(["one"]);
    for (let move = 0; move < 10; move++) Latent.local.now(["one"]);
    seen.push([Boolean(found), asked, badge.textContent]);
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  return seen;
}"""


@pytest.fixture
def pad(page, pairs):
    return opened(page, pairs)


def opened(page, pairs):
    """The pad, once the browser has the models."""
    for name in NAMES:
        pairs(name)
    open_tab(page, "Morph")
    square = page.get_by_role("application", name="Walk between the four corners")
    expect(page.locator(".pad canvas")).to_have_count(2)
    square.hover()
    assert page.evaluate(LOADED, NAMES)
    page.wait_for_timeout(300)
    return square


def walk(page, pad, steps: int = 20) -> None:
    box = pad.bounding_box()
    for step in range(1, steps + 1):
        share = step / (steps + 1)
        page.mouse.move(box["x"] + share * box["width"], box["y"] + (1 - share) * box["height"])
        page.wait_for_timeout(20)


def record(page, pad, **how) -> None:
    page.get_by_role("button", name="Record the walk").click()
    walk(page, pad, **how)
    page.get_by_role("button", name="Stop", exact=True).filter(visible=True).click()


def test_every_model_follows_the_pointer_and_the_server_is_asked_for_nothing(page, pad):
    asked, before = questions(page), page.evaluate(PIXELS)
    walk(page, pad)
    page.wait_for_function(CHANGED, arg=before)
    page.wait_for_timeout(RESTED_MS)
    moved = page.evaluate(PIXELS)
    pad.press("ArrowLeft")
    page.wait_for_function(CHANGED, arg=moved)
    page.wait_for_timeout(RESTED_MS)
    assert asked == []


def test_where_the_browser_cannot_run_models_the_server_draws_and_a_badge_says_so(page):
    page.route("**/*.wasm.gz", lambda route: route.abort())
    open_tab(page, "Morph")
    page.locator(".pad canvas").first.wait_for()
    square = page.get_by_role("application", name="Walk between the four corners")
    square.hover()
    expect(page.get_by_text("drawn by the server")).to_be_visible()
    before = page.evaluate(PIXELS)
    walk(page, square, steps=3)
    page.wait_for_function(
        "(before) => (" + PIXELS + ")().every((each, at) => each !== before[at])", arg=before
    )


def test_a_worker_that_does_not_start_is_begun_anew(page):
    assert page.evaluate(BEGUN) == [[True, True, False, True], 3]


def test_what_could_not_be_loaded_is_tried_anew_after_a_pause(page):
    page.route("**/*.wasm.gz", lambda route: route.abort(), times=1)
    said = "drawn by the server"
    assert page.evaluate(RETRIED) == [[False, 0, said], [False, 1, said], [True, 2, ""]]


def test_a_walk_is_recorded_and_saved(page, pad):
    record(page, pad)
    expect(page.get_by_text("pictures are recorded.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as GIF").click()
    assert download.value.suggested_filename == "walk.gif"
    assert "tab=morph" in read_recipe(download.value.path()).query
    with Image.open(download.value.path()) as film:
        assert film.n_frames > 5 and film.width > 2 * film.height
        shown = film.size
        lasts = sum(each.info["duration"] for each in ImageSequence.Iterator(film)) / 1000
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as MP4").click()
    assert download.value.suggested_filename == "walk.mp4"
    assert "tab=morph" in read_recipe(download.value.path()).query
    with av.open(download.value.path()) as film:
        frames = [(each.time, each.to_ndarray(format="rgb24")) for each in film.decode(video=0)]
    (_, first), *_, (ends, last) = frames
    assert len(frames) > 1 and 0.5 * lasts < ends
    assert first.shape == (shown[1], shown[0], 3) and np.abs(first - last.astype(float)).mean() > 5


def saved_walk(page) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as GIF").click()
    return download.value.path()


def test_a_walk_says_between_which_pictures_it_was_recorded(page, pad):
    record(page, pad, steps=10)
    corner = page.locator(".slot").filter(visible=True).first
    before = corner.locator(".said").text_content()
    corner.get_by_role("button", name="draw a random sample").click()
    expect(corner.locator(".said")).not_to_have_text(before)
    assert read_recipe(saved_walk(page)).slots["corner-0"].label == before


def test_a_walk_is_saved_though_the_server_cannot_say_what_made_it(page, pad):
    def answer(route):
        lost = '"fn_name":"view"' in route.request.post_data
        route.abort() if lost else route.continue_()

    page.route(re.compile("component_server"), answer)
    record(page, pad, steps=10)
    assert read_recipe(saved_walk(page)) is None


def test_a_browser_that_makes_no_mp4_makes_webm_and_says_so(page, pairs):
    page.add_init_script("MediaRecorder.isTypeSupported = (kind) => kind === 'video/webm'")
    page.reload()
    page.get_by_role("heading", name="Encoder").first.wait_for()
    pad = opened(page, pairs)
    record(page, pad, steps=10)
    expect(page.get_by_text("This browser makes films as WebM, not as MP4.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as WebM").click()
    assert download.value.suggested_filename == "walk.webm"
    assert "tab=morph" in read_recipe(download.value.path()).query
    with av.open(download.value.path()) as film:
        assert len([*film.decode(video=0)]) > 1


def questions(page) -> list[str]:
    """What the page's scripts ask the server from now on, besides contents that events have told
    them of, which may come late."""
    asked = []

    def note(request):
        if "component_server" in request.url and '"fn_name":"take"' not in request.post_data:
            asked.append(request.post_data)

    page.on("request", note)
    return asked


def test_sliders_are_followed_in_the_browser_until_they_rest(page, pairs):
    for name in NAMES:
        pairs(name)
    open_tab(page, "Attributes")
    changed = shown(page, "Changed, F-AAE")
    changed.wait_for()
    assert page.evaluate(LOADED, NAMES)
    asked, before = questions(page), changed.get_attribute("src")
    slider = page.get_by_role("slider", name="Smiling, standard deviations")
    seen = slider.evaluate(DRAG)
    assert len(set(seen)) > 5 and before != seen[-1]
    assert not asked
    expect(page.get_by_text("Smiling +2")).to_be_visible()
    assert asked
    assert apart(page, seen[-1], changed.get_attribute("src")) <= 1


def test_samples_walk_to_those_of_the_next_seed(page, pairs):
    for name in NAMES:
        pairs(name)
    open_tab(page, "Sample")
    walk = page.get_by_role("slider", name="Walk from seed 0 to 1")
    assert page.evaluate(LOADED, NAMES)
    walk.fill("0.5")  # from now on the page has the codes of both seeds
    page.get_by_role("button", name="Sample 0·1, 50 % towards 1, AAE").wait_for()
    page.evaluate("Latent.settled()")
    asked, before = questions(page), page.evaluate(TILES)
    walk.evaluate(STEP)
    page.wait_for_function(
        f"(before) => ({TILES})().every((a, at) => a !== before[at])", arg=before
    )
    assert not asked
    page.get_by_role("button", name="Sample 0·1, 60 % towards 1, AAE").wait_for()
    page.get_by_label("Seed", exact=True).fill("1")
    page.get_by_role("button", name="Sample 1·1, AAE", exact=True).wait_for()
    expect(page.get_by_role("slider", name="Walk from seed 1 to 2")).to_have_value("0")


def test_an_empty_spot_of_a_map_is_decoded_with_a_mark_of_trust_and_kept(page, pairs, session):
    for name in NAMES:
        pairs(name)
    open_tab(page, "Latent map")
    chart = page.locator(".map .chart").first
    chart.locator("canvas").wait_for()
    assert page.evaluate(LOADED, NAMES)
    page.wait_for_timeout(500)
    asked = questions(page)
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 12)  # a corner, which no picture lies in
    hover = page.locator(".hover")
    expect(hover).to_contain_text("Between 8 pictures of the map")
    expect(hover.locator(".trust")).to_have_count(2)
    assert not asked
    told = [float(text.split(" ×")[0]) for text in hover.locator(".trust").all_inner_texts()]
    page.mouse.click(box["x"] + 12, box["y"] + 12)
    for title in ("F-AAE", "AAE"):
        expect(shown(page, f"Between 8 pictures of the map, {title}")).to_be_visible()
    kept = page.locator(".board .stats").filter(visible=True).all_inner_texts()
    said = [float(text.split("\n")[-1].split(" ×")[0]) for text in kept]
    assert said == pytest.approx(told, abs=0.11)


def apart(page, one: str, other: str) -> int:
    """How far two pictures differ, in levels of 255."""
    return page.evaluate(APART, [one, other])
