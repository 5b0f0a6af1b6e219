"""`export` of two modules: what does not fit is said in one sentence that names what to give."""

import copy
import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer import export, load_model
from explorer.catalogue import list_models
from explorer.exchange import graphs
from explorer.exchange.description import Description
from tests.explorer.exchange.conftest import PX, N, decoder, encoder
from training.checkpoints import CheckpointError
from training.codes.priors import Box, Normal, Sphere
from training.errors import UserError


class Sampling(nn.Module):
    """An encoder that draws from its posterior."""

    def __init__(self):
        super().__init__()
        self.mean = encoder()

    def forward(self, x):
        z = self.mean(x)
        return z + torch.randn_like(z)


class Branching(nn.Module):
    """A decoder that looks at its codes."""

    def __init__(self):
        super().__init__()
        self.draw = decoder()

    def forward(self, z):
        return self.draw(z) if float(z.sum()) > 0 else self.draw(-z)


class OfTwo(nn.Module):
    """A decoder of a batch of 16 only."""

    def __init__(self):
        super().__init__()
        self.draw = decoder()

    def forward(self, z):
        return self.draw(z.reshape(16, N))


class Scaled(nn.Module):
    """A decoder with a number of its own that is no weight."""

    def __init__(self, scale: float):
        super().__init__()
        self.draw, self.scale = decoder(), torch.tensor(scale)

    def forward(self, z):
        return self.draw(z) * self.scale


def grey() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.LazyLinear(N))


WRONG = {
    "nothing": ((None, None), {}, "Give an encoder, a decoder, or both"),
    "no module": ((encoder(), "decoder.pt"), {}, "give a torch.nn.Module"),
    "image size": ((encoder(), decoder()), {"image_size": 16}, "give the image_size and channels"),
    "channels": ((grey(), decoder()), {}, "channels=1"),
    "posterior": ((Sampling(), decoder()), {}, "the mean of its posterior, not a sample"),
    "log-variance": ((encoder(2 * N), decoder()), {}, "returns the mean alone"),
    "another decoder": ((encoder(), decoder(7)), {}, "the decoder of this encoder"),
    "images": ((encoder(), nn.Linear(N, 12)), {}, f"not images (16, 3, {PX}, {PX})"),
    "-1 to 1": ((encoder(), decoder(end=nn.Tanh())), {}, "give range=(-1, 1)"),
    "0 to 1": ((encoder(), decoder()), {"range": (-1, 1)}, "give range=(0, 1)"),
    "empty range": ((encoder(), decoder()), {"range": (1, 0)}, "range begins at its lower end"),
    "sphere": ((encoder(), decoder()), {"prior": "sphere"}, 'give prior="normal" or "fitted"'),
    "prior": ((encoder(), decoder()), {"prior": "gauss"}, "choose from: normal, sphere, uniform"),
    "no data": ((encoder(), decoder()), {"prior": "fitted"}, "data, a folder of images"),
    "no size": ((encoder(), decoder()), {"image_size": 0}, "Give image_size"),
    "a field": (
        (encoder(), decoder()),
        {"license": "MIT"},
        "give name, system, images_of, licence",
    ),
    "no length": ((None, decoder()), {}, "give latent_size"),
    "length": ((encoder(), decoder()), {"latent_size": 5}, "not latent_size=5"),
    "branch": ((encoder(), Branching()), {}, "The decoder cannot be written as ONNX"),
    "batch": ((encoder(), OfTwo()), {}, "for a batch of any size"),
}


@pytest.mark.parametrize(("pair", "how", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_one_sentence_and_writes_nothing(pair, how, said, tmp_path):
    pair = copy.deepcopy(pair)
    if isinstance(pair[0], nn.Sequential) and isinstance(pair[0][0], nn.Conv2d):
        pair[0](torch.rand(2, 1, PX, PX))  # gives LazyLinear its size
    with pytest.raises(UserError) as error:
        export(*pair, tmp_path / "mine" / "vae", **{"image_size": PX, **how})
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tmp_path.rglob("*.*")) == []


def test_the_modules_stay_as_they_are(tmp_path):
    pair = encoder().double(), decoder().double()
    before = copy.deepcopy(pair[0].state_dict())
    export(*pair, tmp_path / "a" / "b", image_size=PX)
    assert pair[0].training and next(pair[0].parameters()).requires_grad
    torch.testing.assert_close(pair[0].state_dict(), before)


@pytest.mark.parametrize(
    ("prior", "end", "kind"), [("sphere", None, Sphere), ("uniform", nn.Tanh(), Box)]
)
def test_priors_with_a_support(prior, end, kind, tmp_path):
    class Unit(nn.Module):
        def forward(self, z):
            return nn.functional.normalize(z, dim=1)

    export(encoder(N, end or Unit()), decoder(), tmp_path / "a" / "b", image_size=PX, prior=prior)
    model = load_model("a/b", tmp_path)
    assert model.network.prior == kind(N)


def test_a_model_of_others_has_a_prior_like_ours(out, tmp_path):
    assert load_model("a/b", tmp_path).network.prior == Normal(N)


def test_codes_and_images_of_any_shape(tmp_path):
    maps = nn.Sequential(nn.Conv2d(1, 2, 4, stride=4))  # codes (B, 2, 2, 2)
    drawn = nn.Sequential(nn.ConvTranspose2d(2, 1, 4, stride=4), nn.Sigmoid())
    export(maps, drawn, tmp_path / "a" / "b", image_size=PX, channels=1)
    model = load_model("a/b", tmp_path)
    x = model.decode(model.sample_codes(2))
    assert model.latent_size == 8 and x.shape == (2, 3, PX, PX)
    assert torch.equal(x[:, 0], x[:, 1])
    z = maps(x[:, :1]).flatten(1)
    assert (model.encode(x) - z).abs().max() < 1e-3


def test_a_module_may_ask_how_many_images_it_is_given(tmp_path):
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.flat = encoder(N - 1)

        def forward(self, x):
            return torch.cat([self.flat(x), torch.ones(1).expand(len(x), -1)], dim=1)

    export(Counting(), decoder(), tmp_path / "a" / "b", image_size=PX)
    assert load_model("a/b", tmp_path).encode(torch.rand(3, 3, PX, PX)).shape == (3, N)


def test_networks_of_one_form_keep_their_own_numbers(tmp_path):
    z = torch.randn(2, N)
    for scale in (0.5, 0.25):
        draw = Scaled(scale)
        export(None, draw, tmp_path / "a" / "b", image_size=PX, latent_size=N)
        drawn = load_model("a/b", tmp_path).decode(z)
        assert (drawn - draw(z)).abs().max() < 1 / 255


def test_without_an_encoder_codes_are_recovered(tmp_path):
    export(None, decoder(), tmp_path / "a" / "b", image_size=PX, latent_size=N)
    model = load_model("a/b", tmp_path)
    x = model.decode(model.sample_codes(1))
    assert model.found_by == "recovery"
    assert (model.decode(model.encode(x)) - x).square().mean() < 1e-3


def test_without_a_decoder_a_model_encodes_and_is_no_part_of_a_set(tmp_path):
    export(encoder(), None, tmp_path / "a" / "b", image_size=PX)
    model = load_model("a/b", tmp_path)
    assert model.encode(torch.rand(2, 3, PX, PX)).shape == (2, N)
    with pytest.raises(UserError, match="has no decoder"):
        model.decode(model.sample_codes(1))
    found = list_models(tmp_path)
    assert found.sets == {} and "a/b has no decoder" in found.problems[0]


FAULTS = {
    "version": ({"version": 2}, "version"),
    "prior": ({"prior": [{"kind": "normal", "size": 5}]}, "over 5 numbers"),
    "a prior in a plane": ({"prior": [{"kind": "mixture", "size": 4}]}, "lies in a plane"),
    "a size": ({"image_size": 1 << 30}, "image_size"),
    "another size": ({"image_size": 2 * PX}, "does not take"),
    "an unknown field": ({"imagesize": 8}, "imagesize"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_description_is_a_problem_of_the_catalogue(change, said, out, tmp_path):
    content = json.loads((out / "model.json").read_text())
    (out / "model.json").write_text(json.dumps(content | change))
    with pytest.raises(CheckpointError, match=said):
        load_model("a/b", tmp_path)
    (problem,) = list_models(tmp_path).problems
    assert said in problem and str(tmp_path) not in problem


def test_a_model_can_be_copied_and_pickled(out, tmp_path):
    model = load_model("a/b", tmp_path)
    z = model.sample_codes(2)
    assert model.unrefined == ""
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(copied.decode(z), model.decode(z))


def test_a_damaged_network_is_a_problem_of_the_catalogue(out, tmp_path):
    (out / "decoder.onnx").write_bytes(b"no network")
    (problem,) = list_models(tmp_path).problems
    assert "decoder.onnx is no ONNX network" in problem


def test_the_schema_is_of_one_version():
    assert Description.model_fields["version"].default == 1


def test_what_pytorch_cannot_take_back_is_not_refined(out, tmp_path, monkeypatch):
    def refuse(model):
        raise NotImplementedError("Converter is not implemented (Gnome).")

    monkeypatch.setattr(graphs, "_translator", lambda: refuse)
    lone = Path(shutil.copytree(out, tmp_path / "a" / "c"))
    (lone / "encoder.onnx").unlink()
    model, lone = (load_model(f"a/{name}", tmp_path) for name in "bc")
    assert "Gnome" in model.unrefined
    x = model.decode(model.sample_codes(2))
    with pytest.raises(UserError, match="cannot refine codes"):
        model.refine(x, steps=5)
    assert lone.encode(x).shape == (2, N) and "256 samples" in lone.note


def test_without_such_a_model_nothing_of_onnx_is_imported():
    code = (
        "import sys, explorer; explorer.list_models(); "
        "print([name for name in sys.modules if name.startswith('onnx')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
