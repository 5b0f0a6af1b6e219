"""A visitor's own attributes, in models that learn them later."""

import pytest
import torch

from explorer.session.attributes import MOST, Lesson, Own, Place, Side
from explorer.verbs.common.attributes import Attribute, Known
from explorer.verbs.common.codes import training_codes
from explorer.verbs.discover import MOST as MOST_FOUND
from explorer.verbs.discover import aligned, as_attribute, find, tried
from training.codes.directions import DEFAULT
from training.errors import UserError

LONG_AND_SHORT = "aae-supervised", "aae-labels-mixture"


def test_a_model_with_shorter_codes_has_fewer_directions(session):
    session.choose_set("digits")
    long, short = (session.catalogue.models[f"digits/{name}"] for name in LONG_AND_SHORT)
    picture, own = session.draw(1), session.of(Own)
    vectors = find(long, "pca", training_codes(long)[:1], MOST_FOUND)
    tries = tried(long, vectors)
    wanted = tries.change[:5]
    lines = {long: aligned(long, vectors, tries, wanted)}
    for at in range(5):
        own.add(as_attribute(f"{at}", lines, at), Place("pca", at, picture, wanted))
    assert [*own.directions(long, DEFAULT)] == ["0", "1", "2", "3", "4"]
    assert short.latent_size == 2 and len(own.directions(short, DEFAULT)) <= 2


def test_rows_of_one_model_set_are_no_pictures_of_another(session):
    here, there = (session.catalogue.models[name] for name in ("celeba32/faae", "cifar32/faae"))
    side = Side(group="Group 1", rows=(3, 8), model_set="celeba32")
    assert torch.equal(side.codes(here), here.latents.codes[[3, 8]])
    with pytest.raises(UserError, match="has not mapped these pictures"):
        side.codes(there)
    with pytest.raises(UserError, match="has not mapped these pictures"):
        Side(rows=(len(here.latents.codes),), model_set="celeba32").codes(here)


def test_there_is_room_for_so_many_attributes(session):
    own = session.of(Own)
    for number in range(MOST):
        own.add(Attribute(name=own.named(f"Mine {number}", session.models), models={}))
    with pytest.raises(UserError, match=r"^At most 40 attributes fit here: remove one .*\.$"):
        own.named("Mine too", session.models)


def test_an_attribute_may_come_while_another_is_learned(session):
    """As where a picture is looked at while one is kept."""
    own, (model, *_) = session.of(Own), session.models
    empty = Attribute(name="Slow", models={})

    class Slow(Lesson):
        def learned(self, model, own_directions):
            own.add(Attribute(name="Quick", models={}))
            return Known(model=model.name, directions={})

    own.add(empty, Slow())
    assert [each.name for each in own.of([model])] == ["Slow", "Quick"]
