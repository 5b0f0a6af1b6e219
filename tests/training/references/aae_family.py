"""AAE, its variants, VAE and WAE, re-typed from their equations."""

import numpy as np

from tests.training.references.maths import (
    draws,
    fooling,
    mean_square,
    of,
    on_sphere,
    separation,
    softmax,
)


def _aae(f, batch, z, codes):
    """Losses of AAE's two phases, with the codes of x that each has drawn."""
    first, second = codes
    error = mean_square(batch.x.numpy(), of(f.G, second))
    return {
        "regularisation": separation(of(f.D, z), of(f.D, first)),
        "reconstruction": f.config.alpha * error + f.config.lambda_adv * fooling(of(f.D, second)),
    }


def aae_losses(f, batch):
    z_hat = on_sphere(of(f.E, batch.x))
    return _aae(f, batch, batch.z, [z_hat, z_hat])


def aae_gaussian_losses(f, batch):
    draw, codes = draws(batch), []
    mean, log_variance = np.split(of(f.E, batch.x), 2, axis=1)
    codes = [mean + np.sqrt(np.exp(log_variance)) * draw(*mean.shape) for _ in range(2)]
    return _aae(f, batch, batch.z, codes)


def aae_noise_losses(f, batch):
    draw, codes = draws(batch), []
    for _ in range(2):
        eta = draw(len(batch.x), f.config.noise_size)
        planes = np.ones((*eta.shape, *batch.x.shape[2:])) * eta[:, :, None, None]
        codes.append(of(f.E, batch.x, planes))
    return _aae(f, batch, batch.z, codes)


def aae_labels_losses(f, batch):
    z, z_hat = batch.z.numpy().copy(), of(f.E, batch.x)
    classes = batch.y.numpy().argmax(axis=1)
    noise = draws(batch)(len(classes), 2)  # along the ray, across it
    shown = np.zeros((len(classes), 4))
    for i, known in enumerate(batch.labelled):
        shown[i, classes[i] if known else 3] = 1
        if known:
            angle = classes[i] * 2 * np.pi / 3
            ray, across = np.array([np.cos(angle), np.sin(angle)]), noise[i, 1] / 4
            z[i] = (4 + noise[i, 0]) * ray + across * np.array([-ray[1], ray[0]])
    real, fake = of(f.D, z, shown), of(f.D, z_hat, shown)
    error = mean_square(batch.x.numpy(), of(f.G, z_hat))
    return {
        "regularisation": separation(real, fake),
        "reconstruction": f.config.alpha * error + f.config.lambda_adv * fooling(fake),
    }


def aae_supervised_losses(f, batch):
    z, z_hat = batch.z[:, : f.config.latent_size], of(f.E, batch.x)
    real, fake = of(f.D, z), of(f.D, z_hat)
    errors = (batch.x.numpy() - of(f.G, z_hat, batch.y)) ** 2
    error = errors[batch.labelled.numpy()].sum() / errors.size
    return {
        "regularisation": separation(real, fake),
        "reconstruction": f.config.alpha * error + f.config.lambda_adv * fooling(fake),
    }


def aae_cluster_losses(f, batch):
    n = f.config.latent_size
    z, y = batch.z[:, :n], batch.z[:, n:]
    z_hat, logits = np.split(of(f.E, batch.x), [n], axis=1)
    y_hat = softmax(logits)
    of_z, of_y = of(f.D, z_hat), of(f.D_y, y_hat)
    error = mean_square(batch.x.numpy(), of(f.G, z_hat, y_hat))
    return {
        "regularisation": separation(of(f.D, z), of_z) + separation(of(f.D_y, y), of_y),
        "reconstruction": f.config.alpha * error
        + f.config.lambda_adv * (fooling(of_z) + fooling(of_y)),
    }


def aae_semi_losses(f, batch):
    y_hat = softmax(of(f.E, batch.x)[:, f.config.latent_size :])
    surprise = -np.log((y_hat * batch.y.numpy()).sum(axis=1))
    known = surprise[batch.labelled.numpy()].sum() / len(surprise)
    return aae_cluster_losses(f, batch) | {"classification": known}


def vae_losses(f, batch):
    mean, log_variance = np.split(of(f.E, batch.x), 2, axis=1)
    variance = np.exp(log_variance)
    z_hat = mean + np.sqrt(variance) * draws(batch)(*mean.shape)
    divergence = (mean**2 + variance - 1 - log_variance).sum(axis=1).mean() / 2
    error = mean_square(batch.x.numpy(), of(f.G, z_hat))
    return {"bound": f.config.alpha * error + f.config.lambda_kl * divergence}


def soft_intro_vae_losses(f, batch):
    draw, n, weights = draws(batch), len(batch.x), f.config
    pixels = batch.x[0].numel()

    def drawn(x):
        """Codes of images, and the divergence of each posterior."""
        mean, log_variance = np.split(of(f.E, x), 2, axis=1)
        variance = np.exp(log_variance)
        divergence = (mean**2 + variance - 1 - log_variance).sum(axis=1) / 2 / pixels
        return mean + np.sqrt(variance) * draw(*mean.shape), divergence

    def errors(x, codes):
        return ((np.asarray(x) - of(f.G, codes)) ** 2).reshape(len(x), -1).mean(axis=1)

    losses = {}
    for phase in ("inference", "generation"):
        z_hat, divergence = drawn(batch.x)
        error = weights.beta_rec * errors(batch.x, z_hat).mean()
        fakes = np.concatenate([of(f.G, z_hat), of(f.G, batch.z)])
        z_fake, of_fakes = drawn(fakes)
        of_each = weights.beta_rec * errors(fakes, z_fake)
        if phase == "inference":
            passed = np.exp(-2 * of_each - 2 * weights.beta_neg * of_fakes)
            parts = passed[:n].mean() / 4 + passed[n:].mean() / 4
            losses[phase] = error + weights.beta_kl * divergence.mean() + parts
        else:
            parts = weights.beta_kl * of_fakes.mean() + weights.gamma_r * of_each.mean()
            losses[phase] = error + parts
    return losses


def wae_losses(f, batch):
    if f.config.penalty == "adversarial":
        z_hat = of(f.E, batch.x)
        return _aae(f, batch, batch.z, [z_hat, z_hat])
    z, z_hat = batch.z.numpy(), of(f.E, batch.x)
    c, b = 2 * z.shape[1], len(z)

    def kernel(p, q):
        return c / (c + ((p - q) ** 2).sum())

    pairs = [(i, j) for i in range(b) for j in range(b) if i != j]
    within = sum(kernel(v[i], v[j]) for v in (z, z_hat) for i, j in pairs) / (b * (b - 1))
    between = sum(kernel(p, q) for p in z for q in z_hat) / b**2
    error = mean_square(batch.x.numpy(), of(f.G, z_hat))
    distance = within - 2 * between
    return {"reconstruction": f.config.alpha * error + f.config.lambda_mmd * distance}
