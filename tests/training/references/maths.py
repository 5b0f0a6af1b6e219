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


def draws(batch):
    """The random numbers that the batch is going to give, without taking them from it."""
    generator = torch.Generator()
    generator.set_state(batch.generator.get_state())
    return lambda *shape: torch.randn(*shape, generator=generator).numpy()
