"""Reconstruct: from a picture to a code and back, by the encoder and by optimisation."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Literal

from torch import Tensor

from explorer.engine import Model
from explorer.pictures.faces import Crop
from explorer.pictures.picture import Picture, whole
from explorer.verbs.common.options import MOST_SEED, Models, Option, Result, Shown
from explorer.verbs.common.stages import Stage, first_stage, stage
from explorer.words import numeral, say
from explorer.work import beside, computed
from training.codes.inversion import DEFAULT, DRAWS, LOSSES, METHODS, STARTS, Objective


@dataclass(frozen=True)
class Reconstruction(Result):
    """The image x (1, 3, H, W) and its stages by name: 'encoder' or 'recovery', then 'refined'."""

    x: Tensor
    crop: Crop
    stages: dict[str, Stage] = field(default_factory=dict)

    def shown(self) -> Shown:
        figures = {
            name: {**stage.figures, "code": stage.z[0].tolist()}
            for name, stage in self.stages.items()
        }
        return Shown({name: stage.x_hat[0] for name, stage in self.stages.items()}, figures)

    def shared(self) -> Shown:
        return Shown({"crop": self.x[0]}, {"crop": vars(self.crop)})


def reconstruct(
    picture: Annotated[Picture, Option("picture to encode; a face in it is found and cropped")],
    models: Models,
    steps: Annotated[int, Option("optimisation steps that refine the code", 0, 300)] = 50,
    method: Annotated[
        Literal[METHODS],
        Option("encoder; recovery: descent from prior samples; hybrid: from the encoder's code"),
    ] = "hybrid",
    starts: Annotated[int, Option("prior samples that recovery starts from", 1, 64)] = STARTS,
    loss: Annotated[Literal[tuple(LOSSES)], Option("pixel loss that is minimised")] = "squared",
    seed: Annotated[int, Option("seed of recovery's samples", 0, MOST_SEED)] = 0,
    prior_weight: Annotated[
        float,
        Option(
            "weight of how far the code is from the prior's draws",
            0,
            1,
        ),
    ] = DEFAULT.prior_weight,
    domain_weight: Annotated[
        float,
        Option("weight of the re-encoding error of the code, where there is an encoder", 0, 1),
    ] = DEFAULT.domain_weight,
    sharpness_weight: Annotated[
        float,
        Option("weight of the log ratio of sharpness to the crop's (Huber loss)", 0, 1),
    ] = DEFAULT.sharpness_weight,
) -> dict[Model, Reconstruction]:
    """Reconstructions of a picture by each model.

    Gives the crop, then for each model the reconstruction from the encoder's code (by recovery
    where there is no encoder) and from the code refined by `steps`, with MSE, PSNR (dB), SSIM,
    sharpness relative to the crop, the re-encoding error of the code as `cycle_error`, and its
    distance from the prior's draws, half of which are below 1, as `prior_distance`. Refinement with
    all three weights at 0 is plain: it minimises the pixel loss alone.
    """
    picture = copy(picture)  # one that is cropped meanwhile is another
    objective = Objective(loss, prior_weight, domain_weight, sharpness_weight)

    def found(model: Model) -> Reconstruction:
        x = picture.pixels(model.image_size)[None]
        if method == "recovery":
            how = {"starts": starts, "seed": seed, **vars(objective)}
            z = model.recover(x, steps, **how)
            stages = {"recovery": computed(stage, model, x, z)}
        else:
            stages = {model.found_by: first_stage(model, picture)}
        if method == "hybrid" and not model.unrefined:
            z = model.refine(x, stages[model.found_by].z, steps, **vars(objective))
            stages["refined"] = computed(stage, model, x, z)
        return Reconstruction(x, picture.crop or whole(picture.source), stages)

    return beside(found, models)


def refined_in_step(
    models: Sequence[Model],
    images: Mapping[str, Tensor],
    start: Mapping[str, Tensor],
    steps: int,
    every: int,
    objective: Objective = DEFAULT,
) -> Iterator[tuple[int, dict[str, Tensor]]]:
    """The refinements side by side of all models that can refine, from the codes of `start`, and
    recoveries of those that have none there: (step, codes by model name)."""
    how = vars(objective)
    streams: dict[Model, Iterator[tuple[int, Tensor]]] = {
        model: model.refine_steps(images[model.name], start[model.name], steps, every, **how)
        if model.name in start
        else islice(model.recover_steps(images[model.name], steps, every, **how), 1, None)
        for model in models
        if not model.unrefined
    }

    def further(model: Model) -> tuple[int, Tensor] | None:
        return next(streams[model], None)

    while streams and all((found := beside(further, streams)).values()):
        step, _ = next(iter(found.values()))
        yield step, {model.name: z for model, (_, z) in found.items()}


def unencoded(model: Model) -> str:
    """What to say of the picture that stands in the encoder's place where there is none."""
    if model.encodes:
        return ""
    if model.unrefined:
        return say(
            "{model} has no encoder and cannot refine codes: this is the best of {count} samples.",
            model=model.title,
            count=DRAWS,
        )
    return say(
        "{model} has no encoder: this is the best of {count} prior samples. Refinement finds a "
        "better code, 50 steps in about {seconds} s.",
        model=model.title,
        count=DRAWS,
        seconds=numeral(f"{model.descent_s(1, steps=50):.1f}"),
    )


def unrefined(model: Model) -> str:
    """Why the picture of the refined code is the encoder's; empty where codes can be refined."""
    why = model.unrefined
    return say("{model} cannot refine codes: {why}", model=model.title, why=why) if why else ""
