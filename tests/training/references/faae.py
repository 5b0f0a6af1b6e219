"""F-AAE and what builds on its equation, re-typed."""

import numpy as np
import torch

from tests.training.references.maths import (
    as_generator,
    huber,
    judged,
    log_laplacian,
    mean_square,
    of,
    on_sphere,
)
from training.composites import composites


def faae_losses(f, batch):
    x, z = batch.x, batch.z
    x_hat = f.G(z)
    real, fake = f.D(x).numpy(), f.D(x_hat).numpy()
    z_hat, z = on_sphere(f.E(x_hat).numpy()), z.numpy()
    error = ((z - z_hat) ** 2).sum(axis=1).mean()
    cycle = ((x_hat - f.G(torch.tensor(z_hat))).numpy() ** 2).mean()
    regularisation, fooling = judged(f, real, fake)
    y = composites(x_hat, as_generator(batch)).numpy()
    y_hat = of(f.G, on_sphere(of(f.E, y)))
    off = mean_square(y, y_hat) + 0.02 * huber(log_laplacian(y_hat) - log_laplacian(y)).mean()
    return {
        "regularisation": regularisation,
        "re-encoding": f.config.alpha * error
        + f.config.lambda_adv * fooling
        + f.config.lambda_cycle * cycle
        + f.config.lambda_composites * off,
    }


def faae_plus_losses(f, batch):
    x, z = batch.x, batch.z.numpy()
    # one batch for G and for D: without batch norm, no image depends on its neighbours
    samples, reconstructions = of(f.G, z), of(f.G, on_sphere(of(f.E, x)))
    fake = np.concatenate([of(f.D, samples), of(f.D, reconstructions)])
    error = ((z - on_sphere(of(f.E, samples))) ** 2).sum(axis=1).mean()
    regularisation, fooling = judged(f, of(f.D, x), fake)
    return {
        "regularisation": regularisation,
        "re-encoding": f.config.alpha * error
        + f.config.lambda_pixel * mean_square(x.numpy(), reconstructions)
        + f.config.lambda_adv * fooling,
    }


def indomain_losses(f, batch):
    x, z = batch.x, batch.z.numpy()
    x_hat = of(f.G, on_sphere(of(f.E, x)))
    error = ((z - on_sphere(of(f.E, of(f.G, z)))) ** 2).sum(axis=1).mean()
    discrimination, fooling = judged(f, of(f.D, x), of(f.D, x_hat))
    return {
        "discrimination": discrimination,
        "inversion": f.config.alpha * mean_square(x.numpy(), x_hat)
        + f.config.lambda_adv * fooling
        + f.config.lambda_code * error,
    }
