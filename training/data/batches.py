"""Shuffled batches, and the streams of random numbers that a step may use."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.config import Config
from training.data.sources import ImageSet
from training.errors import UserError, choose

ORDER, STEP, LABELS = range(3)  # independent streams of random numbers


def stream(seed: int, kind: int, index: int, device: torch.device | str = "cpu"):
    """A torch.Generator for one step's numbers, or one epoch's order, and for nothing else: a run
    resumed anywhere goes on exactly, with no generator state to keep."""
    mixed = np.random.SeedSequence((seed, kind, index)).generate_state(1)[0]
    return torch.Generator(device).manual_seed(int(mixed))  # the CPU's reads 32 bits


def step_generator(seed: int, step: int, device: torch.device | str = "cpu") -> torch.Generator:
    """The source of all randomness of one step."""
    return stream(seed, STEP, step, device)


class Labels(NamedTuple):
    """y: float (N, L), 0 or 1; labelled: bool (N,), whose labels are known."""

    y: Tensor
    labelled: Tensor


def labels_of(images: ImageSet, config: Config, device: torch.device | str = "cpu") -> Labels:
    """The labels named by `config.labels`, of which `config.labelled` images keep theirs."""
    columns = [images.attributes.index(name) for name in config.labels]
    labels, labelled = images.labels[:, columns], images.labelled
    if config.labelled:
        labelled = keep_labels(labels, labelled, config.labelled, config.seed)
    return Labels(labels.float().to(device), labelled.to(device))


def with_labels(config: Config, images: ImageSet, exclusive: bool) -> Config:
    """The configuration of a system with labels, with their names: all of the data's where none
    are given. UserError where the data do not have them, or, for `exclusive` ones, where an image
    does not have exactly one."""
    if images.labels is None:
        raise UserError(
            f"{config.framework} learns from labels: give --attributes a table, or 'classes' "
            "where the data have a folder a class."
        )
    for name in config.labels:
        choose("label", name, images.attributes)
    config = replace(config, labels=config.labels or images.attributes)
    labels = labels_of(images, config)
    if exclusive and not (labels.y[labels.labelled].sum(dim=1) == 1).all():
        raise UserError(
            f"{config.framework} takes classes, of which each image has exactly one: give "
            "--attributes classes, or --labels such that they are."
        )
    return config


def keep_labels(labels: Tensor, labelled: Tensor, count: int, seed: int) -> Tensor:
    """(N,) bool: `count` of the `labelled` images, as many of each of the classes (N, A) as
    `count` allows."""
    order = torch.randperm(len(labels), generator=stream(seed, LABELS, 0))
    order = order[labelled[order]]
    rank = (labels[order].cumsum(0) * labels[order]).amax(dim=1)  # the how-many-th of its class
    kept = torch.zeros_like(labelled)
    kept[order[rank.argsort(stable=True)[:count]]] = True
    return kept


class Batches:
    """Shuffled batches of [0, 1] images from a uint8 set that lies on the device if it fits;
    half of them mirrored for `flip`, each moved by up to `shift` px.

    With several processes, each sees its own share of a batch that is the same for all.
    """

    def __init__(
        self,
        images: Tensor,
        batch_size: int,
        flip: bool,
        seed: int,
        rank: int = 0,
        world: int = 1,
        shift: int = 0,
    ):
        if batch_size % world:
            raise UserError(f"--batch-size {batch_size} cannot be split over {world} processes.")
        if len(images) < batch_size:
            raise UserError(
                f"{len(images)} images do not fill one batch of {batch_size}; "
                "give more images or a smaller --batch-size."
            )
        self.images, self.batch_size, self.flip, self.seed = images, batch_size, flip, seed
        self.share, self.shift = slice(rank, None, world), shift
        self.steps_per_epoch = len(images) // batch_size

    def indices(self, step: int) -> Tensor:
        """Which images this process sees at `step`: (batch_size / processes,)."""
        epoch, position = divmod(step, self.steps_per_epoch)
        if getattr(self, "_epoch", None) != epoch:
            shuffle = stream(self.seed, ORDER, epoch)
            order = torch.randperm(len(self.images), generator=shuffle)
            self._epoch, self._order = epoch, order.to(self.images.device, non_blocking=True)
        start = position * self.batch_size
        return self._order[start : start + self.batch_size][self.share]

    def at(self, step: int, generator: torch.Generator) -> Tensor:
        """Images (B, 3, H, W), float32 in [0, 1], channels last, on the generator's device."""
        x = self.images[self.indices(step)].to(generator.device, non_blocking=True)
        mirrored = torch.rand(self.batch_size, generator=generator, device=generator.device)
        if self.flip:
            where = (mirrored[self.share] < 0.5)[:, None, None, None]
            x = torch.where(where, x.flip(3), x)
        if self.shift:
            size = self.batch_size, 2
            place = {"generator": generator, "device": generator.device}
            x = shifted(x, torch.randint(-self.shift, self.shift + 1, size, **place)[self.share])
        return x.to(memory_format=torch.channels_last).float().div_(255)


def shifted(x: Tensor, by: Tensor) -> Tensor:
    """Images (B, C, H, W) moved by (B, 2) px, down and to the right; what was at their edge fills
    the gap."""
    count, _, height, width = x.shape
    rows = (torch.arange(height, device=x.device) - by[:, :1]).clamp(0, height - 1)  # (B, H)
    columns = (torch.arange(width, device=x.device) - by[:, 1:]).clamp(0, width - 1)
    each = torch.arange(count, device=x.device)[:, None, None]
    return x[each, :, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)


def to_device(images: Tensor, device: torch.device) -> Tensor:
    """The uint8 images on the device if they leave it at least half of its free memory."""
    if device.type != "cuda":
        return images
    free, _ = torch.cuda.mem_get_info(device)
    return images.to(device) if images.nbytes < free / 2 else images.pin_memory()


def in_batches(images: Tensor, size: int, device: torch.device) -> Iterator[Tensor]:
    """uint8 (N, 3, H, W) as float batches in [0, 1], in order, for encoding and evaluation."""
    for chunk in images.split(size):
        yield chunk.to(device).float().div_(255)
