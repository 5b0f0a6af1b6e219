"""Tiles that `sample --tiles` writes are known by the weights that drew them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer.pictures.render import WEIGHTS_KEY, png_bytes
from explorer.session.saved import by_codes
from training.errors import UserError


@pytest.fixture
def tile(session, tmp_path) -> Callable[[str, str], Path]:
    """A file with a code of the session's first model, by the name of a model and its weights."""

    def write(name: str, weights: str) -> Path:
        path, (code,) = tmp_path / "tile.png", session.models[0].sample_codes(1)
        more = {WEIGHTS_KEY: weights} if weights else {}
        path.write_bytes(png_bytes(Image.new("RGB", (8, 8)), code, name, more))
        return path

    return write


def test_a_tile_has_its_code_whatever_the_model_is_called_and_older_ones_by_its_name(session, tile):
    model, models = session.models[0], session.catalogue.models
    for said in ((model.name, model.weights), ("old/name", model.weights), (model.name, "")):
        codes = by_codes(tile(*said), None, models).codes
        assert torch.allclose(codes[model.name], model.sample_codes(1)[0], atol=1e-5)


def test_a_tile_of_other_weights_is_none_of_a_model_with_that_name(session, tile):
    path = tile(session.names[0], "0" * 64)
    with pytest.raises(UserError, match="with weights that no model here has"):
        by_codes(path, None, session.catalogue.models)


def test_weights_without_a_code_say_nothing(session, tmp_path):
    path, about = tmp_path / "tile.png", PngInfo()
    about.add_text(WEIGHTS_KEY, session.models[0].weights)
    Image.new("RGB", (8, 8)).save(path, pnginfo=about)
    assert by_codes(path, None, session.catalogue.models) is None
