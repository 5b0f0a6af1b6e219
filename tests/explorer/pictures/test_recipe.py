"""How much a saved picture can say of itself."""

from base64 import b64encode

import pytest
from PIL import Image

from explorer.pictures import recipe
from explorer.pictures.arrays import LARGEST_PX
from explorer.pictures.recipe import MOST_TEXT, Recipe, Thing, read_recipe
from explorer.verbs.path import MOST, REACH
from training.codes.paths import beyond
from training.errors import UserError

PLAIN = Image.new("RGB", (32, 32))
STEPS = 33  # frames from one keyframe to the next
FRAMES = (MOST - 1) * (STEPS - 1) + 1 + beyond(STEPS, REACH)


@pytest.mark.parametrize("size", [3 * LARGEST_PX**2, 4 * 2**14 * FRAMES])
def test_the_largest_image_and_the_longest_path_fit(size):
    text = b64encode(bytes(size)).decode()
    assert Thing(label="it", codes={"a/b": text}).codes["a/b"] == text
    assert len(text) < MOST_TEXT


def test_more_than_is_read_again_is_not_written(monkeypatch):
    said = Recipe(weights={"a/b": "0" * 64})
    assert read_recipe(said.into(PLAIN)) == said
    monkeypatch.setattr(recipe, "MOST_TEXT", 20)
    with pytest.raises(UserError, match="compare fewer models"):
        said.into(PLAIN)
