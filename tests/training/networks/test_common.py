"""The common networks."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from training.networks.common import CodeDiscriminator, ImageDiscriminator
from training.networks.paper import NETS


@pytest.mark.parametrize("width", [3, 8])
def test_all_but_the_first_convolution_of_a_discriminator_are_normalised(width):
    """Also where it has as many feature maps as an image has channels."""
    layers = [type(each) for each in ImageDiscriminator(32, width, "batch").blocks]
    level = [nn.Conv2d, nn.BatchNorm2d, nn.LeakyReLU]
    assert layers == [nn.Conv2d, nn.LeakyReLU, *level, *level]


@pytest.mark.parametrize("nets", NETS)
@pytest.mark.parametrize("kind", ["image", "label", "joint", "patch"])
def test_spectral_normalisation_is_of_every_layer_of_a_discriminator(nets, kind):
    inputs = {"label": [2], "joint": [8]}.get(kind, [])
    made = getattr(NETS[nets], f"{kind}_discriminator")(32, 2, *inputs, norm="spectral")
    layers = [each for each in made.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    assert layers and all(is_parametrized(layer, "weight") for layer in layers)


@pytest.mark.parametrize("nets", [None, "common", "aegan"])
def test_a_scale_of_each_entry_goes_where_the_network_goes(nets):
    scale, z = torch.rand(8), torch.rand(2, 8, device="meta")
    if nets is None:
        logits = CodeDiscriminator(8, scale).to("meta")(z)
    else:
        joint = NETS[nets].joint_discriminator(32, 2, 8, scale=scale).to("meta")
        logits = joint(torch.rand(2, 3, 32, 32, device="meta"), z)
    assert logits.is_meta and logits.shape == (2,)
