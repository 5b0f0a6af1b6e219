"""The codes of pictures while something else happens to these."""

import torch

from explorer.engine import Model
from explorer.pictures.faces import whole
from explorer.session.examples import astronaut
from explorer.verbs.common.codes import codes


def test_a_crop_that_is_set_meanwhile_has_no_code_of_the_one_before(session, monkeypatch):
    photo, model, refine = session.photo(astronaut(), "photo"), session.models[0], Model.refine
    crop = whole(photo.source)

    def slow(model, images, start, **how):
        photo.cropped(crop)
        return refine(model, images, start, steps=2)

    with monkeypatch.context() as patch:
        patch.setattr(Model, "refine", slow)
        before = codes(model, [photo], refined=True)
    assert photo.codes == photo.refined == {} and photo.crop == crop
    assert not torch.equal(codes(model, [photo]), before)
