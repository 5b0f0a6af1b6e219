"""The handlers of the tab Sample, without a browser."""

import torch

from explorer.page.tabs import sample
from explorer.session.state import Session
from tests.explorer.conftest import CHECKPOINTS


def test_spread_is_shown_where_the_codes_have_a_middle_and_words_are_of_the_prior(session):
    shown, told = sample.spread_said(session, 1.0)
    assert not shown["visible"] and told == ""
    shown, told = sample.spread_said(session, 0.5)
    assert shown["visible"] and "on the sphere" in told
    session.names = ["celeba32/faae", "celeba32/vae"]
    shown, told = sample.spread_said(session, 1.0)
    assert shown["visible"]
    assert told.endswith("VAE: below 1 nearer to the mean, above 1 farther out")


def test_models_of_one_system_and_two_priors_each_say_what_the_spread_does(session):
    session.choose_set("digits")
    session.names = ["digits/aae-labels-mixture", "digits/aae-labels-swiss-roll"]
    assert len({model.title for model in session.models}) == 1
    _, told = sample.spread_said(session, 1.0)
    assert "the centres of the classes" in told and "nearer to the spiral" in told


def test_models_of_one_generator_are_said_to_draw_the_same(session):
    session.names = ["celeba32/gan", "celeba32/inverse"]
    value, _ = sample.show(session, 0, 4, 1.0)
    assert "the same samples, as GAN" in value["panels"][1]["note"]


def test_samples_are_the_same_codes_for_every_model_and_depend_on_the_seed(session):
    first, _ = sample.show(session, 3, 16, 1.0)
    codes = list(session.grids["sample"].codes.values())
    assert torch.equal(codes[0], codes[1])
    again, _ = sample.show(Session(str(CHECKPOINTS)), 3, 16, 1.0)
    other, _ = sample.show(session, 4, 16, 1.0)
    assert first["panels"] == again["panels"]
    assert all(a["src"] != b["src"] for a, b in zip(first["panels"], other["panels"], strict=True))
    near, _ = sample.show(session, 3, 16, 0.2)
    assert near["panels"][0]["src"] != first["panels"][0]["src"]
