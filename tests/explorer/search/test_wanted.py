"""Which pictures fit: all of what they are to have or some of it, and nothing of what they lack."""

from itertools import combinations

import pytest
import torch

from explorer.catalogue import load_model
from explorer.search.wanted import Wanted
from explorer.verbs import search
from tests.explorer.conftest import CHECKPOINTS

NAMES = ("A", "B", "C", "D")
EVERY = [
    each for count in range(5) for each in combinations(NAMES, count)
]  # rows, by what they have


@pytest.mark.parametrize("either", [False, True])
@pytest.mark.parametrize("lacks", [(), ("C",), ("C", "D")])
@pytest.mark.parametrize("has", [(), ("A",), ("A", "B")])
def test_what_is_lacked_is_lacked_whether_all_or_some_is_to_be_had(has, lacks, either):
    labels = torch.tensor([[name in row for name in NAMES] for row in EVERY])
    fits = Wanted(has, lacks, either).rows(labels, NAMES, len(EVERY)).tolist()
    enough = any if either and has else all
    assert fits == [
        enough(name in row for name in has) and not any(name in row for name in lacks)
        for row in EVERY
    ]


def test_each_model_is_asked_for_the_labels_of_its_own_codes(session):
    """Models of a set have different numbers of codes, those of different sets other labels."""
    names = ("celeba32/faae", "celeba32/vae", "mnist32/faae")
    models = [load_model(name, CHECKPOINTS) for name in names]
    found = search(session.examples()[0], models, has=["Smiling"], count=4)
    for model in models[:2]:
        near = found[model].near
        assert len(near) == 4 and max(each.row for each in near) < len(model.latents.labels)
        assert all("Smiling" in model.latents.attributes_of(each.row) for each in near)
    assert found[models[2]].near == []
    found = search(session.examples()[0], models, has=["Smiling", "3"], either=True, count=4)
    assert all(each.attributes == ["3"] for each in found[models[2]].near)
