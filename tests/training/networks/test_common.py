"""The common networks."""

import pytest
from torch import nn

from training.networks.common import ImageDiscriminator


@pytest.mark.parametrize("width", [3, 8])
def test_all_but_the_first_convolution_of_a_discriminator_are_normalised(width):
    """Also where it has as many feature maps as an image has channels."""
    layers = [type(each) for each in ImageDiscriminator(32, width, "batch").blocks]
    level = [nn.Conv2d, nn.BatchNorm2d, nn.LeakyReLU]
    assert layers == [nn.Conv2d, nn.LeakyReLU, *level, *level]
