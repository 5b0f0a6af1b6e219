"""NumPy's own way to the same figures."""

import numpy as np
import torch


def softplus(v):
    return np.log1p(np.exp(-np.abs(v))) + np.maximum(v, 0)


def on_sphere(v):
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def softmax(v):
    e = np.exp(v - v.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def separation(real, fake):
    """What D minimises, of its logits."""
    return softplus(-real).mean() + softplus(fake).mean()


def fooling(fake):
    return softplus(-fake).mean()


def judged(f, real, fake):
    """What D minimises and what fools it, of its logits of images and of as many fake ones or more;
    paired, each image goes with as many of these, in their order."""
    if not f.config.pairing:
        return separation(real, fake), fooling(fake)
    ahead = np.repeat(real, len(fake) // len(real), axis=0) - fake
    return softplus(-ahead).mean(), softplus(ahead).mean()


def mean_square(a, b):
    return ((a - b) ** 2).mean()


def of(network, *parts):
    """The output for NumPy's arrays or tensors, side by side along axis 1, as NumPy's."""
    joined = np.concatenate([np.asarray(part, dtype=np.float32) for part in parts], axis=1)
    return network(torch.from_numpy(joined)).numpy()


def as_generator(batch):
    """Gives the random numbers that the batch is going to give, and takes none from it."""
    generator = torch.Generator()
    generator.set_state(batch.generator.get_state())
    return generator


def draws(batch):
    """Its normal numbers of a shape, as NumPy's."""
    generator = as_generator(batch)
    return lambda *shape: torch.randn(*shape, generator=generator).numpy()


def log_laplacian(images):
    """Logarithm of the mean squared 4-neighbour Laplacian of each image, of 1e-4 at least."""
    inner = images[..., 1:-1, 1:-1]
    around = images[..., :-2, 1:-1] + images[..., 2:, 1:-1]
    around = around + images[..., 1:-1, :-2] + images[..., 1:-1, 2:]
    return np.log(((around - 4 * inner) ** 2).mean(axis=(1, 2, 3)) + 1e-4)


def huber(r, slack=0.25):
    """r^2, and beyond the slack the tangent there."""
    return np.where(np.abs(r) > slack, slack * (2 * np.abs(r) - slack), r**2)
