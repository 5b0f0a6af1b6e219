"""Metrics: pure functions, of images (B, 3, H, W) in [0, 1] unless stated otherwise."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate, one_hot

from training.losses import code_errors, laplacian_energy, pixel_errors

K = 5  # neighbours of `coverage`, as in its paper


def mse(x: Tensor, y: Tensor) -> Tensor:
    """Mean squared error of each image, (B,)."""
    return pixel_errors(x, y)


def psnr(x: Tensor, y: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each image, (B,), in dB, at most 100."""
    return -10 * torch.log10(mse(x, y).clamp_min(1e-10))


def ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity of each image, (B,), in scikit-image's definition: a uniform 7x7
    window, the sample covariance, and no padded borders (Wang et al. 2004).

    torchmetrics pads the borders and divides by the population size. Corrected for both, it
    differs by up to 1e-3 on flat images, and in double precision it takes five times as long.
    """
    from skimage.metrics import structural_similarity

    pairs = zip(x.cpu().numpy(), y.cpu().numpy(), strict=True)
    values = [structural_similarity(a, b, channel_axis=0, data_range=1.0) for a, b in pairs]
    return torch.tensor(np.array(values), dtype=torch.float32)


def sharpness(x: Tensor) -> Tensor:
    """Laplacian energy of each image, (B,). To be divided by that of real images: 1 where all fine
    detail is present; noise raises it."""
    return laplacian_energy(x)


def grey(x: Tensor) -> Tensor:
    """Luma (B, 1, H, W) of colour images (ITU-R BT.601)."""
    weights = x.new_tensor([0.299, 0.587, 0.114])[:, None, None]
    return (x * weights).sum(dim=1, keepdim=True)


def spectrum(x: Tensor) -> Tensor:
    """Power of each image in four bands of radial frequency, lowest first, (B, 4).

    Of the grey image without its mean, under a Hann window, which keeps the jump at the borders
    out of the high bands. The bands are the quarters of [0, 1/2] cycles a pixel; higher
    frequencies, along the diagonals, count to the last. To be divided by that of real images:
    above 1 in the high bands is noise or a pattern.
    """
    plain, device = grey(x)[:, 0], x.device  # (B, H, W)
    down, across = (torch.hann_window(n, periodic=False, device=device) for n in plain.shape[1:])
    windowed = (plain - plain.mean(dim=(1, 2), keepdim=True)) * torch.outer(down, across)
    power = torch.fft.fft2(windowed).abs().square().flatten(1)
    rows, columns = (torch.fft.fftfreq(n, device=device) for n in plain.shape[1:])
    frequency = torch.hypot(rows[:, None], columns[None]).flatten()
    band = (frequency * 8).long().clamp_max(3)  # (H * W,)
    return power @ one_hot(band, 4).to(power)


def dhash(x: Tensor) -> Tensor:
    """Difference hash (B, 64) of grey 8x9: each pixel darker than its right (AEGAN table 1)."""
    small = interpolate(grey(x), (8, 9), mode="bilinear", antialias=True, align_corners=False)
    return (small[..., 1:] > small[..., :-1]).flatten(1)


def dhash_similarity(x: Tensor, y: Tensor) -> Tensor:
    """Share of equal dHash bits of each image, (B,) in [0, 1]; 0.5 for unrelated images."""
    return (dhash(x) == dhash(y)).float().mean(dim=1)


def squared_distance(z: Tensor, z_hat: Tensor) -> Tensor:
    """Squared distance ||z - z_hat||^2 of codes (B, n), (B,)."""
    return code_errors(z, z_hat)


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Frechet distance of Gaussians fitted to features (N, d) and (M, d) (Heusel et al. 2017); NaN
    where a feature is not finite."""
    if not (a.isfinite().all() and b.isfinite().all()):
        return math.nan
    means, factors = [], []
    for features in (a.double(), b.double()):
        mean = features.mean(0)
        centred = (features - mean) / (len(features) - 1) ** 0.5
        means.append(mean)
        factors.append(torch.linalg.qr(centred, mode="r").R)  # R^T R is the covariance
    first, second = factors
    # trace of (A^T A B^T B)^(1/2)
    roots = torch.linalg.svdvals(first @ second.T).sum()
    traces = first.square().sum() + second.square().sum()
    return float((means[0] - means[1]).square().sum() + traces - 2 * roots)


def coverage(real: Tensor, fake: Tensor) -> float:
    """Share of the real features (N, d) that have a fake one (M, d) within the distance of their
    k-th nearest real neighbour (Naeem et al. 2020, eq. 9). 1 - 2^-k = 0.97 is expected for as many
    other real images, less after mode collapse."""
    radius = nearest(real, real, K + 1)  # the nearest is the image itself
    return float((nearest(real, fake, 1) <= radius).float().mean())


def distinct(real: Tensor, fake: Tensor) -> float:
    """Share of the fake features (M, d) that are no near copy of another: farther from their
    nearest neighbour than the closest 5 % of the real features (N, d) are from theirs; 0.95 for
    real images."""
    threshold = torch.quantile(nearest(real, real, 2), 0.05)
    return float((nearest(fake, fake, 2) > threshold).float().mean())


def nearest(a: Tensor, b: Tensor, k: int) -> Tensor:
    """Distance (N,) of each of a (N, d) to its k-th nearest of b (M, d), or to the farthest."""
    k = min(k, len(b))
    return torch.cat([torch.cdist(part, b).kthvalue(k, dim=1).values for part in a.split(1024)])


def label_agreement(codes: Tensor, labels: Tensor) -> float:
    """Share of the labels bool (N, A), true or false, in which a code (N, n) agrees with its
    nearest neighbour, by Euclidean distance; mean over the codes (AEGAN table 2)."""
    found = []
    for start in range(0, len(codes), 1024):
        distance = torch.cdist(codes[start : start + 1024], codes)
        distance.diagonal(start).fill_(torch.inf)  # itself
        found.append(distance.argmin(dim=1))
    return (labels == labels[torch.cat(found)]).float().mean().item()


def chance_agreement(labels: Tensor) -> float:
    """`label_agreement` expected for codes that are independent of the labels bool (N, A)."""
    share = labels.float().mean(dim=0)
    return (share.square() + (1 - share).square()).mean().item()
