"""Measures a checkpoint on held-out images."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from training import data
from training.checkpoints import METRICS, read, read_latents, read_metrics, write_json
from training.codes.inversion import STARTS, recover, refine
from training.data import CLASSES, batches
from training.distributed import device_named
from training.errors import UserError
from training.frameworks import Framework
from training.measure import metrics
from training.measure.classes import class_figures
from training.measure.features import feature_network, features_in_use
from training.measure.figures import FIGURES, kept, not_finite
from training.measure.perception import SEEN, perceive, perception_network

BATCH = 256
MORPHS = 256
# What is compared with the real images, the prefix of its figures, and its Frechet distance
KINDS = (("reconstruction", "", "frechet_reconstructions"), ("sample", "sample_", "frechet"))


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
    """The content of metrics.json: those of `FIGURES` that the system has, on the images of
    `sources`, as far as they are finite, the names of the others, and how they were obtained.
    Raises UserError.

    Refined codes, or recovered ones where there is no encoder, are measured on the first
    `refine_images` images. `attributes`: the true classes for a system that predicts classes, as
    `data.load` takes them, "" for none; by default the data's own where the system was trained
    with those.
    """
    target = device_named(device)
    framework, content = read(checkpoint, target)
    settings = framework.config
    if attributes is None:
        attributes = CLASSES if settings.attributes == CLASSES else ""
    labels = attributes if framework.classes else ""
    held_out = data.load(sources, settings.image_size, settings.crop, labels, root, train=False)
    images = held_out.images
    network = feature_network().to(target)
    figures = measure(framework, images, network, seed)
    if refine_steps:
        figures |= _measure_refined(framework, images[:refine_images], refine_steps)
    if labels:
        figures |= class_figures(
            framework, held_out, read_latents(checkpoint, framework.prior.size)
        )
    perception, seen = perception_network(), images[:SEEN]
    if perception:
        figures |= perceive(framework, seen, perception.to(target), seed)
    return {
        "figures": kept(figures),
        **({"left_out": left_out} if (left_out := not_finite(figures)) else {}),
        "images": len(images),
        "data": [Path(source).name for source in sources],
        "refined": {
            "steps": refine_steps,
            "images": min(refine_images, len(images)),
            **({} if framework.encodes else {"starts": STARTS}),
        },
        "features": network.name,
        **({"perception": {"network": perception.name, "images": len(seen)}} if perception else {}),
        "weights_sha256": content["weights_sha256"],
    }


@torch.no_grad()
def measure(
    framework: Framework, images: Tensor, network: nn.Module, seed: int = 0
) -> dict[str, float]:
    """The figures without refined codes, of a framework in evaluation mode on uint8 images
    (N, 3, H, W), with the features of `network`. As many samples are drawn as there are images;
    morphs are between the first 1,024. Raises UserError.
    """
    if len(images) < 4:
        raise UserError("Give at least four images to evaluate on.")
    device = framework.device
    z = framework.prior.sample(len(images), batches.step_generator(seed, 0))
    parts = zip(batches.in_batches(images, BATCH, device), z.to(device).split(BATCH), strict=True)
    by_batch = [_by_image(framework, network, *batch) for batch in parts]
    by_image = {name: torch.cat([batch[name] for batch in by_batch]) for name in by_batch[0]}
    means = {name: values.mean(dim=0) for name, values in by_image.items()}
    figures = {name: value.item() for name, value in means.items() if name in FIGURES}
    real = by_image["features_real"]
    for kind, prefix, frechet in KINDS:
        if f"features_{kind}" in by_image:
            ratio = means[f"laplacian_{kind}"] / means["laplacian_real"]
            power = means[f"power_{kind}"] / means["power_real"]
            bands = enumerate(power.tolist(), start=1)
            figures |= {f"{prefix}spectrum_{band}": share for band, share in bands}
            figures[f"{prefix}sharpness"] = ratio.item()
            figures[frechet] = metrics.frechet_distance(real, by_image[f"features_{kind}"])
    if framework.encodes:
        figures["morph_middle"] = _measure_morphs(framework, images[: 4 * MORPHS])
    sample = by_image["features_sample"]
    coverage, distinct = metrics.coverage(real, sample), metrics.distinct(real, sample)
    return {**figures, "coverage": coverage, "distinct": distinct}


def _by_image(framework: Framework, network: nn.Module, x: Tensor, z: Tensor) -> dict[str, Tensor]:
    """For each image x and code z from the prior, on the CPU: the figures with a function (B,),
    power (B, 4) and features (B, d). Those of reconstructions only where there is an encoder."""
    sample = framework.decode(z)
    tensors = {"x": x, "z": z, "sample": sample}
    images = {"real": x, "sample": sample}
    if framework.encodes:
        z_hat, x_hat = framework.encode(sample), framework.decode(framework.encode(x))
        tensors |= {"x_hat": x_hat, "z_hat": z_hat, "sample_hat": framework.decode(z_hat)}
        images["reconstruction"] = x_hat
    values = {
        figure.name: figure.of(*[tensors[name] for name in figure.inputs])
        for figure in FIGURES.values()
        if figure.of and tensors.keys() >= set(figure.inputs)
    }
    for name, each in images.items():
        values[f"laplacian_{name}"] = metrics.sharpness(each)
        values[f"power_{name}"] = metrics.spectrum(each)
        values[f"features_{name}"] = network(each)
    return {name: each.cpu() for name, each in values.items()}


def _measure_morphs(framework: Framework, images: Tensor) -> float:
    """Sharpness in the middle of morphs between four images each, over that of the corners."""
    middles, corners = [], []
    for x in batches.in_batches(images[: len(images) // 4 * 4], BATCH, framework.device):
        z = framework.encode(x)
        corners.append(metrics.sharpness(framework.decode(z)))
        evenly = z.new_full((4, 1, 1), 1 / 4)
        z_middle = framework.prior.between(z.unflatten(0, (-1, 4)).transpose(0, 1), evenly)
        middles.append(metrics.sharpness(framework.decode(z_middle)))
    return (torch.cat(middles).mean() / torch.cat(corners).mean()).item()


def _measure_refined(framework: Framework, images: Tensor, steps: int) -> dict[str, float]:
    def find(x: Tensor) -> Tensor:
        if framework.encodes:
            return refine(framework, x, framework.encode(x), steps)
        return recover(framework, x, steps)

    batch = BATCH if framework.encodes else BATCH // STARTS
    mse, sharpness = error_and_sharpness(framework, images, find, batch)
    return {"mse_refined": mse, "sharpness_refined": sharpness}


@torch.no_grad()
def error_and_sharpness(
    framework: Framework, images: Tensor, find: Callable[[Tensor], Tensor], batch: int = BATCH
) -> tuple[float, float]:
    """Mean squared error of what the codes that `find` gives of `images` decode to, and their
    sharpness relative to the images'."""
    by_batch = []
    for x in batches.in_batches(images, batch, framework.device):
        x_hat = framework.decode(find(x))
        by_batch.append((metrics.mse(x, x_hat), metrics.sharpness(x_hat), metrics.sharpness(x)))
    mse, found, real = (torch.cat(parts).mean() for parts in zip(*by_batch, strict=True))
    return mse.item(), (found / real).item()


def on_file(content: dict, sources: tuple[str, ...], files: int, measurement: dict) -> bool:
    """Whether a measurement is of sources of these names, with so many `files` but for unreadable
    ones, of these weights, and by the features in use."""
    if not files * (1 - data.UNREADABLE_SHARE) <= measurement.get("images", 0) <= files:
        return False
    wanted = {
        "data": [Path(source).name for source in sources],
        "features": features_in_use(),
        "weights_sha256": content["weights_sha256"],
    }
    return wanted.items() <= measurement.items()


def save(checkpoint: str | Path, result: dict) -> None:
    """Writes metrics.json; what else was measured there of the same weights is kept."""
    former = read_metrics(checkpoint)
    beside = {name: former[name] for name in ("domain", "objectives") if name in former}
    write_json(Path(checkpoint) / METRICS, beside | result)
