"""Directions found without labels, as programs have them."""

from copy import copy

import pytest
import torch

from explorer import load_model, verbs
from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.verbs.common.codes import codes, training_codes
from explorer.verbs.discover import WAYS, find, shown_along, tried, usual
from explorer.verbs.edit import directions
from tests.explorer.conftest import CHECKPOINTS, few
from training.codes.directions import DEFAULT
from training.errors import UserError


@pytest.mark.parametrize("by", WAYS)
def test_directions_are_calibrated_shown_and_taken_by_edit(session, by):
    picture, models = session.examples()[4], session.models
    for model, found in verbs.discover(picture, models, by, 3).items():
        units, count = torch.nn.functional.normalize(found.vectors, dim=1), len(found.names)
        assert count == 3 or model is not models[0]
        assert units @ units.T == pytest.approx(torch.eye(count), abs=1e-3)
        spread = (training_codes(model) @ units.T).std(dim=0)
        assert found.vectors.norm(dim=1) == pytest.approx(spread, rel=1e-3)
        assert found.images.shape == (count, 3, 3, 32, 32)
        assert (found.consistency <= 1).all() and 0 < found.of_random < 1
        kept = next(each for each in found.attributes if each.name == found.names[0])
        name = kept.name
        edit = verbs.edit(picture, [model], {name: 2.0}, taught=[kept])[model]
        assert edit.effects[name] > 0.2


def test_what_means_the_same_on_other_pictures_is_consistent(session):
    """Known attributes are, random directions less so."""
    for model in session.models:
        known = directions(model, DEFAULT)
        found = tried(model, torch.stack([known[n] for n in ("Smiling", "Male", "Bangs")]))
        assert found.consistency.min() > 0.9 > usual(model)


def test_directions_are_tried_on_the_same_pictures_where_another_map_is_smaller(
    session, monkeypatch
):
    model = session.models[0]
    smaller = copy(model)
    few(smaller, monkeypatch, 1024)
    vectors = torch.stack([*directions(model, DEFAULT).values()][:3])
    for one, other in zip(tried(model, vectors), tried(smaller, vectors), strict=True):
        assert torch.equal(one, other)


def test_a_model_without_encoder_is_looked_at_by_pixels(session):
    gan = load_model("celeba32/gan", CHECKPOINTS)
    found = verbs.discover(None, [gan], "sefa", 2)[gan]
    assert found.consistency.isfinite().all() and found.images.shape[:2] == (2, 3)


def test_a_model_whose_layers_are_not_known_says_so(session, monkeypatch):
    """As a pair of exported networks is one."""
    model = session.models[0]
    monkeypatch.delattr(model.network, "G")
    with pytest.raises(UserError, match="first layer of celeba32/faae is not known"):
        find(model, "sefa", model.sample_codes(1), 2)


def changes(model: Model, pictures: list[Picture], vectors: torch.Tensor) -> torch.Tensor:
    """What directions (K, n) change of pictures on average: (K, F)."""
    along = [shown_along(model, codes(model, [each]), vectors) for each in pictures]
    return torch.stack([each[:, 2] - each[:, 0] for each in along]).mean(dim=0).flatten(1)


@pytest.mark.parametrize("by", WAYS)
def test_directions_of_one_name_do_the_same_in_every_model_also_to_other_pictures(session, by):
    pictures, (first, other) = session.examples(), session.models
    found = verbs.discover(pictures[4], session.models, by, 5)
    names = found[first].names
    assert names == [each.name for each in found[first].attributes]
    assert found[first].likeness.tolist() == pytest.approx([1.0] * 5, abs=1e-4)
    mine = found[first].vectors[[names.index(name) for name in found[other].names]]
    pairs = changes(first, pictures, mine), changes(other, pictures, found[other].vectors)
    alike = torch.cosine_similarity(*pairs, dim=1)
    assert len(alike) >= 2 and alike.min() > 0.5
    assert alike == pytest.approx(found[other].likeness, abs=0.15)
    both = [each.name for each in found[first].attributes if len(each.models) == 2]
    assert both == found[other].names
