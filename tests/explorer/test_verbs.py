"""One function makes a verb: endpoint and command line offer what its signature says."""

import inspect
import json
from dataclasses import dataclass
from typing import Annotated
from unittest.mock import Mock

import pytest
import torch

from explorer import api, load_model, verbs
from explorer.__main__ import main
from explorer.engine import Model
from explorer.exchange.layout import layout
from explorer.pictures.picture import PHOTO, Picture
from explorer.session.programs import answer
from explorer.verbs import VERBS
from explorer.verbs.common.codes import codes
from explorer.verbs.common.options import Faithful, Models, Option, Result, Shown, arguments
from explorer.verbs.map import placed
from tests.explorer.conftest import CHECKPOINTS
from training.checkpoints import Latents
from training.data.pictures import open_picture


@dataclass(frozen=True)
class Blend(Result):
    image: torch.Tensor
    share: float

    def shown(self) -> Shown:
        return Shown({"blend": self.image[0]}, {"share": self.share})


def blend(
    picture: Annotated[Picture, Option("picture to blend")],
    models: Models,
    share: Annotated[float, Option("share of the other code", 0, 1)] = 0.5,
    other: Annotated[int, Option("seed of the other", 0, 9)] = 1,
    faithful: Faithful = False,
) -> dict[Model, Blend]:
    """A picture's code and a sample's, mixed."""
    found = {}
    for model in models:
        z = codes(model, [picture], faithful).lerp(model.sample_codes(1, other), share)
        found[model] = Blend(model.decode(model.project(z)), share)
    return found


@pytest.fixture
def blends(monkeypatch):
    monkeypatch.setitem(VERBS, "blend", blend)


def test_a_new_verb_is_a_command(blends, photo, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = ["--checkpoints", str(CHECKPOINTS), "--share", "0.25", "--json", "--px", "32"]
    assert main(["blend", str(photo), *given]) == 0
    assert json.loads(capsys.readouterr().out)["celeba32/aae"] == {"share": 0.25}
    assert (tmp_path / "blend.png").is_file()
    for wrong, said in (("2", "from 0 to 1"), ("much", "from 0 to 1")):
        assert main(["blend", str(photo), "--share", wrong]) == 2
        assert said in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["blend", "--help"])
    helped = capsys.readouterr().out
    assert "share of the other code" in helped and "mixed" in helped


def test_a_new_verb_is_an_endpoint(blends):
    call = api.endpoint(blend, str(CHECKPOINTS), ["celeba32/aae"])
    names = [*inspect.signature(call).parameters]
    assert names == ["picture", "models", "share", "other", "faithful"]
    assert "share of the other code, 0 to 1" in call.__doc__


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_verb_says_what_it_takes_and_gives(verb):
    assert verb.__doc__ and verb.__doc__.count("\n") >= 1
    for argument in arguments(verb):
        assert argument.option.words, argument.name
        assert argument.kind in (int, float) or argument.option.least is None


def test_page_and_programs_get_the_same(session, photo):
    """The tabs call the verbs with the session's pictures; programs with files."""
    picture = session.photo(photo, "photo")
    by_hand = verbs.morph([picture], session.models, 3, seed=4)
    asked = answer(session, verbs.morph, {"pictures": [photo], "n": 3, "seed": 4})
    for model in session.models:
        torch.testing.assert_close(by_hand[model].codes, asked[model].codes)


def test_a_verb_of_one_model_reads_no_others(photo, monkeypatch):
    from explorer.verbs.common import codes as of_verbs

    def refuse(root):
        raise AssertionError("the other models are read")

    monkeypatch.setattr(of_verbs, "catalogue", refuse)
    model = load_model("celeba32/aae")
    picture = Picture("photo", PHOTO, open_picture(photo))
    assert verbs.edit(picture, [model], {"Smiling": 1.0})[model].images.shape == (2, 3, 32, 32)
    assert verbs.morph([picture], [model], 3)[model].images.shape == (9, 3, 32, 32)


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_few_images_have_a_map_too_and_pictures_are_placed_on_it(count):
    codes = torch.randn(count, 8, generator=torch.Generator().manual_seed(0))
    latents = Latents(codes, torch.ones(count, 1).bool(), ("A",), {}, layout(codes))
    model = Mock(spec=Model, latent_size=8, latents=latents)
    assert latents.map.shape == (count, 2) and latents.map.isfinite().all()
    assert torch.allclose(placed(model, codes), latents.map, atol=1e-3)
