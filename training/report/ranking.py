"""Does the length of a path rank faces better than the distance of their codes?

The F-AAE paper's last section proposes that length as a distance of images for retrieval. Here each
labelled image asks for its nearest others; a ranking is good where those share its labels.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from training import data
from training.checkpoints import encode_all, read
from training.codes.geometry import slerp
from training.codes.paths import GEODESIC, geodesics, length, through
from training.distributed import device_named
from training.errors import UserError
from training.frameworks import Framework
from training.report.tables import markdown

FRAMES = 7
STEPS = 20  # of each geodesic
PAIRS = 64  # paths at a time
NEAREST = 10  # codes among which geodesics rank: there are too many pairs for all
DRAWS = 1000  # of the bootstrap
CODE, PIXELS, SPHERICAL = "code distance", "pixel distance", "spherical length"


def lengths(framework: Framework, z: Tensor, pairs: Tensor, steps: int = 0) -> Tensor:
    """Lengths (P,) of the spherical paths between the codes z (N, n) of pairs (P, 2), or after so
    many steps of the geodesics."""
    fixed = torch.zeros(FRAMES, dtype=torch.bool)
    fixed[[0, -1]] = True
    found = []
    for part in pairs.split(PAIRS):
        paths = torch.stack([through(z[pair], FRAMES, slerp) for pair in part])
        paths = framework.prior.project(paths.flatten(0, 1)).unflatten(0, (-1, FRAMES))
        if steps:
            *_, (_, paths) = geodesics(framework, paths, fixed, steps, every=steps)
        images = framework.decode(paths.flatten(0, 1)).unflatten(0, (-1, FRAMES))
        found.append(length(images))
    return torch.cat(found)


def matrix(framework: Framework, z: Tensor, x: Tensor) -> dict[str, Tensor]:
    """Distances (N, N) of all images x (N, 3, H, W) with codes z (N, n), by name."""
    pairs = torch.combinations(torch.arange(len(z)))
    one, other = pairs.T
    paths = z.new_zeros(len(z), len(z))
    paths[one, other] = paths[other, one] = lengths(framework, z, pairs)
    return {
        CODE: torch.cdist(z, z),
        PIXELS: torch.cdist(x.flatten(1), x.flatten(1)),
        SPHERICAL: paths,
    }


def agreement(distance: Tensor, shared: Tensor, k: int) -> Tensor:
    """Mean share of labels, true or false, in which each image agrees with its k nearest, (N,);
    distance and `shared` (N, M), of itself infinite."""
    nearest = distance.topk(k, dim=1, largest=False).indices
    return shared.gather(1, nearest).mean(dim=1)


def in_order(distance: Tensor, shared: Tensor) -> Tensor:
    """For each image (N,) the share of the pairs of others, of which one shares more labels with
    it, in which that one is nearer; 0.5 by chance."""
    rows = []
    for d, s in zip(distance, shared, strict=True):
        known = d.isfinite()
        more = s[known][:, None] > s[known][None]
        nearer = d[known][:, None] < d[known][None]
        rows.append(nearer[more].float().mean())
    return torch.stack(rows).nan_to_num(0.5)


def interval(values: Tensor, seed: int = 0) -> list[float]:
    """The 95 % interval of the mean of values (N,), by bootstrap."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(values), (DRAWS, len(values)), generator=generator)
    limits = torch.tensor([0.025, 0.975])
    return [round(each, 4) for each in values[drawn].mean(dim=1).quantile(limits).tolist()]


@torch.no_grad()
def ranking(
    checkpoint: str | Path,
    sources: tuple[str, ...],
    attributes: str,
    faces: int = 200,
    root: str = "data",
    device: str = "cpu",
) -> dict:
    """Figures of each distance, on the first `faces` labelled images of `sources`, and of each but
    the code's the mean difference from that with its interval: among all images, and among the
    NEAREST by code. Raises UserError."""
    target = device_named(device)
    framework, _ = read(checkpoint, target)
    if not framework.encodes:
        raise UserError(f"{framework.title} has no encoder: choose a system that has one.")
    settings = framework.config
    size, crop = settings.image_size, settings.crop
    known = data.load(sources, size, crop, attributes, root, train=False)
    images, labels = known.images[known.labelled][:faces], known.labels[known.labelled][:faces]
    if len(images) <= NEAREST:
        raise UserError(f"Give more than {NEAREST} labelled images.")
    z, x = encode_all(framework.encode, images, target), images.float() / 255
    shared = (labels[:, None] == labels[None]).float().mean(dim=2)
    found = matrix(framework, z.to(target), x)
    distances = {name: each.cpu().fill_diagonal_(torch.inf) for name, each in found.items()}
    near = distances[CODE].topk(NEAREST, dim=1, largest=False).indices  # (N, NEAREST)
    few = {name: each.gather(1, near) for name, each in distances.items()}
    pairs = torch.stack([torch.arange(len(z))[:, None].expand_as(near), near], dim=-1)
    bent = lengths(framework, z.to(target), pairs.flatten(0, 1), STEPS).cpu()
    few[f"{GEODESIC} length"] = bent.unflatten(0, near.shape)
    return {
        "images": len(images),
        "labels": labels.shape[1],
        "all": dict(_figures(distances, shared)),
        "nearest": dict(_figures(few, shared.gather(1, near))),
    }


def _figures(distances: dict[str, Tensor], shared: Tensor) -> Iterator[tuple[str, dict]]:
    def measure(distance: Tensor) -> dict[str, Tensor]:
        return {
            "nearest": agreement(distance, shared, 1),
            "nearest_5": agreement(distance, shared, 5),
            "in_order": in_order(distance, shared),
        }

    plain = measure(distances[CODE])
    yield CODE, {name: round(values.mean().item(), 4) for name, values in plain.items()}
    for kind, distance in islice(distances.items(), 1, None):
        found = measure(distance)
        yield (
            kind,
            {name: round(values.mean().item(), 4) for name, values in found.items()}
            | {f"{name}_gain": interval(found[name] - plain[name]) for name in found},
        )


def page(content: dict) -> str:
    """The tables as Markdown."""
    header = ["ranked by", "nearest", "5 nearest", "in order", "in order, less the code's (95 %)"]
    parts = []
    for among, said in (("all", "All images"), ("nearest", f"The {NEAREST} nearest by code")):
        rows = []
        for name, each in content[among].items():
            gain = each.get("in_order_gain")
            figures = [f"{each[key]:.3f}" for key in ("nearest", "nearest_5", "in_order")]
            rows.append([name, *figures, f"{gain[0]:+.3f} to {gain[1]:+.3f}" if gain else ""])
        parts.append(f"{said}:\n\n{markdown(header, rows)}")
    return "\n\n".join(parts)
