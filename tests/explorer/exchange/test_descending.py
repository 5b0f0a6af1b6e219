"""Descents in bf16 find codes as good as those in fp32."""

import pytest
import torch

from explorer import load_model
from explorer.engine import Model
from explorer.exchange.descending import Descending
from training.codes import inversion
from training.precision import autocast, resolved

CPU = torch.device("cpu")
# Models of the common networks, of nested ones and of another prior, and what draws their pictures
NAMES = {
    "celeba32/faae": "celeba32/gan",
    "celeba64/faae": "celeba64/aaae",
    "mnist32/aae-cluster": "mnist32/faae",
}


def drawn(name):
    other = load_model(name)
    return other.decode(other.sample_codes(16, seed=1))


def of_precision(model, precision):
    networks = Descending(model.network)
    networks.precision = precision
    return networks


@pytest.mark.parametrize("name", NAMES)
def test_refined_codes_are_as_good(name):
    model, x = load_model(name), drawn(NAMES[name])
    errors = {"encoder": (model.decode(model.encode(x)) - x).square().mean()}
    for precision in ("fp32", "bf16"):
        networks = of_precision(model, precision)
        z = inversion.refine(networks, x, model.encode(x), **vars(inversion.DEFAULT))
        assert z.dtype == torch.float32
        errors[precision] = (model.decode(z) - x).square().mean()
    assert errors["bf16"] < 1.02 * errors["fp32"] < errors["encoder"]


def test_recovered_codes_are_as_good():
    model, x, errors = load_model("celeba32/gan"), drawn("celeba32/faae")[:8], {}
    for precision in ("fp32", "bf16"):
        z = inversion.recover(of_precision(model, precision), x, steps=60)
        errors[precision] = (model.decode(z) - x).square().mean()
    assert errors["bf16"] < 1.05 * errors["fp32"]


@pytest.mark.parametrize("name, asked", [("celeba32/faae", "refine"), ("celeba32/gan", "recover")])
def test_models_descend_so(name, asked, monkeypatch):
    seen, decode = [], Descending.decode

    def watched(networks, z):
        seen.append(networks.precision)
        return decode(networks, z)

    monkeypatch.setattr(Descending, "decode", watched)
    getattr(load_model(name), asked)(torch.rand(1, 3, 32, 32), steps=2)
    assert {*seen} == {"auto"}


def test_networks_of_others_compute_as_they_are(pairs):
    pair = Model(pairs("celeba32/faae"), "pair")
    assert Descending(pair.network).precision == "fp32"


@pytest.mark.parametrize("precision", ["fp32", "bf16", "auto"])
def test_networks_compute_in_the_precision_that_is_asked_for(precision):
    layer = torch.nn.Linear(2, 2)
    with autocast(precision, CPU):
        found = layer(torch.ones(1, 2)).dtype
    wanted = {"fp32": torch.float32, "bf16": torch.bfloat16}
    here = "bf16" if torch.cpu._is_avx512_bf16_supported() else "fp32"
    assert resolved(precision, CPU) == (here if precision == "auto" else precision)
    assert found == wanted[resolved(precision, CPU)]
