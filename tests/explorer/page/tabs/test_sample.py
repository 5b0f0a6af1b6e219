"""The handlers of the tab Sample, without a browser."""

import torch

from explorer.page.tabs import sample
from explorer.session.state import Session
from tests.explorer.conftest import CHECKPOINTS


def test_samples_are_the_same_codes_for_every_model_and_depend_on_the_seed(session):
    first, _ = sample.show(session, 3, 16, 1.0)
    codes = list(session.grids["sample"].codes.values())
    assert torch.equal(codes[0], codes[1])
    again, _ = sample.show(Session(str(CHECKPOINTS)), 3, 16, 1.0)
    other, _ = sample.show(session, 4, 16, 1.0)
    assert first["panels"] == again["panels"]
    assert all(a["src"] != b["src"] for a, b in zip(first["panels"], other["panels"], strict=True))
    near, _ = sample.show(session, 3, 16, 0.2)
    assert near["panels"][0]["src"] != first["panels"][0]["src"]
