"""The verb `breed`: seeded, in step, and with what is held."""

import pytest
import torch

from explorer.session.programs import answer
from explorer.session.state import Session
from explorer.verbs.breed import ALIKE, NO_PARENT, breed, kept
from explorer.verbs.common.grids import sample_grid
from explorer.verbs.edit import attributes
from tests.explorer.conftest import CHECKPOINTS
from training.errors import UserError


@pytest.fixture
def parents(session):
    return session.draw(1), session.draw(2)


def test_a_seed_gives_the_same_children_of_one_or_two(session, parents):
    for given in (parents[:1], parents):
        one, other = (breed([*given], session.models, count=4, seed=5) for _ in range(2))
        for model in session.models:
            assert torch.equal(one[model].codes, other[model].codes)
            assert one[model].images.shape[0] == 4
        faae, aae = one.values()
        assert torch.equal(faae.codes, aae.codes)  # one prior, so the same children
    assert not torch.equal(breed([parents[0]], session.models, 4, seed=6)[model].codes, aae.codes)


def test_drift_grows_with_the_radius_and_is_from_the_ancestor(session, parents):
    model = session.models[0]
    near, far = (breed([parents[0]], [model], 8, radius)[model] for radius in (0.1, 0.8))
    assert near.drift.max() < 0.2 < far.drift.min() and near.spread < far.spread
    none = breed([parents[0]], [model], 3, 0.0)[model]
    assert none.drift.max() < 1e-3 and none.spread < 1e-3
    other = breed([parents[0]], [model], 3, 0.0, ancestor=parents[1])[model]
    assert other.drift.min() > 0.8


def test_no_child_meets_its_parent_where_that_is_a_sample_of_the_same_seed(session):
    model = session.models[0]
    parent = sample_grid([model], 0, 4, 1.0).picture(0, session.catalogue.models)
    assert breed([parent], [model], 4, 0.3, seed=0)[model].drift.min() > 0.2


def test_what_is_held_is_as_in_the_parent(session, parents):
    (model, _), held = session.models, ["Smiling", "Male"]
    rows = attributes(model, "mean")
    vectors = model.latents.directions["mean"].vectors[[rows[name] for name in held]]
    parent = session.codes([parents[0]], model)
    free, locked = (
        breed([parents[0]], [model], 6, 0.5, hold=names)[model].codes for names in ([], held)
    )
    apart = [((codes - parent) @ vectors.T).abs().max() for codes in (free, locked)]
    assert apart[1] < 0.01 * apart[0]
    assert torch.equal(kept(model, parent, free, []), free)
    with pytest.raises(UserError, match="no attribute 'Grinning'"):
        breed([parents[0]], [model], hold=["Grinning"])


def test_children_keep_a_class_of_a_parent():
    session = Session(str(CHECKPOINTS), "digits", ["digits/aae-supervised"])
    (model,) = session.models
    parents = [session.draw(1), session.draw(4)]
    tails = [session.codes([each], model)[0, -10:] for each in parents]
    for child in breed(parents, [model], 8)[model].codes[:, -10:]:
        assert any(torch.equal(child, tail) for tail in tails)


@pytest.mark.parametrize("pick", [[], [0, 0]])
def test_no_parent_and_equal_parents_are_one_sentence(session, parents, pick):
    with pytest.raises(UserError) as refused:
        breed([parents[each] for each in pick], session.models)
    assert str(refused.value) == (ALIKE if pick else NO_PARENT)


def test_twins_by_another_name_are_equal_parents(session):
    with pytest.raises(UserError, match="same picture"):
        breed([session.draw(1), session.draw(1)], session.models)


def test_programs_breed_files_and_are_told_figures(session, photo):
    found = answer(session, breed, {"pictures": [photo], "count": 2})
    figures = found[session.models[0]].shown().figures
    assert len(figures["drift"]) == 2 and figures["spread"] > 0
