"""Figures of merit; pure functions of images in [0, 1] (B, 3, H, W) unless said otherwise."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d, interpolate, one_hot


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


def grey(x: Tensor) -> Tensor:
    """Luma (B, 1, H, W) of colour images (ITU-R BT.601)."""
    weights = x.new_tensor([0.299, 0.587, 0.114])[:, None, None]
    return (x * weights).sum(dim=1, keepdim=True)


def spectrum(x: Tensor) -> Tensor:
    """Power an image in the quarters of the frequencies that it can hold, lowest first, (B, 4).

    Of the grey image without its mean, under a Hann window, since the borders' jump would
    otherwise fill the high bands. The frequency is the length of its vector in cycles a pixel; the
    quarters divide [0, 1/2], and what lies beyond, towards the corners, is in the last. Only
    ratios mean something: to real images, above 1 in the high bands is noise or a pattern.
    """
    plain = grey(x)[:, 0]  # (B, H, W)
    place = {"device": x.device}
    down, across = (torch.hann_window(n, periodic=False, **place) for n in plain.shape[1:])
    shown = (plain - plain.mean(dim=(1, 2), keepdim=True)) * torch.outer(down, across)
    power = torch.fft.fft2(shown).abs().square().flatten(1)
    rows, columns = (torch.fft.fftfreq(n, **place) for n in plain.shape[1:])
    frequency = torch.hypot(rows[:, None], columns[None]).flatten()
    band = (frequency * 8).long().clamp_max(3)  # (H * W,)
    return power @ one_hot(band, 4).to(power)


def dhash(x: Tensor) -> Tensor:
    """Difference hash, bool (B, 64): is each pixel of a grey 8x9 version darker than its right
    neighbour (as AEGAN table 1 uses it)?"""
    small = interpolate(grey(x), (8, 9), mode="bilinear", antialias=True, align_corners=False)
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


def coverage(real: Tensor, fake: Tensor, k: int = 5) -> float:
    """Share of the real features (N, d) that a fake one (M, d) lies near: within the distance of
    their k-th nearest real neighbour (Naeem et al. 2020, eq. 9). 1 - 2^-k = 0.97 is to be
    expected of as many fresh real images; modes that collapse leave reals uncovered."""
    radius = nearest(real, real, k + 1)  # the first is the image itself
    return float((nearest(real, fake, 1) <= radius).float().mean())


def distinct(real: Tensor, fake: Tensor) -> float:
    """Share of the fake features (M, d) that are no near repeat of another: farther from the
    nearest other than 95 % of the real features (N, d) are from theirs; 0.95 is as the real."""
    threshold = torch.quantile(nearest(real, real, 2), 0.05)
    return float((nearest(fake, fake, 2) > threshold).float().mean())


def nearest(a: Tensor, b: Tensor, k: int) -> Tensor:
    """Distance (N,) of each of a (N, d) to its k-th nearest among b (M, d), from 1; the last where
    there are fewer."""
    k = min(k, len(b))
    return torch.cat([torch.cdist(part, b).kthvalue(k, dim=1).values for part in a.split(1024)])


def label_agreement(codes: Tensor, labels: Tensor) -> float:
    """Share of the labels (N, A) bool that are the same for a code (N, n) and for the nearest
    other one, by Euclidean distance, mean over the codes (AEGAN table 2)."""
    found = []
    for start in range(0, len(codes), 1024):
        distance = torch.cdist(codes[start : start + 1024], codes)
        distance.diagonal(start).fill_(torch.inf)  # itself
        found.append(distance.argmin(dim=1))
    return (labels == labels[torch.cat(found)]).float().mean().item()


def chance_agreement(labels: Tensor) -> float:
    """`label_agreement` to be expected of codes that say nothing of the labels (N, A) bool."""
    share = labels.float().mean(dim=0)
    return (share.square() + (1 - share).square()).mean().item()
