"""The tour and the lesson: what they tell, and that every step sets the page up."""

from urllib.parse import parse_qsl

import orjson
import pytest

from explorer.page import link, tour, ui
from explorer.page.tabs import TABS, attributes
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


def test_the_tour_draws_both_systems():
    (contents,) = tour.servers()
    told = orjson.loads(contents({}).body)
    drawn = [part for part in told["tour"] if part["drawings"]]
    assert [part["systems"] for part in drawn] == [["aae"], ["faae"]]
    assert all('class="flow"' in part["drawings"] for part in drawn)
    assert len(told["try"]) == 3 and told["lesson"][0]["title"]["say"]
