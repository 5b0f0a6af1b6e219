"""Descents in bf16 find codes as good as those in fp32."""

import pytest
import torch

from explorer import load_model
from explorer.engine import Model
from explorer.exchange.descending import Descending
from training.codes import inversion
from training.precision import autocast, resolved

CPU = torch.device("cpu")
# A model of each kind of networks, and what the pictures are drawn by
NAMES = {
    "celeba32/faae": "celeba32/gan",
    "celeba32/aaae": "celeba32/gan",
    "celeba32/aegan": "celeba32/gan",
    "celeba64/faae": "celeba64/aaae",
    "mnist32/aae-cluster": "mnist32/faae",
}


@pytest.mark.parametrize("name", NAMES)
def test_refined_codes_are_as_good(name):
    model, other = load_model(name), load_model(NAMES[name])
    x = other.decode(other.sample_codes(16, seed=1))
    errors = {}
    for precision in ("fp32", "bf16"):
        networks = Descending(model.network)
        networks.precision = precision
        z = inversion.refine(networks, x, model.encode(x), **vars(inversion.DEFAULT))
        assert z.dtype == torch.float32
        errors[precision] = (model.decode(z) - x).square().mean()
    assert (
        errors["bf16"] < 1.02 * errors["fp32"] < (model.decode(model.encode(x)) - x).square().mean()
    )


def test_networks_of_others_compute_as_they_are(pairs):
    pair = Model(pairs("celeba32/faae"), "pair")
    assert Descending(pair.network).precision == "fp32"


@pytest.mark.parametrize("precision", ["fp32", "bf16", "auto"])
def test_networks_compute_in_the_precision_that_is_asked_for(precision):
    layer = torch.nn.Linear(2, 2)
    with autocast(precision, CPU):
        found = layer(torch.ones(1, 2)).dtype
    wanted = {"fp32": torch.float32, "bf16": torch.bfloat16}
    assert found == wanted[resolved(precision, CPU)]
    assert precision == "auto" or resolved(precision, CPU) == precision
