"""Figures of merit; pure functions of images in [0, 1] (B, 3, H, W) unless said otherwise."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d, interpolate


def mse(x: Tensor, y: Tensor) -> Tensor:
    """Mean squared error an image, (B,)."""
    return (x - y).square().flatten(1).mean(dim=1)


def psnr(x: Tensor, y: Tensor) -> Tensor:
    """Peak signal-to-noise ratio an image in dB, (B,), at most 100."""
    return -10 * torch.log10(mse(x, y).clamp_min(1e-10))


def ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity an image, (B,), by scikit-image with its 7x7 window."""
    from skimage.metrics import structural_similarity

    pairs = zip(x.cpu().numpy(), y.cpu().numpy(), strict=True)
    values = [structural_similarity(a, b, channel_axis=0, data_range=1.0) for a, b in pairs]
    return torch.tensor(np.array(values), dtype=torch.float32)


def sharpness(x: Tensor) -> Tensor:
    """Mean squared 4-neighbour Laplacian an image, (B,), over inner pixels. Only ratios mean
    something: to real images it is 1 where all fine detail is there, and noise raises it."""
    kernel = x.new_tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    laplacian = conv2d(x.flatten(0, 1)[:, None], kernel[None, None])
    return laplacian.square().flatten(1).mean(dim=1).unflatten(0, (-1, x.shape[1])).mean(dim=1)


def dhash(x: Tensor) -> Tensor:
    """Difference hash, bool (B, 64): is each pixel of a grey 8x9 version darker than its right
    neighbour (as AEGAN table 1 uses it)?"""
    weights = x.new_tensor([0.299, 0.587, 0.114])[:, None, None]
    grey = (x * weights).sum(dim=1, keepdim=True)
    small = interpolate(grey, (8, 9), mode="bilinear", antialias=True, align_corners=False)
    return (small[..., 1:] > small[..., :-1]).flatten(1)


def dhash_similarity(x: Tensor, y: Tensor) -> Tensor:
    """Share of equal hash bits an image, (B,) in [0, 1]; 0.5 for unrelated images."""
    return (dhash(x) == dhash(y)).float().mean(dim=1)


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Frechet distance of Gaussians fitted to features (N, d) and (M, d) (Heusel et al. 2017)."""
    a, b = a.double(), b.double()
    mean = (a.mean(0) - b.mean(0)).square().sum()
    cov_a, cov_b = torch.cov(a.T), torch.cov(b.T)
    # trace of (A B)^(1/2): A B has the eigenvalues of a positive semi-definite matrix
    roots = torch.linalg.eigvals(cov_a @ cov_b).real.clamp_min(0).sqrt().sum()
    return float(mean + cov_a.trace() + cov_b.trace() - 2 * roots)
