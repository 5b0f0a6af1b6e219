"""Controls that are dragged, on a slow server: what is shown in the end is what was set last."""

import itertools
import time

import pytest
from playwright.sync_api import expect

from explorer.page.components import wire
from explorer.page.tabs import attributes, reconstruct, sample
from tests.explorer.page.journeys.acts import open_tab, shown

# a quick drag of a slider; gives the last value, and what the picture is said to be in the end
DRAG = """async (range, turn) => {
  for (let step = 0; step < 25; step++) {
    range.value = (2.5 + 2 * Math.sin(step / 4 + turn)).toFixed(1);
    range.dispatchEvent(new Event("input", {bubbles: true}));
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
  await Latent.lines.attributes.busy;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const notes = [...document.querySelectorAll(".board .row .note")];
  return [Number(range.value), notes.find((note) => note.offsetParent).textContent];
}"""

# a component whose server has each content once, and which is given these names; what it then shows
SHOWN = """async (names) => {
  const react = [], contents = {"1-a": {serial: 1}, "2-b": {serial: 2}, "3-c": "",
    "4-d": {serial: 9, key: "one"}, "5-e": {serial: 1, key: "another"}};
  const props = {value: names[0]};
  const take = async (name) => {
    const content = contents[name] ?? null;
    delete contents[name];
    return content;
  };
  const rest = {props, server: {take}, watch: (_, each) => react.push(each)};
  let shown;
  Latent.mount(({props}) => { shown = props; }, rest);
  for (const name of names) {
    props.value = name;
    react.forEach((each) => each());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return shown.value?.serial ?? shown.value;
}"""

# what is said as events tell of sessions by these keys
MET = """(keys) => {
  const {met, toast} = Latent, said = [];
  Object.assign(Latent, {met: new Set(), toast: (text) => said.push(text)});
  keys.forEach((key) => Latent.meet(key));
  Object.assign(Latent, {met, toast});
  return said;
}"""

# how often a component of a kind, with this value, says that its square was let go, when a key that
# moves it is held
HELD = """async ([kind, value]) => {
  let placed = 0;
  const element = Latent.h("div", {}, Latent.h("div", {class: kind}));
  Latent.lines.held = {ask: async () => null, show: () => {}};
  const trigger = () => placed++, watch = () => {};
  Latent[kind]({element, props: {value}, trigger, watch, to: "held", side: 8});
  const square = element.querySelector(".square"), press = {key: "ArrowRight"};
  for (let at = 0; at < 5; at++) square.dispatchEvent(new KeyboardEvent("keydown", press));
  await Latent.lines.held.busy;
  await new Promise((resolve) => setTimeout(resolve));
  delete Latent.lines.held;
  return placed;
}"""
SQUARES = {
    "crop": {"width": 90, "height": 90, "crop": {"x": 9, "y": 9, "side": 50, "angle": 0}},
    "region": {"box": [0.1, 0.1, 0.5, 0.5], "mask": "", "shown": True},
}

# a control's line whose first answer cannot be shown, and a script whose first request fails: how
# each ends, and then the next
AFTER_FAILURE = """async (url) => {
  let shown = 0;
  const line = Latent.lines.broken = {ask: async ({serial}) => ({serial}), show: ({serial}) => {
    if (serial === 1) throw new Error("not shown");
    shown = serial;
  }};
  const ends = async (work) => work.then(() => "done", () => "failed");
  const seen = [await ends(Latent.ask("broken", {serial: 1})), await ends(Latent.settled())];
  seen.push(await ends(Latent.ask("broken", {serial: 2})), shown, await ends(Latent.script(url)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  return [...seen, await ends(Latent.script(url))];
}"""

# how requests end, of which the first fails while two others wait, and a fourth; what is drawn
NEWEST = """async () => {
  const drawn = [], ask = Latent.newest(async (at) => {
    await new Promise((resolve) => setTimeout(resolve));
    if (at === 1) throw new Error("not drawn");
    drawn.push(at);
  });
  const ends = async (at) => ask(at).then(() => "done", ({message}) => message);
  const first = await Promise.all([1, 2, 3].map(ends));
  return [first, await ends(4), drawn];
}"""

# a control's line whose answers are partial while it moves: what is asked, with whether it moves
# still, when it was set twice in turn, and once more after a rest
PARTIAL = """async () => {
  const asked = [], line = Latent.lines.partial = {show: () => {}, ask: async (parts, moving) => {
    asked.push([parts.at ?? null, moving]);
    return {serial: asked.length, partial: moving};
  }};
  const rest = (share) => new Promise((resolve) => setTimeout(resolve, share * Latent.REST_MS));
  await Latent.ask("partial", {at: 1});
  await rest(0.5);
  await Latent.ask("partial", {at: 2});
  const settled = [...asked];
  await rest(2);
  const followed = Latent.upToDate("partial", {serial: 2});  // what came between counts still
  line.local = () => true;  // drawn in the browser from here on
  await Latent.ask("partial", {at: 3});
  await rest(2);
  return [settled, asked.slice(2), followed];
}"""


def test_what_was_left_out_while_a_control_moved_is_asked_when_it_rests(page):
    settled, rested, followed = page.evaluate(PARTIAL)
    assert settled == [[1, True], [2, True]] and rested == [[None, False], [3, False]] and followed


def test_what_failed_once_does_not_fail_for_ever(page):
    page.route("**/late.js", lambda route: route.fulfill(body=""))
    page.route("**/late.js", lambda route: route.abort(), times=1)
    ends = page.evaluate(AFTER_FAILURE, "/late.js")
    assert ends == ["failed", "done", "done", 2, "failed", "done"]


def test_the_newest_request_is_drawn_though_the_one_before_failed(page):
    assert page.evaluate(NEWEST) == [["not drawn"] * 3, "done", [3, 4]]


def test_a_content_that_is_told_of_again_or_late_replaces_no_later_one(page):
    assert page.evaluate(SHOWN, ["1-a", "2-b", "1-a"]) == 2
    assert page.evaluate(SHOWN, ["1-a", "3-c"]) == ""
    assert page.evaluate(SHOWN, ["3-c", "2-b"]) == ""
    assert page.evaluate(SHOWN, ["1-a", None]) is None
    assert page.evaluate(SHOWN, ["2-b", None, "1-a"]) is None
    assert page.evaluate(SHOWN, ["1-a", ""]) == 1  # what gradio begins with, told late


def test_what_the_server_tells_after_it_has_lost_the_session_is_shown_and_said_once(page):
    assert page.evaluate(SHOWN, ["4-d", "5-e"]) == 1
    assert page.evaluate(MET, ["a", "a"]) == []
    said = ["The server has started anew: reload the page."]
    assert page.evaluate(MET, ["a", "b", "a", "b"]) == said


@pytest.mark.parametrize("kind", SQUARES)
def test_a_key_that_is_held_lets_a_square_go_once(page, kind):
    assert page.evaluate(HELD, [kind, SQUARES[kind] | {"src": "data:,"}]) == 1


def test_models_that_could_not_be_chosen_are_shown_as_they_were(page):
    page.get_by_text("50 of 50 steps").wait_for()
    page.wait_for_timeout(1000)  # nothing else is asked by then
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={}), times=1)
    box = page.get_by_role("checkbox", name="VAE", exact=True)
    box.click()
    expect(box).not_to_be_checked()
    expect(page.locator("body.latent-busy")).to_have_count(0)
    box.click()
    expect(page.locator(".model.on").get_by_text("VAE", exact=True)).to_be_visible()


def test_an_earlier_answer_that_comes_late_is_not_the_last(page, monkeypatch):
    draw = sample.draw

    def slow_at_first(session):
        drawn = draw(session)
        time.sleep(0 if session.of(sample.Drawn).seed else 3)
        return drawn

    monkeypatch.setattr(sample, "draw", slow_at_first)
    open_tab(page, "Sample")
    page.get_by_label("Seed", exact=True).fill("5")
    page.get_by_role("button", name="Sample 5·1, AAE").wait_for()
    page.wait_for_timeout(4000)
    expect(page.get_by_role("button", name="Sample 5·1, AAE")).to_be_visible()


def test_a_drag_ends_on_the_picture_of_its_last_value(page, monkeypatch):
    edited, slow = attributes.edited, itertools.cycle([0.3, 0, 0.02, 0.15])

    def slowly(*asked):
        time.sleep(next(slow))
        return edited(*asked)

    monkeypatch.setattr(attributes, "edited", slowly)
    open_tab(page, "Attributes")
    shown(page, "Changed, F-AAE").wait_for()
    slider = page.get_by_role("slider", name="Smiling, standard deviations")
    ends = [slider.evaluate(DRAG, turn) for turn in range(20)]
    assert [note for _, note in ends] == [f"Smiling {value:+g}" for value, _ in ends]


def test_the_crop_ends_where_it_was_let_go(page, monkeypatch):
    encoded, slow = reconstruct.encoded, itertools.cycle([0.3, 0, 0.1])

    def slowly(*asked):
        time.sleep(next(slow))
        return encoded(*asked)

    monkeypatch.setattr(reconstruct, "encoded", slowly)
    page.get_by_role("button", name="Correct the crop").click()
    square = page.get_by_role("application", name="The crop")
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + box["width"] / 2 + 5 * step, box["y"] + box["height"] / 2)
    page.mouse.up()
    left = float(page.get_by_label("Left", exact=True).input_value())
    square.press("Control+=")  # enlarges the page, in a window
    assert float(page.get_by_label("Left", exact=True).input_value()) == left
    angle = page.get_by_label("Turn °", exact=True)
    before = angle.input_value()
    square.press("Alt+[")  # as on a German keyboard of a Mac
    expect(angle).not_to_have_value(before)
    square.press("Control+Alt+]")  # and of others
    expect(angle).to_have_value(before)
    expect(page.get_by_text("The crop was set by hand.")).to_be_visible()
    page.wait_for_function("!Latent.lines.reconstruct.busy")
    slots = [session.slots.get("reconstruct") for session in wire.SESSIONS.values()]
    kept = [slot.crop for slot in slots if slot and slot.crop]
    by_hand = [crop for crop in kept if crop.message.startswith("The crop")]
    assert any(abs(crop.x - left) < 1 for crop in by_hand)


def test_a_refinement_is_walked_back_and_seen_against_the_original(page):
    page.get_by_text("50 of 50 steps").wait_for()
    refined, slider = shown(page, "Refined, F-AAE"), page.get_by_label("Step of the refinement")
    last = refined.get_attribute("src")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowLeft")
    expect(page.get_by_text("step 10 of 50")).to_be_visible()
    assert refined.get_attribute("src") != last
    page.get_by_text("Original under a slider").click()
    over = page.get_by_label("How much of the original is seen, from the left").filter(visible=True)
    expect(over).to_have_count(4)
    over.first.evaluate("(each) => { each.value = 20; each.dispatchEvent(new Event('input')); }")
    assert over.last.input_value() == "20"
    page.get_by_text("Difference").click()
    expect(over).to_have_count(0)
    slider.press("End")
    expect(refined).to_have_attribute("src", last)


def test_what_is_set_before_a_view_has_its_content_is_asked(page):
    asked = page.evaluate("""async () => {
      const asked = [], ask = async (given) => (asked.push(given), null);
      const server = {take: () => new Promise(() => {}), ask};  // no content ever comes
      Latent.mount(() => {}, {props: {value: "late"}, watch: () => {}, server, grid: "early"});
      await Latent.ask("early", {spread: 1});
      delete Latent.lines.early;
      return asked;
    }""")
    assert [each["parts"] for each in asked] == [{"spread": 1}] and asked[0]["key"]
