"""The terms of the objectives. Discriminators return logits; every term is a mean over the batch,
so that averaging over processes equals one larger batch."""

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import huber_loss, softplus

SMOOTH = 1e-4  # Laplacian energy of an image without detail; faces at 32 px have 0.05
SLACK = 0.25


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Non-saturating GAN loss of D: E[sp(-D(real))] + E[sp(D(fake))]; logits (B, ...) each.

    2 log 2 = 1.386 is chance: above it, D does not tell real from fake.
    """
    return softplus(-real).mean() + softplus(fake).mean()


def fooling_loss(fake: Tensor) -> Tensor:
    """Non-saturating GAN loss of G, or of E where codes are fake: E[sp(-D(fake))]; logits
    (B, ...)."""
    return softplus(-fake).mean()


def pairing_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Relativistic pairing loss of D: E[sp(D(fake) - D(real))] (Jolicoeur-Martineau 2019; R3GAN,
    Huang et al. 2024, eq. 2); that of G has the two swapped. Logits (B, ...) and (B k, ...): where
    one side has k times as many, each k in turn go with one of the other. log 2 = 0.693 is chance:
    above it, D does not tell the two of a pair apart."""
    count = min(len(real), len(fake))
    real, fake = (logits.unflatten(0, (count, -1)) for logits in (real, fake))
    return softplus(fake - real).mean()


def code_error(z: Tensor, z_hat: Tensor) -> Tensor:
    """Re-encoding error E||z - z_hat||^2 of codes (B, n); 2 for unrelated ones on the sphere."""
    return code_errors(z, z_hat).mean()


def code_errors(z: Tensor, z_hat: Tensor) -> Tensor:
    """The same for each code, (B,)."""
    return (z - z_hat).square().sum(dim=1)


def pixel_error(x: Tensor, x_hat: Tensor) -> Tensor:
    """Reconstruction error ||x - x_hat||^2 averaged over batch, channels and pixels."""
    return (x - x_hat).square().mean()


def pixel_errors(x: Tensor, x_hat: Tensor) -> Tensor:
    """The same for each image, (B,)."""
    return (x - x_hat).square().flatten(1).mean(dim=1)


def laplacian_energy(x: Tensor) -> Tensor:
    """Mean squared 4-neighbour Laplacian of each image (B, C, H, W), (B,), over inner pixels."""
    # by slices: the gradient of a convolution of single channels takes several times longer
    across, down = x[..., 1:-1, :], x[..., 1:-1]
    laplacian = across[..., :-2] + across[..., 2:] + down[..., :-2, :] + down[..., 2:, :]
    return (laplacian - 4 * across[..., 1:-1]).square().flatten(1).mean(dim=1)


def sharpness_errors(x: Tensor, x_hat: Tensor) -> Tensor:
    """How far the fine detail of images is from that of others, (B,): the logarithm r of the ratio
    of their Laplacian energies, as r^2, but beyond `SLACK` as straight lines (Huber), so that what
    G cannot draw sharp is not bent to it."""
    there, wanted = laplacian_energy(x_hat), laplacian_energy(x)
    r = ((there + SMOOTH) / (wanted + SMOOTH)).log()
    return 2 * huber_loss(r, torch.zeros_like(r), reduction="none", delta=SLACK)


def squares(x: Tensor, x_hat: Tensor) -> Tensor:
    """(x - x_hat)^2 of each pixel, of the images' shape."""
    return (x - x_hat).square()


def cross_entropies(x: Tensor, x_hat: Tensor) -> Tensor:
    """-x log x_hat - (1 - x) log(1 - x_hat) of each pixel (AEGAN eq. 5), of the images' shape.
    Least for x_hat = x, where it is the entropy of x, not 0."""
    x_hat = x_hat.clamp(1e-6, 1 - 1e-6)  # a sigmoid in fp32 reaches 1, a blurred image exceeds it
    return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log())


# Values of --loss and --pixel-loss: the difference of two images, by pixel
PIXEL_LOSSES = {"squared": squares, "cross-entropy": cross_entropies}


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """E KL(N(mean, variance) || N(0, I)) in nats, of (B, n) each (Kingma and Welling 2013)."""
    return kl_divergences(mean, log_variance).mean()


def kl_divergences(mean: Tensor, log_variance: Tensor) -> Tensor:
    """The same for each image, (B,)."""
    of_each = (mean.square() + log_variance.exp() - 1 - log_variance) / 2
    return of_each.sum(dim=1)


def damped(x: Tensor, share: float) -> Tensor:
    """x itself, through which a share of the gradient passes: 0 for none, 1 for all."""
    return torch.lerp(x.detach(), x, share)


def mmd(z: Tensor, z_hat: Tensor) -> Tensor:
    """Squared maximum mean discrepancy of codes (B, n) each, B > 1, from N(0, I) and from E, under
    the kernel C / (C + d^2) with C = 2 n; its unbiased estimate, which may be below 0 (Tolstikhin
    et al. 2018, section 4). Over pairs within the batch: several processes see fewer of them."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        squared = (a[:, None] - b[None]).square().sum(dim=2)  # (B, B)
        return 1 / (1 + squared / (2 * a.shape[1]))

    others = ~torch.eye(len(z), dtype=torch.bool, device=z.device)
    within = kernel(z, z)[others].mean() + kernel(z_hat, z_hat)[others].mean()
    return within - 2 * kernel(z, z_hat).mean()


def r1_penalty(x: Tensor, logits: Tensor) -> Tensor:
    """R1: E||grad_x D(x)||^2 on real images (Mescheder et al. 2018, eq. 9, without gamma/2), or R2
    on fake ones.

    `x` must require grad and have led to `logits` (B,), or to several for each image, (B, ...), of
    which D(x) is then the mean.
    """
    (gradient,) = torch.autograd.grad(logits.mean() * len(x), x, create_graph=True)
    return gradient.square().flatten(1).sum(dim=1).mean()


def critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Wasserstein loss of a critic D: E[D(fake)] - E[D(real)] (Arjovsky et al. 2017)."""
    return fake.mean() - real.mean()


def gradient_penalty(D: nn.Module, real: Tensor, fake: Tensor, generator: Generator) -> Tensor:
    """WGAN-GP: E(||grad D(v)|| - 1)^2 at uniform points v between real and fake, images or codes
    (B, ...) each (Gulrajani et al. 2017, eq. 3, without lambda)."""
    shape = (len(real),) + (1,) * (real.ndim - 1)
    share = torch.rand(shape, generator=generator, device=generator.device)
    v = torch.lerp(real.detach(), fake.detach(), share).requires_grad_()
    (gradient,) = torch.autograd.grad(D(v).sum(), v, create_graph=True)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()
