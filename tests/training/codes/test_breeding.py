"""Children of codes: between their parents and strangers, number by number from either."""

import pytest
import torch
from torch.nn.functional import normalize

from training.codes import breeding

CODES = normalize(torch.randn(200, 256, generator=torch.Generator().manual_seed(0)), dim=1)


def test_a_radius_leads_from_the_parent_to_a_stranger():
    parent, strangers = CODES[:1], CODES[100:]
    assert torch.allclose(breeding.mutated(parent, strangers, 0.0), parent.expand_as(strangers))
    assert torch.allclose(breeding.mutated(parent, strangers, 1.0), strangers, atol=1e-6)
    drifts = [
        breeding.drift(breeding.mutated(parent, strangers, radius), parent[0], 2.0).mean()
        for radius in (0.1, 0.3, 0.6, 1.0)
    ]
    assert drifts == sorted(drifts) and drifts[-1] == pytest.approx(1, abs=0.02)


def test_crossings_take_each_number_from_either_and_what_is_whole_together():
    one, other = CODES[0], CODES[1]
    born = breeding.crossed(one, other, 50, 10, seed=3)
    own = born == one
    assert (own | (born == other)).all()
    assert 0.4 < own[:, :-10].float().mean() < 0.6
    assert (own[:, -10:].all(dim=1) | ~own[:, -10:].any(dim=1)).all()
    assert torch.equal(born, breeding.crossed(one, other, 50, 10, seed=3))
    assert not torch.equal(born, breeding.crossed(one, other, 50, 10, seed=4))


def test_spread_is_one_of_strangers_and_nothing_of_twins():
    assert breeding.spread(CODES, 2.0) == pytest.approx(1, abs=0.02)
    assert breeding.spread(CODES[:1].expand(5, -1), 2.0) == breeding.spread(CODES[:1], 2.0) == 0
