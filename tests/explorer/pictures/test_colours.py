"""What a picture's colours say of whether models know its like, and how they are adapted."""

import pytest
import torch

from explorer.pictures.colours import Colours, statistics
from explorer.session.examples import astronaut, colours
from explorer.session.state import Session
from tests.explorer.conftest import CHECKPOINTS


@pytest.fixture(scope="module")
def known() -> Colours:
    return colours(str(CHECKPOINTS), "celeba32")


@pytest.fixture(scope="module")
def face():
    return Session(str(CHECKPOINTS)).photo(astronaut(), "photo").pixels(32)


def test_a_face_in_colour_is_known_and_grey_dark_and_flat_ones_are_not(known, face):
    assert known.unlike(face) == []
    assert "greyer" in known.unlike(face.mean(0, keepdim=True).expand(3, -1, -1))
    assert "darker" in known.unlike(0.2 * face)
    assert "lower in contrast" in known.unlike(0.5 + 0.2 * (face - 0.5))


def test_adapted_colours_have_the_means_and_deviations_of_the_known(known, face):
    near = known.near(0.4 * face.mean(0, keepdim=True).expand(3, -1, -1))
    assert known.unlike(near) == [] and near.min() >= 0 and near.max() <= 1
    assert (near.mean((1, 2)) - known.mean).abs().max() < 0.03  # but for what is clipped


def test_statistics_of_flat_pictures_are_above_zero():
    assert (statistics(torch.zeros(2, 3, 8, 8)) > 0).all()
