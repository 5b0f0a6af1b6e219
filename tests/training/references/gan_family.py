"""GAN, the systems that stand on one, and those whose adversary judges images, re-typed from their
equations."""

import numpy as np
import torch

from tests.training.references.maths import (
    draws,
    fooling,
    judged,
    mean_square,
    of,
    on_sphere,
    separation,
)


def gan_losses(f, batch):
    real, fake = of(f.D, batch.x), of(f.D, of(f.G, batch.z))
    if f.config.gan_loss == "wasserstein":
        return {"criticism": fake.mean() - real.mean(), "generation": -fake.mean()}
    discrimination, generation = judged(f, real, fake)
    return {"discrimination": discrimination, "generation": generation}


def inverse_losses(f, batch):
    z_hat = np.tanh(of(f.E, of(f.G, batch.z)))
    return {"inversion": ((batch.z.numpy() - z_hat) ** 2).sum(axis=1).mean()}


def aegan_losses(f, batch):
    x = of(f.G, batch.z)
    x_hat = of(f.G, np.tanh(of(f.E, x)))
    if f.config.pixel_loss == "squared":
        return {"inversion": mean_square(x, x_hat)}
    return {"inversion": np.mean(-x * np.log(x_hat) - (1 - x) * np.log(1 - x_hat))}


def icgan_losses(f, batch):
    z, known = batch.z.numpy()[:, : f.config.latent_size], batch.labelled.numpy()
    y_hat = 1 / (1 + np.exp(-of(f.E_y, batch.x)))
    y = np.array(batch.y)
    y[~known] = y_hat[~known] > 0.5
    x_hat = of(f.G, z, y)
    real, fake = _pairs(f.D, batch.x, y), _pairs(f.D, x_hat, y)
    discrimination, generation = judged(f, real, fake)
    misread = ((batch.y.numpy() - y_hat)[known] ** 2).sum() / len(y)
    return {
        "discrimination": discrimination,
        "generation": generation,
        "encoding": ((z - of(f.E_z, x_hat)) ** 2).sum(axis=1).mean() + misread,
    }


def bigan_losses(f, batch):
    return {name: loss for name, (loss, _) in _bigan(f, batch).items()}


def alice_losses(f, batch):
    matched = _bigan(f, batch)
    fooling_loss, z_hat = matched["matching"]
    cycle = mean_square(batch.x.numpy(), of(f.G, z_hat))
    return {
        "discrimination": matched["discrimination"][0],
        "matching": f.config.lambda_adv * fooling_loss + f.config.alpha * cycle,
    }


def _bigan(f, batch):
    """Each phase's loss, with the codes of x that it has drawn."""
    draw, n = draws(batch), f.config.latent_size
    fake, losses = _pairs(f.D, of(f.G, batch.z), batch.z), {}
    for phase in ("discrimination", "matching"):
        z_hat = of(f.E, batch.x)
        if f.config.stochastic:
            mean, deviation = z_hat[:, :n], np.exp(z_hat[:, n:]) ** 0.5
            z_hat = mean + deviation * draw(*mean.shape)
        z_hat = on_sphere(z_hat) if f.config.prior == "sphere" else z_hat
        real = _pairs(f.D, batch.x, z_hat)
        if phase == "discrimination" or f.config.pairing:
            losses[phase] = judged(f, real, fake)[phase == "matching"], z_hat
        else:
            losses[phase] = separation(fake, real), z_hat
    return losses


def aaae_losses(f, batch):
    c, c_hat = of(f.E, batch.x), batch.z
    x_hat = of(f.G, c)
    real, fake = of(f.D, batch.x), of(f.D, x_hat)
    generator = torch.Generator()
    generator.set_state(batch.generator.get_state())
    torch.rand(len(c), 1, generator=generator)  # where the penalty is taken
    noise = torch.randn(len(c), f.config.noise_size, generator=generator)
    error = mean_square(batch.x.numpy(), x_hat)
    discrimination, fooled = judged(f, real, fake)
    return {
        "discrimination": discrimination,
        "reconstruction": f.config.alpha * error + f.config.lambda_adv * fooled,
        "criticism": of(f.D_c, c_hat).mean() - of(f.D_c, c).mean(),
        "approximation": -of(f.D_c, of(f.A, noise)).mean(),
    }


def alae_losses(f, batch):
    w = batch.z
    noise = draws(batch)(len(w), f.config.noise_size)
    real, fake = of(f.D, of(f.E, batch.x)), of(f.D, of(f.E, of(f.G, w)))
    both = of(f.E, of(f.G, np.concatenate([of(f.F, noise), w])))
    error = f.config.lambda_code * mean_square(w.numpy(), of(f.E, of(f.G, w)))
    fresh_error = f.config.lambda_code * mean_square(w.numpy(), both[len(w) :])
    return {
        "discrimination": separation(real, fake) + error,
        "generation": fooling(of(f.D, both[: len(w)])) + fresh_error,
    }


def _pairs(D, x, z):
    x, z = (torch.as_tensor(np.asarray(each, dtype=np.float32)) for each in (x, z))
    return D(x, z).numpy()
