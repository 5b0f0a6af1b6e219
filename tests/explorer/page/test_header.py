"""The header: the model set, its models, refined codes."""

import shutil

import torch

from explorer.catalogue import titles
from explorer.page import header
from explorer.page.tabs import attributes
from explorer.session.examples import astronaut
from explorer.session.state import Session
from tests.explorer.conftest import CHECKPOINTS, event


def test_faithful_codes_come_closer_and_other_tabs_use_them(session):
    picture, model = session.photo(astronaut(), "photo"), session.models[0]
    x = picture.pixels(model.image_size)[None]
    plain = session.codes([picture], model)
    header.choose_faithful(session, True)
    faithful = session.codes([picture], model)
    error = [(model.decode(z) - x).square().mean() for z in (plain, faithful)]
    assert error[1] < error[0]
    session.put("attributes", picture)
    attributes.edit(session)
    assert torch.equal(session.grids["attributes"].codes[model.name][1], faithful[0])


def test_another_set_of_models_keeps_the_pictures_and_encodes_them_anew(tmp_path):
    for name in ("one", "two"):
        shutil.copytree(CHECKPOINTS / "celeba32", tmp_path / name)
    session = Session(str(tmp_path))
    picture = session.photo(astronaut(), "photo")
    session.put("attributes", session.draw(0))
    before = session.codes([picture, session.slots["attributes"]], session.models[0])
    header.choose_set(session, "two")
    assert session.names == ["two/faae", "two/aae"]
    after = session.codes([picture, session.slots["attributes"]], session.models[0])
    assert torch.allclose(before, after, atol=1e-6)


def test_at_least_one_model_stays_chosen(session):
    for on in (True, False):
        header.choose_models(
            session, event(name="digits/aae-semi", on=on)
        )  # of a set that was left
        assert session.names == ["celeba32/faae", "celeba32/aae"]
    for _ in range(2):  # in whatever order they arrive
        header.choose_models(session, event(name="celeba32/faae", on=False))
        assert [model.title for model in session.models] == ["AAE"]
    header.choose_models(session, event(name="celeba32/aae", on=False))
    assert [model.title for model in session.models] == ["AAE"]
    header.choose_models(session, event(name="celeba32/vae", on=True))
    assert [model.title for model in session.models] == ["AAE", "VAE"]


def test_a_model_has_one_title_whatever_it_is_compared_with(session):
    session.choose_set("mnist32")
    chips = {each["name"]: each["title"] for each in header.compared(session)["models"]}
    for names in ([each] for each in session.catalogue.sets["mnist32"]):
        session.names = names
        assert [*titles(session.models).values()] == [chips[names[0]]]
