"""F-AAE, re-typed from its equation."""

import torch

from tests.training.references.maths import on_sphere, softplus


def faae_losses(f, batch):
    x, z = batch.x, batch.z
    x_hat = f.G(z)
    real, fake = f.D(x).numpy(), f.D(x_hat).numpy()
    z_hat, z = on_sphere(f.E(x_hat).numpy()), z.numpy()
    error = ((z - z_hat) ** 2).sum(axis=1).mean()
    cycle = ((x_hat - f.G(torch.tensor(z_hat))).numpy() ** 2).mean()
    return {
        "regularisation": softplus(-real).mean() + softplus(fake).mean(),
        "re-encoding": f.config.alpha * error
        + f.config.lambda_adv * softplus(-fake).mean()
        + f.config.lambda_cycle * cycle,
    }
