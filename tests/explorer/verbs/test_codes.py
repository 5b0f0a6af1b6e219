"""The codes of pictures while something else happens to these."""

import torch

from explorer.catalogue import load_model
from explorer.engine import Model
from explorer.pictures.faces import whole
from explorer.session.examples import astronaut
from explorer.verbs.common.codes import codes
from explorer.verbs.common.grids import sampled
from tests.explorer.conftest import CHECKPOINTS


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


def test_a_sample_shares_the_codes_that_drew_it_alone(session):
    vae, wae = (load_model(f"celeba32/{name}", CHECKPOINTS) for name in ("vae", "wae"))
    picture = session.draw(0)  # by models with another prior
    encoded = wae.encode(picture.pixels(wae.image_size)[None])[0]
    assert not torch.equal(codes(vae, [picture])[0], codes(wae, [picture])[0])
    assert torch.equal(picture.codes[wae.name], encoded)
    picture = sampled([vae], 0)
    assert torch.equal(codes(wae, [picture])[0], picture.codes[vae.name])


def test_refined_codes_that_got_better_are_seen(session):
    photo, session.faithful = session.photo(astronaut(), "photo"), True
    for slot in ("reconstruct", "attributes"):  # the former's tab shows how they get better
        session.put(slot, photo)
        session.seen(slot, slots=[slot])
    for steps, seen in ((50, True), (60, False)):
        photo.refined["celeba32/faae"] = (torch.zeros(256), steps)
        assert session.seen("attributes", slots=["attributes"]) is seen
        assert session.seen("reconstruct", slots=["reconstruct"])
