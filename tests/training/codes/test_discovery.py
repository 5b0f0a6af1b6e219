"""Directions found without labels, against decompositions that are known."""

import pytest
import torch
from torch.nn.functional import normalize

from training.codes.discovery import (
    calibrated,
    consistency,
    factorised,
    matched,
    principal,
    singular,
)


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def alike(found: torch.Tensor, wanted: torch.Tensor) -> None:
    """The same directions, of either sign."""
    assert (found * wanted).sum(dim=1).abs() == pytest.approx(torch.ones(len(found)), abs=1e-3)


def test_principal_components_are_those_of_the_decomposition():
    codes = draw(400, 8) * torch.arange(1, 9)
    wanted = torch.linalg.svd(codes - codes.mean(dim=0)).Vh[:3]
    alike(principal(codes, 3), wanted)
    assert principal(codes, 99).shape == (8, 8)


def test_the_first_layer_stretches_its_directions_most():
    weight = draw(30, 8)
    found = factorised(weight, 8)
    alike(found, torch.linalg.svd(weight).Vh)
    stretched = (found @ weight.T).norm(dim=1)
    assert (stretched.diff() < 0).all()


def decode(z: torch.Tensor) -> torch.Tensor:
    """Images (B, 3, 4, 4) of codes (B, 12), not linear."""
    images = (z @ draw(12, 48, seed=1)).tanh() * draw(48, seed=2)
    return images.unflatten(1, (3, 4, 4))


def test_singular_directions_are_those_of_the_whole_jacobian():
    z = 0.2 * draw(1, 12, seed=3)
    whole = torch.autograd.functional.jacobian(lambda each: decode(each)[0].flatten(), z)[:, 0]
    with torch.inference_mode():  # as handlers of the page may be
        found = singular(decode, z, 3)
    alike(found, torch.linalg.svd(whole).Vh[:3])
    assert torch.equal(found, singular(decode, z, 3))
    assert singular(decode, z, 99).shape == (12, 12)


def test_directions_are_a_deviation_long_and_keep_their_sign():
    codes = draw(500, 8) * torch.arange(1, 9)
    vectors = calibrated(3 * principal(codes, 2), codes)
    along = codes @ normalize(vectors, dim=1).T
    assert vectors.norm(dim=1) == pytest.approx(along.std(dim=0), rel=1e-4)
    order = torch.randperm(500, generator=torch.Generator().manual_seed(0))
    alike = torch.cosine_similarity(principal(codes[order], 2), principal(codes, 2))
    assert alike == pytest.approx([1, 1], abs=1e-4)


def test_a_direction_that_does_the_same_to_all_pictures_is_consistent():
    same = draw(1, 50).expand(6, -1) * torch.arange(1, 7)[:, None]
    assert consistency(same).item() == pytest.approx(1)
    assert max(consistency(draw(1, 50, seed=s).expand(6, -1)).item() for s in range(50)) <= 1
    every = consistency(torch.stack([same, draw(6, 50), same + draw(6, 50, seed=4)]))
    assert every[1].abs() < 0.2 < every[2] < every[0]
    pairs = normalize(draw(6, 50), dim=1)
    off = (pairs @ pairs.T)[~torch.eye(6).bool()].mean()
    assert torch.isclose(every[1], off, atol=1e-5)


def test_directions_are_matched_by_what_they_do_whatever_their_order_length_and_sign():
    wanted = draw(3, 200)
    order, factors = [4, 0, 2], torch.tensor([2.0, -0.5, -3.0])
    found = draw(5, 200, seed=1)
    found[order] = factors[:, None] * (wanted + 0.3 * draw(3, 200, seed=2))
    matches = matched(wanted, found, draw(20, 200, seed=3))
    assert matches.at.tolist() == order and matches.fair.all()
    assert (matches.likeness * factors > 0).all() and matches.likeness.abs().min() > 0.9


def test_a_direction_that_is_like_no_other_than_by_chance_has_no_fair_match():
    wanted, random = draw(4, 30), draw(20, 30, seed=1)
    found = torch.cat([wanted[:1], random[3:4]])
    matches = matched(wanted, found, random)
    assert matches.fair.tolist() == [True, False, False, False]
    assert (matches.likeness == 0).sum() == 2  # of which there is none left
    assert matched(wanted, wanted, random).at.tolist() == [0, 1, 2, 3]
