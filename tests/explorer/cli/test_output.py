"""What commands write of models of which not all do the same."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import export
from explorer.__main__ import main
from explorer.cli.output import Output
from explorer.cli.search import encoding
from explorer.pictures.render import LABEL_PX, read_weights
from explorer.search.index import index
from explorer.verbs.common.options import Result, Shown
from tests.explorer.exchange.conftest import PX, encoder
from training.errors import UserError

TILE_PX, GAP_PX = 16, 2


@dataclass(frozen=True)
class Black(Result):
    """So many black pictures."""

    count: int

    def shown(self) -> Shown:
        return Shown({str(at): torch.zeros(3, 8, 8) for at in range(self.count)}, {})


def test_a_row_of_fewer_pictures_ends_in_blank_tiles(session, tmp_path):
    output = Output(px=TILE_PX)
    output.out = tmp_path / "sheet.png"
    counts = zip(session.models, (1, 3), strict=True)
    output.write([{model: Black(count) for model, count in counts}])
    page = np.asarray(Image.open(output.out))
    across, down = TILE_PX + GAP_PX, TILE_PX + GAP_PX + LABEL_PX
    shades = [
        [page[row * down :, column * across :][:TILE_PX, :TILE_PX].mean() for column in range(3)]
        for row in range(2)
    ]
    assert shades == [[0, 255, 255], [0, 0, 0]]


def test_a_tile_says_which_weights_drew_it(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = ["--count", "1", "--px", "16", "--models", session.names[0], "--tiles", "tiles"]
    assert main(["sample", *given, "--checkpoints", session.root]) == 0
    (tile,) = Path("tiles").rglob("*.png")
    assert read_weights(tile) == session.models[0].weights


@pytest.fixture
def reading(tmp_path) -> str:
    """A root with one model, which encodes and does not draw."""
    export(encoder(), None, tmp_path / "a" / "b", image_size=PX)
    return str(tmp_path)


def test_where_no_model_draws_is_said_in_one_sentence(reading, capsys):
    assert main(["models", "--checkpoints", reading]) == 0
    assert main(["sample", "--checkpoints", reading]) == 2
    assert f"No model under '{reading}' has a decoder" in capsys.readouterr().err


def test_pictures_are_indexed_by_models_that_encode(reading):
    assert [model.name for model in encoding(reading, ())] == ["a/b"]
    with pytest.raises(UserError, match="None of the models has an encoder"):
        index(["pictures"], [])
