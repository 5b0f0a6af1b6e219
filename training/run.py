"""A run: the networks, optimisers and data of one training, and its files on disk."""

import io
import math
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from training import checkpoints, data, distributed
from training.checkpoints import STATE, State
from training.config import Config
from training.data.batches import Batches, own_generator, step_generator, to_device
from training.data.labels import labels_of
from training.errors import UserError, choose
from training.frameworks import FRAMEWORKS, Batch, Framework, Phase
from training.frameworks.base import trainable
from training.memory import short_of_memory
from training.networks.nested import become
from training.precision import autocast
from training.stopped import Stopped, what_is_kept


class PhaseLoss(nn.Module):
    """A phase's loss as a module, for a data-parallel engine to wrap: batch -> (loss, terms)."""

    def __init__(self, framework: Framework, phase: Phase):
        super().__init__()
        self.framework, self.phase = framework, phase

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        return self.phase.loss(batch)


class PhaseOptimizer:
    """A phase with the optimiser of its networks."""

    def __init__(self, framework: Framework, phase: Phase, world: distributed.World):
        self.framework, self.phase, config = framework, phase, framework.config
        parameters = trainable(framework, phase)
        betas = config.beta1, config.beta2
        self.optimizer = torch.optim.Adam(parameters, phase.lr, betas, fused=True)
        self.loss = world.wrap(PhaseLoss(framework, phase))

    def step(self, batch: Batch, rate: float, autocast) -> dict[str, Tensor]:
        """One optimiser step at `rate` times the phase's learning rate; the phase's figures."""
        trainable(self.framework, self.phase)
        for group in self.optimizer.param_groups:
            group["lr"] = self.phase.lr * rate
        with autocast():
            loss, terms = self.loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return {name: term.detach() for name, term in terms.items()}

    def restore(self, state: dict) -> None:
        """Goes on from what was stored; raises ValueError, KeyError or AttributeError where that is
        of other networks."""
        self.optimizer.load_state_dict(state)
        for parameter, kept in self.optimizer.state.items():
            if {kept["exp_avg"].shape, kept["exp_avg_sq"].shape} != {parameter.shape}:
                raise ValueError


def active_phases(framework: Framework) -> list[Phase]:
    """The phases of one step, each with the networks that learn; phases that have none are left
    out. UserError where --train names no network of a phase."""
    phases = framework.phases()
    networks = dict.fromkeys(name for phase in phases for name in phase.networks)
    for name in framework.config.train:
        choose(f"network of {framework.id} to train", name, networks)
    kept = [
        replace(phase, networks=tuple(filter(framework.learns, phase.networks))) for phase in phases
    ]
    return [phase for phase in kept if phase.networks]


def learning_rate(config: Config, step: int, steps: int) -> float:
    """The factor on learning rates. By hand: of the step alone, it needs no state to resume."""
    if config.schedule == "inverse":
        return 1 / (1 + config.lr_decay * step)
    if config.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * step / steps))
    return 1.0


def autocast_for(config: Config, device: torch.device) -> Callable[[], torch.autocast]:
    """A factory of the autocast contexts of training."""
    return partial(autocast, config.precision, device)


class Average(AveragedModel):
    """Moving average of weights and of batch norm's statistics. By hand because a step of
    AveragedModel's own makes a GPU wait for the CPU."""

    @torch.no_grad()
    def update_parameters(self, model: Framework) -> None:
        mine, new = (
            [each for each in (*part.parameters(), *part.buffers()) if each.is_floating_point()]
            for part in (self.module, model)
        )
        count = int(self.n_averaged)  # it stays on the CPU
        decay = min(model.config.ema, count / (10 + count))  # early weights fade fast
        torch._foreach_lerp_(mine, new, 1 - decay)
        self.n_averaged += 1


def start_from(directory: str, framework: Framework) -> int:
    """Gives the framework the networks of a checkpoint, or of a run's folder for the same size of
    images, which has those that are not shipped too; how many images they have seen. Networks that
    learn go on from the weights that D learned against, shipped ones that do not learn from their
    moving average. Raises UserError."""
    former = checkpoints.copy_networks(directory, framework, framework.shipped)
    grows = former["settings"]["image_size"] != framework.config.image_size
    if (Path(directory) / STATE).is_file() and not grows:
        state = checkpoints.read_state(Path(directory), checkpoints.Networks)
        try:
            become(framework, state.framework)
        except RuntimeError:
            raise UserError(
                f"'{directory}' was trained against another D: give its --d-width, --d-norm, "
                f"--d-features and --morphs, or a copy of it without {STATE} for a new D."
            ) from None
        if still := [name for name in framework.shipped if not framework.learns(name)]:
            checkpoints.copy_networks(directory, framework, still)
    return checkpoints.images_seen(former["trained"])


def take_first_stage(directory: str, framework: Framework) -> None:
    """Gives the framework the networks of another system's checkpoint that it does not train.
    Raises UserError."""
    kinds = framework.first_stages
    former = checkpoints.copy_networks(directory, framework, framework.frozen, kinds)
    size = former["settings"]["image_size"]
    if size != framework.config.image_size:
        raise UserError(
            f"The networks of '{directory}' are for {size} px, and they do not learn: give "
            f"--image-size {size}, or a first stage of {framework.config.image_size} px."
        )


class Run:
    """The networks, optimisers and data of one training; `state.pt` stores what resuming needs."""

    def __init__(
        self,
        config: Config,
        world: distributed.World,
        images: data.ImageSet,
        state: State | None = None,
    ):
        """With `state`, goes on from there, also where the checkpoints that it began with are gone;
        raises UserError."""
        torch.manual_seed(config.seed)
        self.config, self.world, self.images, device = config, world, images, world.device
        framework, self.seen_before = FRAMEWORKS[config.framework](config), 0  # images
        if state is None and config.start:
            self.seen_before = start_from(config.start, framework)
        if state is None and framework.first_stages and config.first_stage:
            take_first_stage(config.first_stage, framework)
        self.framework = framework.to(device, memory_format=torch.channels_last).train()
        if config.compile:
            for name in {*framework.shipped} - {*framework.differentiated_twice}:
                getattr(framework, name).compile()
        self.phases = [PhaseOptimizer(framework, each, world) for each in active_phases(framework)]
        self.averaged = Average(framework) if config.ema else None
        order = config.seed, world.rank, world.size, config.shift
        pixels = to_device(images.images, device)
        self.labels, often = None, ()
        if framework.needs_labels:
            self.labels = labels_of(images, config, device)
            labelled = self.labels.labelled.nonzero().flatten().to(pixels.device)
            often = labelled, config.labelled_share
        self.batches = Batches(pixels, config.batch_size, config.flip, *order, *often)
        self.step, self.seconds, self.started = 0, 0.0, time.monotonic()
        self._check()
        if state:
            self._restore(state)

    def _check(self) -> None:
        """UserError where no step can be made."""
        config, steps = self.config, self.batches.steps_per_epoch
        if not self.steps:
            raise UserError(
                f"--epochs {config.epochs:g} is less than one step, of which an epoch has {steps}: "
                f"give at least {1 / steps:.2g}."
            )

    @property
    def steps(self) -> int:
        return round(self.config.epochs * self.batches.steps_per_epoch)

    @property
    def images_seen(self) -> int:
        return self.step * self.config.batch_size

    @property
    def best(self) -> Framework:
        """The networks to ship: averaged ones where there are any."""
        return self.averaged.module if self.averaged else self.framework

    def batch(self) -> Batch:
        """This process's share of the step's images and codes, a function of the step, the process
        and their number alone."""
        generator = step_generator(self.config.seed, self.step, self.world.device)
        x = self.batches.at(self.step, generator)
        z = self.framework.prior.sample(self.config.batch_size, generator)[self.batches.share]
        if self.world.size > 1:  # with one generator, the shares would have the same noise
            world = self.world
            seed, device = self.config.seed, world.device
            generator = own_generator(seed, self.step, world.rank, world.size, device)
        if self.labels is None:
            return Batch(x, z, generator, self.step)
        index = self.batches.indices(self.step)
        y, labelled = (part[index] for part in self.labels)
        return Batch(x, z, generator, self.step, y, labelled)

    def advance(self, autocast) -> dict[str, Tensor]:
        """One step of every phase that is due; the figures of all of them."""
        rate, batch, terms = learning_rate(self.config, self.step, self.steps), self.batch(), {}
        for each in self.phases:
            if self.step % each.phase.every == 0:
                figures = each.step(batch, rate, autocast)
                if twice := terms.keys() & figures:
                    raise TypeError(f"two phases name a figure alike: {min(twice)}")
                terms |= figures
        if self.averaged:
            self.averaged.update_parameters(self.framework)
        self.step += 1
        return terms

    def finite(self) -> bool:
        return all(each.isfinite().all() for each in self.framework.state_dict().values())

    def state(self) -> dict:
        return {
            "config": checkpoints.portable(self.config),
            "images": checkpoints.Images.named(self.images.names).model_dump(),
            "step": self.step,
            "seconds": self.elapsed(),
            "seen_before": self.seen_before,
            "framework": self.framework.state_dict(),
            "averaged": self.averaged.state_dict() if self.averaged else None,
            "optimizers": [each.optimizer.state_dict() for each in self.phases],
        }

    def _restore(self, state: State) -> None:
        if state.step > self.steps:
            raise UserError(
                f"The run in '{self.config.out}' has made {state.step} steps, more than the "
                f"{self.steps} of --epochs {self.config.epochs:g}: give more epochs, or put a "
                f"whole copy of {STATE} in its place."
            )
        self.step, self.seconds, self.seen_before = state.step, state.seconds, state.seen_before
        if self.seen_before is None:  # of an earlier version
            trained = checkpoints.read_config(Path(self.config.out))["trained"]
            self.seen_before = trained.get("images_seen_before", 0)
        try:
            self.framework.load_state_dict(state.framework)
        except RuntimeError:
            raise UserError(
                f"The run in '{self.config.out}' is of an earlier version, with other networks: go "
                f"on from a copy of it without {STATE}, by --start and another --out."
            ) from None
        try:
            if self.averaged:
                self.averaged.load_state_dict(state.averaged)
            for each, optimizer in zip(self.phases, state.optimizers, strict=True):
                each.restore(optimizer)
        except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
            if short_of_memory(error):
                raise
            raise checkpoints.damaged(Path(self.config.out)) from None

    def elapsed(self) -> float:
        return self.seconds + time.monotonic() - self.started

    def facts(self) -> dict:
        """Where and how long the weights were trained, for config.json and the card."""
        size, device = self.world.size, self.world.device
        cores = size * torch.get_num_threads()
        hardware = f"{cores} CPU core{'s' if cores > 1 else ''} ({platform.machine()})"
        if device.type == "cuda":
            hardware = f"{size} x {torch.cuda.get_device_name(device)}"
        return {
            "images_seen": self.images_seen,
            "images_seen_before": self.seen_before,
            "training_images": len(self.images),
            "epochs": round(self.step / self.batches.steps_per_epoch, 2),
            "hours": round(self.elapsed() / 3600, 2),
            "hardware": hardware,
            "torch": torch.__version__,
        }

    def save(self) -> None:
        """Writes state and checkpoint, each put in place only when it is complete."""
        directory = Path(self.config.out)
        if not self.finite():
            raise Stopped(f"Weights are not finite at step {self.step}; {what_is_kept(directory)}")
        try:
            buffer = io.BytesIO()
            torch.save(self.state(), buffer)
            checkpoints.write_atomically(
                directory / STATE, lambda p: p.write_bytes(buffer.getbuffer())
            )
            checkpoints.write(directory, self.best, self.facts())
        except checkpoints.CheckpointError as error:
            raise Stopped(f"{str(error).rstrip('.')}; {what_is_kept(directory)}") from None
        except OSError as error:
            raise Stopped(
                f"Cannot write to '{directory}': {error}; {what_is_kept(directory)}"
            ) from error
