"""Measures a checkpoint on images that it was not trained on."""

from pathlib import Path

import torch
from torch import Tensor, nn

from training import data
from training.checkpoints import METRICS, read, read_latents, write_json
from training.codes.inversion import STARTS, recover, refine
from training.data import CLASSES, batches
from training.distributed import device_named
from training.errors import UserError
from training.frameworks import Framework
from training.measure import metrics
from training.measure.classes import class_figures
from training.measure.features import feature_network
from training.measure.figures import FIGURES

BATCH = 256
MORPHS = 256
# what is shown beside the real images, and how its figures are named
KINDS = (
    ("reconstruction", "", "frechet_reconstructions"),
    ("sample", "sample_", "frechet"),
)


def evaluate(
    checkpoint: str | Path,
    sources: tuple[str, ...],
    device: str = "cpu",
    refine_steps: int = 50,
    refine_images: int = 1024,
    seed: int = 0,
    root: str = "data",
    attributes: str | None = None,
) -> dict:
    """`FIGURES` for the images of `sources`, as far as the system has them, with how they were
    obtained. Refinement, or recovery where there is no encoder, is measured on the first
    `refine_images` of them. `attributes`: labels for a system that tells classes to be held
    against, as `data.load` has them, "" for none; by default the data's own classes where the
    system was trained with those. Raises UserError.
    """
    place = device_named(device)
    framework, content = read(checkpoint, place)
    settings = framework.config
    if attributes is None:
        attributes = CLASSES if settings.attributes == CLASSES else ""
    labels = attributes if framework.classes else ""
    held_out = data.load(sources, settings.image_size, settings.crop, labels, root, train=False)
    images = held_out.images
    network = feature_network().to(place)
    figures = measure(framework, images, network, seed)
    if refine_steps:
        figures |= _measure_refined(framework, images[:refine_images], refine_steps, place)
    if labels:
        figures |= class_figures(framework, held_out, read_latents(checkpoint))
    return {
        "figures": {name: round(figures[name], 5) for name in FIGURES if name in figures},
        "images": len(images),
        "data": [Path(source).name for source in sources],
        "refined": {
            "steps": refine_steps,
            "images": min(refine_images, len(images)),
            **({} if framework.encodes else {"starts": STARTS}),
        },
        "features": network.name,
        "weights_sha256": content["weights_sha256"],
    }


@torch.no_grad()
def measure(
    framework: Framework, images: Tensor, network: nn.Module, seed: int = 0
) -> dict[str, float]:
    """The figures that need no refinement, of a framework in evaluation mode on uint8 images
    (N, 3, H, W), by the features of `network`. As many samples are drawn as there are images;
    morphs are between the first 1,024. Raises UserError.
    """
    if len(images) < 4:
        raise UserError("Give at least four images to evaluate on.")
    place = next(framework.parameters()).device
    z = framework.prior.sample(len(images), batches.step_generator(seed, 0))
    parts = zip(batches.in_batches(images, BATCH, place), z.to(place).split(BATCH), strict=True)
    measured = [_measure(framework, network, *batch) for batch in parts]
    all_of = {name: torch.cat([batch[name] for batch in measured]) for name in measured[0]}
    means = {name: values.mean(dim=0) for name, values in all_of.items()}
    figures = {name: value.item() for name, value in means.items() if name in FIGURES}
    real = all_of["features_real"]
    for kind, prefix, frechet in KINDS:
        if f"features_{kind}" in all_of:
            ratio = means[f"laplacian_{kind}"] / means["laplacian_real"]
            power = means[f"power_{kind}"] / means["power_real"]
            figures |= {f"{prefix}sharpness": ratio.item(), **_bands(f"{prefix}spectrum", power)}
            figures[frechet] = metrics.frechet_distance(real, all_of[f"features_{kind}"])
    if framework.encodes:
        figures["morph_middle"] = _measure_morphs(framework, images[: 4 * MORPHS], place)
    sample = all_of["features_sample"]
    coverage, distinct = metrics.coverage(real, sample), metrics.distinct(real, sample)
    return {**figures, "coverage": coverage, "distinct": distinct}


def _measure(framework: Framework, network: nn.Module, x: Tensor, z: Tensor) -> dict[str, Tensor]:
    """Figures (B,), power (B, 4) and features (B, d) of images x and codes z from the prior, on
    the CPU; of reconstructions only where there is an encoder."""
    sample, measured = framework.decode(z), {}
    shown = {"real": x, "sample": sample}
    if framework.encodes:
        z_hat, x_hat = framework.encode(sample), framework.decode(framework.encode(x))
        shown["reconstruction"] = x_hat
        measured = {
            "mse": metrics.mse(x, x_hat),
            "psnr": metrics.psnr(x, x_hat),
            "ssim": metrics.ssim(x, x_hat),
            "reencoding_error": (z - z_hat).square().sum(dim=1),
            "dhash": metrics.dhash_similarity(x, x_hat),
            "dhash_generated": metrics.dhash_similarity(sample, framework.decode(z_hat)),
        }
    for name, each in shown.items():
        measured[f"laplacian_{name}"] = metrics.sharpness(each)
        measured[f"power_{name}"] = metrics.spectrum(each)
        measured[f"features_{name}"] = network(each)
    return {name: values.cpu() for name, values in measured.items()}


def _bands(name: str, ratios: Tensor) -> dict[str, float]:
    return {f"{name}_{band}": ratio for band, ratio in enumerate(ratios.tolist(), start=1)}


def _measure_morphs(framework: Framework, images: Tensor, place: torch.device) -> float:
    """Sharpness of the middle of morphs between four images each, over that of the corners."""
    middle, corners = [], []
    for x in batches.in_batches(images[: len(images) // 4 * 4], BATCH, place):
        z = framework.encode(x)
        corners.append(metrics.sharpness(framework.decode(z)))
        z_middle = framework.prior.project(middle_of(z.unflatten(0, (-1, 4))))
        middle.append(metrics.sharpness(framework.decode(z_middle)))
    return (torch.cat(middle).mean() / torch.cat(corners).mean()).item()


def middle_of(corners: Tensor) -> Tensor:
    """The middle (B, n), not yet projected, of four codes each (B, 4, n) (F-AAE eq. 5). Its norm
    is the corners' mean: a Gaussian prior needs that, the sphere does not care."""
    mean = corners.mean(dim=1)
    norm = corners.norm(dim=2).mean(dim=1, keepdim=True)
    return mean * norm / mean.norm(dim=1, keepdim=True).clamp_min(1e-12)


@torch.no_grad()
def _measure_refined(framework: Framework, images: Tensor, steps: int, place: torch.device) -> dict:
    errors, refined_laplacian, real_laplacian = [], [], []
    batch = BATCH if framework.encodes else BATCH // STARTS
    for x in batches.in_batches(images, batch, place):
        if framework.encodes:
            z = refine(framework, x, framework.encode(x), steps)
        else:
            z = recover(framework, x, steps)
        x_hat = framework.decode(z)
        errors.append(metrics.mse(x, x_hat))
        refined_laplacian.append(metrics.sharpness(x_hat))
        real_laplacian.append(metrics.sharpness(x))
    ratio = torch.cat(refined_laplacian).mean() / torch.cat(real_laplacian).mean()
    return {"mse_refined": torch.cat(errors).mean().item(), "sharpness_refined": ratio.item()}


def save(checkpoint: str | Path, result: dict) -> None:
    """Writes metrics.json."""
    write_json(Path(checkpoint) / METRICS, result)
