"""Dense regions of a map, and the labels that stand out in them."""

import torch

from training.codes.regions import regions

NAMES = ("A", "B", "Everywhere")


def clusters() -> tuple[torch.Tensor, torch.Tensor]:
    """Two clusters, one with the label A, the other with B, and a label that all have."""
    generator = torch.Generator().manual_seed(0)
    middles = torch.tensor([[0.0, 0.0], [10.0, 5.0]]).repeat_interleave(200, dim=0)
    labels = torch.zeros(400, 3, dtype=torch.bool)
    labels[:200, 0] = labels[200:, 1] = labels[:, 2] = True
    return middles + torch.randn(400, 2, generator=generator), labels


def test_what_stands_out_is_named_where_it_does():
    places, labels = clusters()
    found = sorted(regions(places, labels, NAMES))
    assert [each.names for each in found] == [["A"], ["B"]]
    assert abs(found[0].x) < 1 and abs(found[1].x - 10) < 1 and abs(found[1].y - 5) < 1


def test_nothing_is_named_where_labels_are_spread_or_unknown():
    places, labels = clusters()
    mixed = labels[torch.randperm(400, generator=torch.Generator().manual_seed(1))]
    assert regions(places, mixed, NAMES) == []
    assert regions(places, labels[:10], NAMES) == [] and regions(places, labels[:, :0], ()) == []
    assert regions(torch.zeros(400, 2), labels, NAMES) == []
