"""Directions found without labels, as programs have them."""

import pytest
import torch

from explorer import load_model, verbs
from explorer.verbs.common.codes import training_codes
from explorer.verbs.discover import WAYS, consistencies, find, of_random
from explorer.verbs.edit import directions
from tests.explorer.conftest import CHECKPOINTS
from training.codes.directions import DEFAULT
from training.errors import UserError


@pytest.mark.parametrize("by", WAYS)
def test_directions_are_calibrated_shown_and_taken_by_edit(session, by):
    picture, models = session.examples()[4], session.models
    for model, found in verbs.discover(picture, models, by, 3).items():
        units = torch.nn.functional.normalize(found.vectors, dim=1)
        assert units @ units.T == pytest.approx(torch.eye(3), abs=1e-3)
        spread = (training_codes(model) @ units.T).std(dim=0)
        assert found.vectors.norm(dim=1) == pytest.approx(spread, rel=1e-3)
        assert found.images.shape == (3, 3, 3, 32, 32)
        assert (found.consistency <= 1).all() and 0 < found.of_random < 1
        name = found.attributes[0].name
        edit = verbs.edit(picture, [model], {name: 2.0}, taught=[found.attributes[0]])[model]
        assert edit.effects[name] > 0.2


def test_what_means_the_same_on_other_pictures_is_consistent(session):
    """Known attributes are, random directions less so."""
    for model in session.models:
        known = directions(model, DEFAULT)
        found = consistencies(model, torch.stack([known[n] for n in ("Smiling", "Male", "Bangs")]))
        assert found.min() > 0.9 > of_random(model)


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
