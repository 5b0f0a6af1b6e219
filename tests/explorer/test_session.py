"""The state of one visitor."""

import copy
import os
import pickle
import shutil

import pytest
import torch

from explorer.session.examples import astronaut, examples
from explorer.session.state import Session, Unavailable
from tests.explorer.conftest import CHECKPOINTS
from training.errors import UserError


def test_a_session_is_small_and_can_be_copied(session):
    session.keep(session.photo(astronaut(), "photo"))
    session.put("attributes", session.draw(1))
    assert copy.deepcopy(session).shelf[0].label == "photo"
    assert len(pickle.dumps(session)) < 4e6  # pictures and codes, no models


def test_what_is_gone_is_said(session):
    with pytest.raises(Unavailable, match="no longer on the shelf"):
        session.find("nothing")
    with pytest.raises(Unavailable, match="tile is gone"):
        session.tile("sample", 3)


@pytest.mark.parametrize(
    "reference",
    ["sample/0/nan/4/0", "sample/0/inf/4/0", "sample/0/1e39/4/0", "sample/0/1/4/4", "example/-1"],
)
def test_a_link_names_what_can_be(session, reference):
    with pytest.raises(Unavailable, match="do not have"):
        session.refer(reference)


def test_examples_give_way_to_those_of_a_set_of_other_things(session):
    photo = session.photo(astronaut(), "photo")
    for slot, picture in (("reconstruct", session.examples()[0]), ("attributes", photo)):
        session.put(slot, picture)
    session.choose_set("celeba64")
    assert session.slots["reconstruct"].label == "Astronaut (photo: NASA)"
    session.choose_set("mnist32")
    assert session.slots["reconstruct"].label == "Drawn digit 1"
    assert session.slots["attributes"] is photo


def test_colours_that_are_adapted_to_the_models_are_to_those_of_another_set(session):
    photo, other = session.photo(astronaut(), "photo"), session.draw(1)
    session.keep(photo)
    for slot in ("reconstruct", "attributes"):
        session.put(slot, photo)
    session.put("breed", other)
    photo.tone(session.colours)
    before = photo.pixels(32)
    session.choose_set("celeba64")
    assert photo.toned is session.colours and not other.toned
    assert photo.codes == {} and not torch.equal(photo.pixels(32), before)


def test_labels_that_no_compared_model_has_stay(session):
    session.labels = {"Smiling": True, "3": True}
    session.choose_set("digits")
    session.names = ["digits/aae-supervised"]
    session.relabel({"4": True})
    assert session.labels == {"Smiling": True, "4": True}


def test_a_session_compares_models_of_the_set_it_is_given():
    assert Session(str(CHECKPOINTS), "celeba64").names == ["celeba64/faae", "celeba64/aae"]


def test_models_are_read_once_however_their_folder_is_spelt(session):
    other = Session(f"{CHECKPOINTS}/")
    assert other.root == other.models[0].root and other.models == session.models


def test_astronaut_needs_no_network():
    picture = astronaut()
    assert (picture.mode, picture.size) == ("RGB", (512, 512))


def test_models_of_digits_come_with_real_ones():
    pictures = examples(str(CHECKPOINTS), "digits")
    real = [picture.label for picture in pictures if picture.label.startswith("Real")]
    assert real == [f"Real digit {name} (scikit-learn)" for name in range(4)]


def test_two_models_of_one_name_are_said_where_one_would_hide_the_other(tmp_path):
    for place in ("one", "other"):
        (tmp_path / place / "mine").mkdir(parents=True)
        shutil.copytree(CHECKPOINTS / "celeba32/vae", tmp_path / place / "mine" / "vae")
    given = [str(tmp_path / place / "mine" / "vae") for place in ("one", "other")]
    with pytest.raises(UserError, match="would be mine/vae: rename a folder"):
        Session(os.pathsep.join([str(CHECKPOINTS), *given]))
    Session(os.pathsep.join([str(tmp_path / "one"), given[0]]))
