"""Networks for use alone: the same functions in fewer operations."""

from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.networks.common import UpConv

CONVOLUTIONS = nn.Conv2d, nn.ConvTranspose2d


@torch.no_grad()
def folded(network: nn.Module) -> nn.Module:
    """The network, in evaluation mode, in place: each up-convolution becomes the transposed one
    that it computes anew with every batch, and takes in the batch norm that comes next, as any
    convolution does. One picture is decoded a quarter sooner, eighty by a sixth."""
    for steps in network.modules():
        if isinstance(steps, nn.Sequential):
            for name, layer in steps.named_children():
                if isinstance(layer, UpConv):
                    setattr(steps, name, layer.transposed())
            for (name, layer), (after, norm) in pairwise([*steps.named_children()]):
                if isinstance(layer, CONVOLUTIONS) and isinstance(norm, nn.BatchNorm2d):
                    transposed = isinstance(layer, nn.ConvTranspose2d)
                    setattr(steps, name, fuse_conv_bn_eval(layer, norm, transposed))
                    setattr(steps, after, nn.Identity())
    return network
