"""What the explorer does with a model: the verbs of page, endpoints and command line. No gradio.

Notation: x images (B, 3, H, W) in [0, 1]; z codes (B, n) on the prior's support; x_hat = G(z).
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from explorer.engine import Model
from training.codes.directions import DEFAULT, METHODS
from training.codes.geometry import density, four_corners, hold, move
from training.errors import UserError, choose
from training.measure import metrics

PRIOR_DRAWS, PLANE_CELLS, PLANE_MARGIN = 40_000, 72, 0.06


class Reason(NamedTuple):
    """Why there is no picture, in words; `seconds` it takes until there is one, 0 if none
    comes."""

    said: str
    seconds: float = 0.0


class Plane(NamedTuple):
    """The box of 2-D codes from `low` to `high`, (2,) each, and the prior's density in it, (cells,
    cells) in [0, 1], rows by the second number."""

    low: Tensor
    high: Tensor
    density: Tensor


def measured(model: Model, x: Tensor, z: Tensor, x_hat: Tensor) -> dict[str, float]:
    """How good the codes `z`, which `model` decodes to `x_hat`, are for the images `x`, means over
    the batch.

    mse, psnr (dB), ssim of x_hat to x; sharpness of x_hat relative to x (1 is as sharp);
    cycle_error ||z - E(x_hat)||^2 where there is an encoder.
    """
    sharp = metrics.sharpness(x_hat) / metrics.sharpness(x).clamp_min(1e-8)
    figures = {
        "mse": metrics.mse(x, x_hat),
        "psnr": metrics.psnr(x, x_hat),
        "ssim": metrics.ssim(x, x_hat),
        "sharpness": sharp,
    }
    if model.encodes:
        figures["cycle_error"] = (z - model.encode(x_hat)).square().sum(dim=1)
    return {name: float(values.mean()) for name, values in figures.items()}


def plane(model: Model, corners: Tensor, n: int) -> Tensor:
    """Codes (n, n, latent) between four (4, latent), on the prior's support (F-AAE eq. 5)."""
    codes = four_corners(corners, n, keep_norm=True).flatten(0, 1)
    return model.project(codes).unflatten(0, (n, n))


def attributes(model: Model, method: str) -> dict[str, int]:
    """The attributes that `model` can be pushed along by directions of `method`, with their rows;
    none where it comes without. Those that too few held-out faces have, or lack, are not among
    them."""
    choose("method", method, METHODS)
    if model.latents is None or method not in model.latents.directions:
        return {}
    measured = ~model.latents.directions[method].auc.isnan()
    rows = enumerate(model.latents.names)
    return {name: row for row, name in rows if measured[row]}


def changed(
    model: Model,
    z: Tensor,
    amounts: dict[str, float],
    method: str = DEFAULT,
    held: Collection[str] = (),
) -> Tensor:
    """Codes `z` (B, n) pushed by `amounts` standard deviations along attributes, projected.

    What is pushed of the `held` attributes comes first; then their directions, any number, stay
    as they are while the others are pushed. Raises UserError where the model has no attributes,
    or none of a name.
    """
    if not amounts and not held:
        return z
    rows = attributes(model, method)
    if not rows:
        raise UserError(without(model))
    for name in (*amounts, *held):
        choose("attribute", name, rows)
    vectors = model.latents.directions[method].vectors

    def pushed(z: Tensor, names: list[str]) -> Tensor:
        steps = torch.tensor([amounts[name] for name in names])
        return move(z, vectors[[rows[name] for name in names]], steps)

    start = model.project(pushed(z, [name for name in amounts if name in held]))
    moved = pushed(start, [name for name in amounts if name not in held])
    return hold(start, moved, vectors[[rows[name] for name in held]], model.project)


def without(model: Model) -> str:
    """What to say of a model that has no attributes."""
    if model.latents is not None:
        return (
            f"{model.title} has no attribute directions by this method; "
            f"`python -m training directions {model.directory}` finds them."
        )
    return f"{model.title} comes without attribute directions{_unencoded(model)}."


def without_map(model: Model) -> str:
    """What to say of a model that has no map."""
    if model.latents is not None:
        made = f"`python -m explorer map {model.directory}` makes it"
        return f"{model.title} comes without a map of its codes: {made}."
    return f"{model.title} comes without a map{_unencoded(model)}."


def _unencoded(model: Model) -> str:
    return "" if model.encodes else ": it has no encoder, so no images were encoded with it"


def label_names(model: Model, exclusive: bool) -> tuple[str, ...]:
    """The labels that the model's codes end in if they are classes, `exclusive`, or if they are
    switches; () otherwise."""
    labels = model.code_labels
    return labels.names if labels and labels.exclusive == exclusive else ()


def label_choices(models: Sequence[Model]) -> list[str]:
    """The labels that codes of any of the models end in."""
    known = [model.code_labels.names for model in models if model.code_labels]
    return [*dict.fromkeys(name for names in known for name in names)]


def checked_labels(models: Sequence[Model], labels: Mapping[str, bool]) -> dict[str, bool]:
    """`labels` to be on or off in the models' codes; raises UserError where none has one."""
    known = label_choices(models)
    if labels and not known:
        raise UserError("No model that was chosen has labels in its codes: leave them out.")
    return {choose("label", name, known): bool(on) for name, on in labels.items()}


def switched(model: Model, z: Tensor, labels: Mapping[str, bool]) -> Tensor:
    """Codes z (B, n) whose labels are on or off as `labels` says, all else kept; of classes, one
    that is on puts all others off. Names that are not the model's are passed over."""
    classes = label_names(model, exclusive=True)
    names = classes or label_names(model, exclusive=False)
    wanted = {name: on for name, on in labels.items() if name in names and (on or not classes)}
    if not wanted:
        return z
    style, y = z.tensor_split([-len(names)], dim=1)
    y = torch.zeros_like(y) if classes else y.clone()
    for name, on in wanted.items():
        y[:, names.index(name)] = float(on)
    return torch.cat([style, y], dim=1)


def in_every_class(model: Model, z: Tensor) -> Tensor:
    """Codes z (B, n), the style of each in every class: (B, classes, n) (Makhzani et al. 2015,
    figure 7). Raises UserError where the codes end in no class."""
    classes = label_names(model, exclusive=True)
    if not classes:
        raise UserError(without_classes(model))
    style = z[:, None, : -len(classes)].expand(-1, len(classes), -1)
    y = torch.eye(len(classes)).to(z).expand(len(z), -1, -1)
    return torch.cat([style, y], dim=2)


def without_classes(model: Model) -> str:
    """What to say of a model that cannot keep a style and change the class."""
    names = label_names(model, exclusive=False)
    if names:
        return f"{model.title} has labels to switch, no classes: {', '.join(names)}."
    return f"{model.title} has no class in its codes: there is none to change."


def unconcerned(model: Model, labels: Mapping[str, bool]) -> str:
    """Why `labels` change nothing of the model; empty where they do, or where there are none."""
    names = model.code_labels.names if model.code_labels else ()
    if not labels or set(labels) & set(names):
        return ""
    if not names:
        return f"{model.title} has no labels in its codes: nothing is switched."
    return f"{model.title} has no label {' or '.join(labels)}: nothing is switched."


def read_labels(model: Model, z: Tensor) -> str:
    """The labels in one code z (1, n), by name; empty where codes end in none."""
    if model.code_labels is None:
        return ""
    names, exclusive = model.code_labels
    y = z[0, -len(names) :]
    if exclusive:
        return names[int(y.argmax())]
    return ", ".join(name for name, on in zip(names, y > 0.5, strict=True) if on) or "none"


@cache
def code_plane(model: Model) -> Plane | None:
    """The plane of a model with 2-D codes: all that images were encoded to and the prior draws."""
    if model.latent_size != 2:
        return None
    drawn = model.sample_codes(PRIOR_DRAWS).cpu()
    edges = drawn.quantile(torch.tensor([0.001, 0.999]), dim=0)  # (2, 2)
    every = edges if model.latents is None else torch.cat([edges, model.latents.codes])
    low, high = every.amin(dim=0), every.amax(dim=0)
    margin = PLANE_MARGIN * (high - low).amax().clamp_min(1e-3)
    low, high = low - margin, high + margin
    return Plane(low, high, density(drawn, low, high, PLANE_CELLS))
