"""Which pictures fit: all of what they are to have or some of it, and nothing of what they lack."""

from itertools import combinations

import pytest
import torch

from explorer.search.wanted import Wanted

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
