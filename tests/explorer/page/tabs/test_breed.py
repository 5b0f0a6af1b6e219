"""The handlers of the view Breed, without a browser."""

import gradio as gr
import pytest

from explorer.page import link
from explorer.page.tabs import breed
from explorer.pictures.faces import Crop
from explorer.session import history
from explorer.session.examples import astronaut
from explorer.session.state import Session, Unavailable
from explorer.verbs.breed import ALIKE, NO_PARENT
from explorer.verbs.common.options import MOST_SEED
from tests.explorer.conftest import CHECKPOINTS, event
from training.errors import UserError

INPUTS = (0.4, 4, 0)


@pytest.fixture
def bred(session):
    """With the children of one parent."""
    session.tab = breed.NAME
    session.put("parent-0", session.draw(1))
    breed.show(session, *INPUTS)
    return session


def family(session: Session) -> list[tuple[int, int]]:
    members = session.of(breed.Family).members.values()
    return [(member.generation, len(member.parents)) for member in members]


def test_children_become_parents_and_the_tree_knows_whose(bred):
    breed.choose(bred, event(grid="breed", index=2))
    *slots, tiles, tree, said = breed.go_on(bred, *INPUTS)
    assert slots[0]["label"] == "Child 3 of generation 1" and not slots[1]["src"]
    assert said == "" and tiles["labels"][0] == "Child 1 of generation 2"
    assert family(bred) == [(0, 0), (1, 1)]
    assert [each["chosen"] for each in tree] == [False, True]
    assert tree[1]["parents"] == [tree[0]["id"]]
    breed.choose(bred, event(grid="breed", index=0))
    *_, tree, _ = breed.go_on_crossed(bred, *INPUTS)
    assert family(bred) == [(0, 0), (1, 1), (2, 1)]
    assert [each["chosen"] for each in tree] == [False, True, True]
    breed.choose(bred, event(grid="breed", index=1))
    breed.go_on(bred, *INPUTS)
    assert family(bred)[3] == (3, 2)
    *slots, _, tree, _ = breed.go_back(bred, *INPUTS, event(id=tree[0]["id"]))
    assert tree[0]["chosen"] and len(tree) == 4
    with pytest.raises(Unavailable, match="no longer in the family"):
        breed.go_back(bred, *INPUTS, event(id="gone"))


def test_the_brood_after_the_last_is_one_that_there_is():
    assert all(breed.following(seed) <= MOST_SEED for seed in (None, 0, MOST_SEED))


def test_the_drift_is_from_the_ancestor_and_the_note_says_it(bred):
    drifts = []
    for _ in range(3):
        tiles, *_ = breed.show(bred, *INPUTS[:2], 10 + len(drifts))
        note = tiles["panels"][0]["note"]
        assert note.startswith("drift from the ancestor") and "spread" in note
        drifts.append(float(note.split()[4].rstrip(",")))
        breed.choose(bred, event(grid="breed", index=0))
        breed.go_on(bred, *INPUTS[:2], 9)
    assert drifts[0] < drifts[1] < drifts[2]


def test_a_parent_that_is_cropped_elsewhere_stays_in_the_family(session):
    example = session.examples()[0]
    for slot in ("parent-0", "reconstruct"):
        session.put(slot, example)
    breed.show(session, 0.3, 4, 0)
    breed.choose(session, event(grid="breed", index=0))
    breed.go_on(session, 0.3, 4, 0)
    before = example.id
    example.cropped(Crop(0, 0, 60))
    assert example.id != before
    breed.show(session, 0.3, 4, 1)
    assert [each.picture.id for each in breed.relatives(session, [])][0] == before


def test_a_new_brood_begins_with_no_child_chosen(bred):
    radius, count, seed = INPUTS
    brood = bred.of(breed.Born).name
    breed.choose(bred, event(grid="breed", index=1))
    assert breed.show(bred, radius / 2, count, seed)[0]["of"] == brood
    assert breed.child(bred).label == "Child 2 of generation 1"
    assert breed.show(bred, radius, count, seed + 1)[0]["of"] != brood
    with pytest.raises(UserError, match="Choose a child first"):
        breed.child(bred)
    breed.choose(bred, event(grid="breed", index=1))
    breed.go_on(bred, radius, count, seed + 1)
    with pytest.raises(UserError, match="Choose a child first"):
        breed.child(bred)


@pytest.mark.parametrize("twice", [False, True])
def test_what_is_wrong_with_the_parents_is_one_sentence(session, twice):
    if twice:
        one = session.draw(1)
        session.put("parent-0", one)
        session.put("parent-1", one)
    tiles, _, said, _ = breed.show(session, *INPUTS)
    assert said == (ALIKE if twice else NO_PARENT) and "panels" not in tiles
    assert breed.show(session, *INPUTS)[0] == gr.skip()
    session.slots.clear()
    for act in (breed.go_on, breed.go_on_crossed):
        with pytest.raises(UserError, match="no parent"):
            act(session, *INPUTS)


def test_what_is_held_goes_into_a_link_and_only_what_models_have(bred):
    tiles, *_ = breed.held_by(bred, ["Smiling"], *INPUTS)
    assert tiles["panels"]
    other = Session(str(CHECKPOINTS))
    breed.unpack(other, breed.pack(bred))
    assert other.of(breed.Family).held == ["Smiling"]
    breed.unpack(other, {"lock": "Grinning,Male"})
    assert other.of(breed.Family).held == ["Male"]
    query = dict(each.split("=") for each in link.query(bred, {}).split("&"))
    assert query["tab"] == "breed" and query["parent-0"] == "sample/1/1/1/0"


def test_what_can_be_held_is_what_the_compared_models_know(bred):
    every = {name for model in bred.models for name in breed.known(model)}
    breed.held_by(bred, ["Smiling", "Male"], *INPUTS)
    assert breed.show(bred, *INPUTS)[-1] == gr.skip()  # more may be picked by now
    for model_set, offered, held in (
        ("mnist32", set(), []),
        ("celeba32", every, ["Smiling", "Male"]),
    ):
        bred.choose_set(model_set)
        *_, update = breed.show(bred, *INPUTS)
        assert {name for _, name in update["choices"]} & every == offered
        assert update["value"] == held == breed.held(bred)


def test_a_generation_can_be_undone(bred, monkeypatch):
    monkeypatch.setattr(history.time, "monotonic", iter(range(100)).__next__)
    kept = bred.of(history.History)
    kept.note(bred)
    breed.choose(bred, event(grid="breed", index=0))
    breed.go_on(bred, *INPUTS)
    kept.note(bred)
    assert kept.go(bred, 0)
    assert family(bred) == [(0, 0)] and bred.slots["parent-0"].label == "Sample 1·1"


def test_a_parent_that_joins_again_after_an_undo_is_not_its_own_child(session):
    parent = session.draw(1)
    session.put("parent-0", parent)
    breed.show(session, 0.0, 2, 0)  # children with the code of their parent
    child = session.tile(breed.NAME, 0)
    session.put("parent-0", child)
    breed.show(session, 0.0, 2, 0)
    session.of(breed.Family).members.clear()  # as an undo does
    for picture in (parent, child):
        session.put("parent-0", picture)
        *_, said, _ = breed.show(session, 0.0, 2, 1)
        assert said == ""
    members = session.of(breed.Family).members
    assert all(each.picture.id not in each.parents for each in members.values())


def test_the_oldest_are_forgotten_but_for_the_parents_in_the_slots(bred, monkeypatch):
    monkeypatch.setattr("explorer.session.family.MOST", 3)
    first = bred.slots["parent-0"]
    for seed in range(2, 6):
        bred.put("parent-1", bred.draw(seed))
        *_, said, _ = breed.show(bred, *INPUTS)
        assert said == ""
    labels = [each.label for each in bred.of(breed.Family).pictures]
    assert labels == [first.label, "Sample 4·1", "Sample 5·1"]


def test_children_whose_parents_codes_are_looked_for_are_gone_until_then(session):
    session.faithful = True
    session.put("parent-0", session.examples()[1])
    breed.show(session, *INPUTS)
    breed.choose(session, event(grid="breed", index=0))
    with pytest.raises(Unavailable, match="tile is gone"):
        breed.go_on(session, *INPUTS)
    breed.complete(session, *INPUTS)
    breed.go_on(session, *INPUTS)
    assert session.slots["parent-0"].label == "Child 1 of generation 1"


def test_every_generation_varies_on_its_own(bred):
    """Else all would go towards the strangers of the first brood."""
    model, steps = bred.models[0], []
    for seed in range(3):
        breed.choose(bred, event(grid="breed", index=0))
        parent = bred.slots["parent-0"].codes[model.name]
        steps.append(bred.grids["breed"].codes[model.name][0] - parent)
        *slots, _, _, _ = breed.go_on(bred, *INPUTS[:2], seed)
        assert slots[2] == bred.controls["brood"] == seed + 1
    one, two, three = (step / step.norm() for step in steps)
    assert max(one @ two, two @ three, one @ three) < 0.5


def test_a_child_has_to_be_chosen_and_to_be_there(bred):
    with pytest.raises(UserError, match="Choose a child first"):
        breed.go_on(bred, *INPUTS)
    breed.choose(bred, event(grid="breed", index=3))
    breed.show(bred, INPUTS[0], 2, 0)  # fewer children
    with pytest.raises(UserError, match="Choose a child first"):
        breed.go_on_crossed(bred, INPUTS[0], 2, 0)
    breed.choose(bred, event(grid="breed", index=1))
    del bred.slots["parent-0"]
    breed.show(bred, *INPUTS)
    assert breed.NAME not in bred.grids


def test_a_link_says_which_held_attributes_are_not_here(bred):
    lacks = breed.unpack(bred, {"lock": "Male,Bogus"})
    assert lacks == ["the attribute 'Bogus'"] and bred.of(breed.Family).held == ["Male"]


def test_the_drift_in_the_tree_is_that_of_the_tiles_with_refined_codes_too(session):
    session.faithful = True
    photo = session.photo(astronaut(), "photo")
    session.put("parent-0", photo)
    for model in session.models:
        session.codes([photo], model)  # which takes seconds
    breed.show(session, 0.0, 4, 0)
    breed.choose(session, event(grid="breed", index=0))
    breed.go_on(session, 0.0, 4, 0)
    child = session.slots["parent-0"]
    (drift,) = [e.said for e in breed.relatives(session, [child]) if e.picture.id == child.id]
    assert drift == "0.00"
