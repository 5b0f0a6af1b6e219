"""Measures a checkpoint on images that it was not trained on."""

from pathlib import Path

import torch
from torch import Tensor, nn

from training import data, metrics
from training.checkpoints import METRICS, read, write_json
from training.distributed import device_named
from training.errors import UserError
from training.features import feature_network
from training.frameworks import Framework
from training.inversion import refine

BATCH = 256
# figure -> what it is; the card and the app show these words
FIGURES = {
    "mse": "reconstruction error (MSE on [0, 1]) of the encoder's codes",
    "psnr": "the same as PSNR, dB",
    "ssim": "structural similarity of reconstructions",
    "sharpness": "sharpness of reconstructions: their Laplacian energy over the real images'",
    "sample_sharpness": "sharpness of samples",
    "mse_refined": "reconstruction error (MSE) of refined codes",
    "sharpness_refined": "sharpness of reconstructions from refined codes",
    "reencoding_error": "re-encoding error E‖z − E(G(z))‖² of codes from the prior, 2 if unrelated",
    "dhash": "dHash similarity of reconstructions of the images, 0.5 for unrelated",
    "dhash_generated": "dHash similarity of reconstructions of samples",
    "frechet": "Frechet distance of samples to the images",
    "frechet_reconstructions": "Frechet distance of reconstructions to the images",
}


@torch.no_grad()
def evaluate(
    checkpoint: str | Path,
    sources: tuple[str, ...],
    device: str = "cpu",
    refine_steps: int = 50,
    refine_images: int = 1024,
    seed: int = 0,
    root: str = "data",
) -> dict:
    """All of `FIGURES` for the images of `sources`, with how they were obtained.

    As many samples are drawn as there are images. Refinement is measured on the first
    `refine_images` of them. Raises UserError.
    """
    place = device_named(device)
    framework, content = read(checkpoint, place)
    settings = framework.config
    images = data.load(sources, settings.image_size, settings.crop, root=root, train=False).images
    if len(images) < 2:
        raise UserError("Give at least two images to evaluate on.")
    z = framework.prior.sample(len(images), settings.latent_size, data.step_generator(seed, 0))
    network = feature_network().to(place)
    batches = zip(data.in_batches(images, BATCH, place), z.to(place).split(BATCH), strict=True)
    measured = [_measure(framework, network, *batch) for batch in batches]
    all_of = {name: torch.cat([batch[name] for batch in measured]) for name in measured[0]}
    means = {name: values.mean().item() for name, values in all_of.items()}
    real, samples = all_of["features_real"], all_of["features_sample"]
    reconstructions = all_of["features_reconstruction"]
    figures = {
        **{name: means[name] for name in FIGURES if name in means},
        "sharpness": means["laplacian_reconstruction"] / means["laplacian_real"],
        "sample_sharpness": means["laplacian_sample"] / means["laplacian_real"],
        **_measure_refined(framework, images[:refine_images], refine_steps, place),
        "frechet": metrics.frechet_distance(real, samples),
        "frechet_reconstructions": metrics.frechet_distance(real, reconstructions),
    }
    return {
        "figures": {name: round(figures[name], 5) for name in FIGURES},
        "images": len(images),
        "data": [Path(source).name for source in sources],
        "refined": {"steps": refine_steps, "images": min(refine_images, len(images))},
        "features": network.name,
        "weights_sha256": content["weights_sha256"],
    }


def _measure(framework: Framework, network: nn.Module, x: Tensor, z: Tensor) -> dict[str, Tensor]:
    """Figures (B,) and features (B, d) of images x and codes z from the prior, on the CPU."""
    x_hat, sample = framework.decode(framework.encode(x)), framework.decode(z)
    z_hat = framework.encode(sample)
    measured = {
        "mse": metrics.mse(x, x_hat),
        "psnr": metrics.psnr(x, x_hat),
        "ssim": metrics.ssim(x, x_hat),
        "reencoding_error": (z - z_hat).square().sum(dim=1),
        "dhash": metrics.dhash_similarity(x, x_hat),
        "dhash_generated": metrics.dhash_similarity(sample, framework.decode(z_hat)),
    }
    for name, shown in (("real", x), ("reconstruction", x_hat), ("sample", sample)):
        measured[f"laplacian_{name}"] = metrics.sharpness(shown)
        measured[f"features_{name}"] = network(shown)
    return {name: values.cpu() for name, values in measured.items()}


def _measure_refined(framework: Framework, images: Tensor, steps: int, place: torch.device) -> dict:
    errors, refined_laplacian, real_laplacian = [], [], []
    for x in data.in_batches(images, BATCH, place):
        x_hat = framework.decode(refine(framework, x, framework.encode(x), steps))
        errors.append(metrics.mse(x, x_hat))
        refined_laplacian.append(metrics.sharpness(x_hat))
        real_laplacian.append(metrics.sharpness(x))
    ratio = torch.cat(refined_laplacian).mean() / torch.cat(real_laplacian).mean()
    return {"mse_refined": torch.cat(errors).mean().item(), "sharpness_refined": ratio.item()}


def save(checkpoint: str | Path, result: dict) -> None:
    """Writes metrics.json."""
    write_json(Path(checkpoint) / METRICS, result)
