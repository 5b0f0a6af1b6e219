"""The verb `restore`, by what it takes."""

import pytest
import torch

from explorer.verbs.restore import put_on
from training.codes.damage import BLUR, DAMAGES, LOW, NOISE
from training.errors import UserError


@pytest.mark.parametrize(("kind", "strength"), [(BLUR, 1e-25), (NOISE, 1e-25), (LOW, 0.001)])
def test_a_strength_that_damages_nothing_gives_a_sentence(session, kind, strength):
    model, picture = session.models[0], session.examples()[1]
    with pytest.raises(UserError, match=rf"^The strength of {kind} is at least .*\.$"):
        put_on(model, picture, kind, strength)
    for enough in (0, DAMAGES[kind].least):
        of = put_on(model, picture, kind, enough)
        assert of.y.isfinite().all()
        assert all(image.isfinite().all() for image in of.plain().values())


@pytest.mark.parametrize("kind", [BLUR, NOISE])
def test_a_picture_that_is_damaged_already_is_not_damaged_again(session, kind):
    model, picture = session.models[0], session.examples()[1]
    of = put_on(model, picture, kind, damaged=True)
    assert torch.equal(of.y[0], picture.pixels(model.image_size)) and of.x is None
