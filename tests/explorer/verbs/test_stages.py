"""The stages of a reconstruction, and what is found with them."""

import pytest
import torch

from explorer.engine import Model
from explorer.pictures.faces import whole
from explorer.pictures.picture import Picture
from explorer.session.examples import astronaut
from explorer.session.refinement import Refinement
from explorer.verbs import reconstruct
from explorer.verbs.common.stages import first_stage
from training.codes.inversion import OBJECTIVES
from training.measure import domain


def test_how_far_a_picture_is_comes_with_its_first_stage(session):
    photo, model = session.photo(astronaut(), "photo"), session.models[0]
    first_stage(model, photo)
    x = photo.pixels(model.image_size)[None]
    alone = domain.distance(model.domain, domain.features_by(model.network, x))
    assert photo.unlike == {model.name: pytest.approx(float(alone), rel=1e-4)}
    assert float(model.unlikeness(x)) == pytest.approx(float(alone), rel=1e-4)


def test_what_a_refinement_shows_is_encoded_once(session, monkeypatch):
    photo, model = session.photo(astronaut(), "photo"), session.models[0]
    run, seen = Refinement(), []
    run.begin(("any",), reconstruct(photo, [model], steps=0), {})
    encode, z = model.network.encode, model.sample_codes(1)
    monkeypatch.setattr(model.network, "encode", lambda x: seen.append(x) or encode(x))
    run.climb([model], 10, {model.name: z})
    assert len(seen) == 1
    x, objective = run.found[model.name].x, OBJECTIVES[run.objective]
    assert run.least[model.name] == pytest.approx(float(objective(model.network, x, z)), rel=1e-4)


def test_a_crop_that_is_set_meanwhile_is_of_another_picture(session, monkeypatch):
    photo, model, encode = session.photo(astronaut(), "photo"), session.models[0], Model.encode
    crop, before = whole(photo.source), photo.crop

    def slow(model, images):
        photo.cropped(crop)
        return encode(model, images)

    with monkeypatch.context() as patch:
        patch.setattr(Model, "encode", slow)
        found = reconstruct(photo, [model], steps=0)[model]
    assert found.crop == before and photo.crop == crop
    assert photo.codes == photo.unlike == photo.cuts == {}
    assert not torch.equal(found.x[0], photo.pixels(model.image_size))


def test_pixels_of_a_crop_are_not_kept_for_the_next(session, monkeypatch):
    photo = session.photo(astronaut(), "photo")
    square, crop = Picture.square, whole(photo.source)
    photo.cropped(photo.crop)

    def slow(picture):
        found = square.fget(picture)
        picture.cropped(crop)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Picture, "square", property(slow))
        before = photo.pixels(32)
    assert not torch.equal(photo.pixels(32), before)
