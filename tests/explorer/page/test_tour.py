"""The tour and the lesson: what they tell, and that every step sets the page up."""

from urllib.parse import parse_qsl

import orjson
import pytest

from explorer.page import going, link, tour, ui
from explorer.page.components import stamp
from explorer.page.guard.events import Going
from explorer.page.tabs import TABS, attributes
from explorer.session.history import History
from explorer.session.state import Session

STEPS = [*tour.LESSON, *tour.TRY]


@pytest.fixture(scope="module")
def controls() -> set[str]:
    return {*ui.build(Session().root).controls.values()}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_every_step_sets_the_page_up(session, step, controls):
    fields = dict(parse_qsl(step.query))
    assert link.restore(session, fields) == []
    assert session.tab == fields["tab"] in [tab.name for tab in TABS]
    slots = {slot.name for tab in TABS for slot in tab.slots}
    known = {"tab", "set", "models", "edit", "hold", *slots, *controls}
    assert {*fields} <= known
    assert {name for name in fields if name in slots} <= {*session.slots}
    if "edit" in fields:
        assert session.of(attributes.Changes).amounts


def test_a_link_names_a_step_of_the_lesson():
    assert len(tour.LESSON) == 8
    assert tour.fields({"lesson": "4"})["tab"] == "morph"
    for other in ({"tab": "map"}, {"lesson": "9"}, {"lesson": "x"}):
        assert tour.fields(other) == other


def test_undo_leaves_a_step_of_the_lesson_for_the_tab_and_the_step_before(session, navigation):
    history, controls = session.of(History), {}
    for each in navigation.parts.values():
        controls.update(each.controls)
    session.tab = "search"
    history.note(session)
    for step in ("4", "5"):
        going.travel(session, Going(None, {"query": f"lesson={step}"}), controls)
    assert (session.tab, session.of(tour.At).step) == ("sample", 5)
    for tab, step in (("morph", 4), ("search", 0)):
        going.travel(session, Going(None, {"by": -1}), controls)
        assert (session.tab, session.of(tour.At).step) == (tab, step)
    going.travel(session, Going(None, {"to": 2}), controls)
    assert (session.tab, session.of(tour.At).step) == ("sample", 5)


def test_a_lesson_that_is_ended_is_no_step_and_stays_so(session):
    key, history = stamp(session)["key"], session.of(History)
    going.jump(session, {"lesson": "5"}, {})
    history.note(session)
    _, end = tour.servers()
    end({"key": key})
    assert session.of(tour.At).step == 0 and len(history.steps) == 1
    session.labels["Male"] = True
    history.note(session)
    history.go(session, 0)
    assert session.of(tour.At).step == 0


def test_the_tour_draws_both_systems():
    contents, _ = tour.servers()
    told = orjson.loads(contents({}).body)
    drawn = [part for part in told["tour"] if part["drawings"]]
    assert [part["systems"] for part in drawn] == [["aae"], ["faae"]]
    assert all('class="flow"' in part["drawings"] for part in drawn)
    assert len(told["try"]) == 3 and told["lesson"][0]["title"]["say"]
