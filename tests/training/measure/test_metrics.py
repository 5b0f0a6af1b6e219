"""Figures against SciPy, closed forms, and cases with a known answer."""

import math
import re

import numpy as np
import pytest
import torch
from scipy.ndimage import laplace

from tests.training.conftest import draw
from training.errors import UserError
from training.measure import features, metrics


def pictures(count=4, size=16):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(0))


def test_sharpness_is_the_mean_squared_laplacian():
    x = pictures()
    inner = [
        np.mean([laplace(channel)[1:-1, 1:-1] ** 2 for channel in image.numpy().astype(float)])
        for image in x
    ]
    assert metrics.sharpness(x).numpy() == pytest.approx(np.array(inner), rel=1e-4)


def test_equal_images_are_equal_by_every_measure():
    x = pictures()
    assert (metrics.mse(x, x) == 0).all()
    assert (metrics.psnr(x, x) == 100).all()
    assert metrics.ssim(x, x).allclose(torch.ones(4))
    assert (metrics.dhash_similarity(x, x) == 1).all()


def test_psnr_of_a_known_error():
    x = torch.full((1, 3, 16, 16), 0.5)
    assert metrics.psnr(x, x + 0.1).item() == pytest.approx(20, abs=1e-3)


def test_dhash_sees_the_mirrored_gradient_as_the_opposite():
    ramp = torch.linspace(0, 1, 32).expand(1, 3, 32, 32)
    assert metrics.dhash(ramp).all()
    assert metrics.dhash_similarity(ramp, ramp.flip(3)).item() == 0


def test_frechet_distance_of_shifted_and_scaled_gaussians():
    draw = torch.randn(4000, 6, generator=torch.Generator().manual_seed(0))
    assert metrics.frechet_distance(draw, draw) == pytest.approx(0, abs=1e-6)
    assert metrics.frechet_distance(draw, draw + 2) == pytest.approx(6 * 4, rel=1e-3)
    scaled = metrics.frechet_distance(draw, 3 * draw)
    mean = (2 * draw.mean(0)).square().sum().item()
    assert scaled == pytest.approx(4 * torch.cov(draw.T).trace().item() + mean, rel=1e-3)


def test_frechet_distance_of_what_is_not_finite_is_none():
    a, b = torch.randn(8, 3), torch.randn(8, 3)
    b[2, 1] = torch.nan
    assert math.isnan(metrics.frechet_distance(a, b)) and math.isnan(metrics.frechet_distance(b, a))


@pytest.mark.parametrize("count", [4000, 5])
def test_frechet_distance_of_gaussians_of_unlike_axes(count):
    generator = torch.Generator().manual_seed(0)
    one, other = (
        torch.randn(count, 8, generator=generator) @ torch.randn(8, 8, generator=generator)
        for _ in range(2)
    )
    a, b = (torch.cov(each.T).double() for each in (one, other))
    values, vectors = torch.linalg.eigh(a)
    root = vectors * values.clamp_min(0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ b @ root).clamp_min(0).sqrt().sum()
    expected = (one.mean(0) - other.mean(0)).square().sum() + (a + b).trace() - 2 * cross
    assert metrics.frechet_distance(one, other) == pytest.approx(float(expected), rel=1e-3)


def test_feature_network_is_fixed_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    network = features.feature_network()
    assert network.name == features.features_in_use() == "cifar10-conv-256"
    out = network(pictures())
    assert out.shape == (4, 256) and torch.equal(out, features.feature_network()(pictures()))
    monkeypatch.setattr(features, "WEIGHTS", tmp_path / "none.safetensors")
    with pytest.raises(UserError, match="python -m training features"):
        features.feature_network()
    features.WEIGHTS.write_bytes(b"junk")
    with pytest.raises(UserError, match="is damaged: `python -m training features` makes it anew"):
        features.feature_network()
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / features.INCEPTION).touch()
    assert features.features_in_use() == "inception-v3"
    with pytest.raises(UserError, match=f"{features.INCEPTION}' is damaged: put a whole copy"):
        features.feature_network()


def test_a_feature_network_can_be_taught_and_kept(tmp_path, monkeypatch):
    for index in range(140):
        folder = tmp_path / "data" / str(index % 10)
        folder.mkdir(parents=True, exist_ok=True)
        draw(index % 10).save(folder / f"{index}.png")
    sources = (str(tmp_path / "data"),)
    network = features.teach(sources, epochs=20)
    assert features.accuracy(network, features.classified(sources, train=False)) > 0.3
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(features, "WEIGHTS", tmp_path / "weights.safetensors")
    features.write(network, features.WEIGHTS)
    assert re.fullmatch("cifar10-conv-256-[0-9a-f]{8}", features.feature_network().name)
    expected = network(pictures(size=32))
    assert features.feature_network()(pictures(size=32)).allclose(expected, rtol=0.05, atol=0.05)
    with pytest.raises(UserError, match="10 classes"):
        features.teach((str(tmp_path / "data" / "1"), str(tmp_path / "data" / "2")))


def test_label_agreement_is_that_of_the_nearest_other_code():
    codes = torch.tensor([[0.0], [1.0], [5.0], [5.5]])
    labels = torch.tensor([[1, 0], [1, 1], [0, 0], [0, 0]]).bool()
    assert metrics.label_agreement(codes, labels) == pytest.approx((1 + 1 + 2 + 2) / 8)
    pairs = torch.arange(1600.0)[:, None].repeat(1, 2).view(-1, 1)  # farther than a block's end
    labels = torch.rand(1600, 5).repeat_interleave(2, dim=0) > 0.8
    pairs += torch.tensor([0.0, 0.1]).repeat(1600)[:, None]
    assert metrics.label_agreement(pairs, labels) == 1
    shuffled = labels[torch.randperm(len(labels))]
    chance = metrics.chance_agreement(labels)
    assert metrics.label_agreement(pairs, shuffled) == pytest.approx(chance, abs=0.03)
