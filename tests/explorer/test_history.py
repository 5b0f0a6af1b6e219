"""What was done can be undone and redone, whatever part of the session it concerned."""

import copy
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import torch

from explorer.page.mapped.points import Own
from explorer.page.tabs.discover import Search
from explorer.page.tabs.search import Looking
from explorer.pictures.faces import Crop
from explorer.session import history
from explorer.session.examples import astronaut
from explorer.session.groups import Groups
from explorer.session.history import History
from explorer.session.state import SHELF_LIMIT


@dataclass
class Part:
    """A part's own state, of a kind that the history knows nothing of."""

    amounts: dict[str, float] = field(default_factory=dict, metadata={"said": "amounts"})
    code: torch.Tensor | None = None
    running: int = field(default=0, compare=False)


@dataclass(eq=False)
class Running:
    """Counts what is at work, which undo leaves alone."""

    number: int = 0


@pytest.fixture
def clock(monkeypatch):
    """Every look at the clock is a second after the one before, unless it stands."""
    monkeypatch.setattr(history.time, "monotonic", iter(range(10**6)).__next__)


def done(session, *acts) -> History:
    kept = session.of(History)
    kept.note(session)
    for act in acts:
        act()
        kept.note(session)
    return kept


def test_every_part_of_the_session_goes_back_and_forth(session, clock):
    photo, code = session.photo(astronaut(), "photo"), torch.rand(3)
    whole = photo.crop
    kept = done(
        session,
        lambda: session.keep(photo),
        lambda: session.put("reconstruct", photo),
        lambda: photo.cropped(Crop(1, 2, 100)),
        lambda: session.of(Part).amounts.update(Smiling=2.0),
        lambda: setattr(session.of(Part), "code", code),
        lambda: session.controls.update(seed=7),
        lambda: setattr(session, "names", session.names[:1]),
    )
    assert [step.said for step in kept.steps] == [
        *([], ["shelf"], ["photo"], ["shelf", "photo"]),
        *([("Smiling", None, 2.0)], ["settings"], [("seed", None, 7)], ["models"]),
    ]
    part = session.of(Part)
    part.running = 3
    assert kept.go(session, 2) and part.running == 3
    assert session.slots["reconstruct"].crop == whole and session.shelf[0].crop == whole
    assert session.slots["reconstruct"] is session.shelf[0]  # as before: one picture
    assert (part.amounts, part.code, session.controls) == ({}, None, {})
    assert len(session.names) == 2 and session.of(Part) is part
    assert kept.go(session, 7)
    assert session.slots["reconstruct"].crop == Crop(1, 2, 100)
    assert part.amounts == {"Smiling": 2.0} and torch.equal(part.code, code)
    assert session.controls == {"seed": 7} and len(session.names) == 1
    assert not kept.go(session, 8) and not kept.go(session, -1)


def test_a_step_says_what_of_a_part_is_other(session, clock):
    kept = done(
        session,
        lambda: session.controls.update(steps=50),
        lambda: session.controls.update(steps=100),
        lambda: session.of(Groups).here("celeba32").update({"Group 1": (1, 2)}),
        lambda: setattr(session.of(Looking), "has", ["Male", "Bald"]),
        lambda: session.labels.update(Male=True),
        lambda: setattr(session.of(Search), "picture", session.examples()[0]),
    )
    assert [step.said for step in kept.steps[2:]] == [
        [("steps", 50, 100)],
        [("Groups", (), ("Group 1",))],
        [("Has", (), ("Male", "Bald"))],
        [("Male", None, True)],
        ["settings"],
    ]


def test_a_number_of_a_link_is_that_of_the_page(session, clock):
    session.controls |= {"n": 5.0, "damaged": True}
    kept = done(session, lambda: session.controls.update(n=5))
    assert len(kept.steps) == 1
    done(session, lambda: session.controls.update(n=7, damaged=False))
    assert kept.steps[1].said == [("n", 5, 7), ("damaged", True, False)]


def test_pictures_that_come_and_go_are_said_in_words(session, clock):
    given = session.of(Own).pictures
    kept = done(session, lambda: given.extend(session.examples()[:2]), given.pop, given.clear)
    assert [step.said for step in kept.steps[1:]] == 3 * [["My pictures"]]


def test_what_is_shared_is_not_copied_and_what_changes_is(session):
    photo = session.photo(astronaut(), "photo")
    session.keep(photo)
    session.of(Part).code = code = torch.rand(3)
    step = history.taken(session)
    assert step.held["shelf"][0].source is photo.source and step.own[Part].code is code
    photo.cropped(Crop(1, 2, 100))
    session.of(Part).amounts["Smiling"] = 1.0
    assert step.held["shelf"][0].crop != photo.crop and step.own[Part].amounts == {}


def test_adapted_colours_go_with_the_model_set(session, clock):
    photo = session.photo(astronaut(), "photo")
    kept = done(
        session,
        lambda: session.put("morph", photo),
        lambda: session.slots["morph"].tone(session.colours),
        lambda: session.choose_set("celeba64"),
    )
    for step in (2, 3, 2):
        kept.go(session, step)
        assert session.slots["morph"].toned is session.colours


def test_a_new_step_ends_what_was_undone(session, clock):
    acts = [lambda n=n: session.controls.update(seed=n) for n in range(3)]
    kept = done(session, *acts)
    kept.go(session, 1)
    done(session, lambda: session.controls.update(seed=9))
    assert [step.held["controls"].get("seed") for step in kept.steps] == [None, 0, 9]


def test_a_gesture_is_one_step_and_what_the_page_does_by_itself_none(session, monkeypatch):
    times = iter([0, 1, 1.1, 1.2, 9, 9.1, 9.2, 20, 30])
    monkeypatch.setattr(history.time, "monotonic", times.__next__)
    kept = done(session, *(lambda n=n: session.controls.update(seed=n) for n in range(3)))
    assert len(kept.steps) == 2 and kept.steps[1].said == [("seed", None, 2)]
    with kept.settled():  # a tab opens
        session.labels["Male"] = True
        kept.note(session)  # as of an event that ends meanwhile
        session.put("attributes", session.examples()[0])
        kept.note(session)
    assert len(kept.steps) == 2 and kept.steps[1].held["slots"] and kept.steps[1].held["labels"]
    session.controls.update(seed=9)  # at once after it
    kept.note(session)
    assert len(kept.steps) == 3
    session.tab = "morph"
    session.of(Running).number += 1
    session.of(Part).running += 1
    kept.note(session)
    assert len(kept.steps) == 3
    session.put("attributes", None)
    kept.note(session)
    assert len(kept.steps) == 4 and kept.steps[3].tab == "morph"


def test_what_is_set_by_hand_while_a_tab_opens_is_a_step(session, monkeypatch):
    """And what the tab puts there meanwhile is none, nor does it end the gesture."""
    monkeypatch.setattr(history.time, "monotonic", iter(range(0, 1000, 9)).__next__)
    kept = done(session)
    monkeypatch.setattr(history.time, "monotonic", lambda: 1000)
    with kept.settled():
        session.put("attributes", session.examples()[0])
        for amount in (1.0, 2.0):
            with kept.by_hand(session):
                session.labels["Male"] = True
                session.of(Part).amounts["Smiling"] = amount
    assert len(kept.steps) == 2 and kept.steps[1].left == session.tab
    kept.go(session, 0)
    assert "attributes" in session.slots and not session.labels


def test_what_follows_an_undo_at_once_is_a_step_of_its_own(session, monkeypatch):
    times = iter([0, 1, 2, 2.1, 2.2])
    monkeypatch.setattr(history.time, "monotonic", times.__next__)
    kept = done(session, lambda: session.controls.update(seed=1))
    kept.go(session, 0)
    kept.note(session, belongs=True)
    done(session, lambda: session.controls.update(seed=2))
    assert [step.held["controls"] for step in kept.steps] == [{}, {"seed": 2}]


def test_undo_opens_the_tab_on_which_the_step_was_made(session, clock):
    session.tab = "sample"
    kept = done(session)
    session.tab = "attributes"
    done(session, lambda: session.labels.update(Male=True))
    session.tab = "morph"
    kept.go(session, 0)
    assert session.tab == "attributes" and session.labels == {}
    session.tab = "morph"
    kept.go(session, 1)
    assert session.tab == "attributes" and session.labels == {"Male": True}


def test_steps_and_their_pictures_are_bounded(session, clock, monkeypatch):
    kept = done(session, *(lambda n=n: session.controls.update(seed=n) for n in range(150)))
    assert len(kept.steps) == history.MOST and kept.at == history.MOST - 1
    monkeypatch.setattr(history, "MOST_BYTES", 3 * 512 * 512 * 4)
    for _ in range(8):
        done(session, lambda: session.put("morph", session.photo(astronaut(), "p")))
    sources = {id(each.source) for each in kept.pictures}
    assert len(sources) <= 5 and kept.steps[kept.at].held["slots"]


def test_two_that_note_at_a_time_take_turns(session, clock, monkeypatch):
    """An event that ends, and a control that is dragged: the one's step is not the other's."""
    kept, at_once, most = done(session), [], []
    take = history.taken

    def taken(*given):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.05)
        at_once.pop()
        return take(*given)

    monkeypatch.setattr(history, "taken", taken)
    with ThreadPoolExecutor(4) as threads:
        for number in range(4):
            threads.submit(lambda number=number: session.controls.update(seed=number))
            threads.submit(kept.note, session)
    assert most == [1] * 4 and kept.at == len(kept.steps) - 1
    assert copy.deepcopy(kept).at == kept.at  # as sessions are copied


def test_marked_pictures_stay_on_a_full_shelf(session):
    first, second = session.draw(0), session.draw(1)
    first.marked = True
    for picture in (first, second, *(session.draw(0) for _ in range(SHELF_LIMIT))):
        session.keep(picture)
    assert len(session.shelf) == SHELF_LIMIT and session.shelf[-1] is first
    assert all(each is not second for each in session.shelf)
    for picture in session.shelf:
        picture.marked = True
    assert not session.keep(second) and session.shelf[-1] is first
