"""Shuffled batches, and the independent random streams of a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from torch import Tensor

from training.errors import UserError

ORDER, STEP, LABELS, OFTEN, OWN = range(5)  # kinds of random streams


def stream(seed: int, kind: int, index: int, device: torch.device | str = "cpu"):
    """A torch.Generator for one step or one epoch alone: a run resumed at any step continues
    exactly, without a stored generator state."""
    entropy = np.random.SeedSequence((seed, kind, index)).generate_state(1)[0]
    return torch.Generator(device).manual_seed(int(entropy))  # the CPU's reads 32 bits


def step_generator(seed: int, step: int, device: torch.device | str = "cpu") -> torch.Generator:
    """The source of all randomness of one step, or of what its processes draw together."""
    return stream(seed, STEP, step, device)


def own_generator(seed: int, step: int, rank: int, world: int, device: torch.device | str):
    """A torch.Generator of what one process of several draws for its share of the batch alone."""
    return stream(seed, OWN, step * world + rank, device)


@dataclass
class Batches:
    """Shuffled batches of images in [0, 1] from uint8 images (N, 3, H, W); with `flip` half of
    them mirrored, each shifted by up to `shift` px. Each process takes its share of a batch.

    often: indices of images; `often_share` of every batch are drawn from these at random, in the
    places of as many others, which that epoch leaves out.
    """

    images: Tensor
    batch_size: int
    flip: bool
    seed: int
    rank: int = 0
    world: int = 1
    shift: int = 0
    often: Tensor | None = None
    often_share: float = 0.0

    def __post_init__(self):
        count, size, world = len(self.images), self.batch_size, self.world
        if size % world:
            raise UserError(f"--batch-size {size} cannot be split over {world} processes.")
        if count < size:
            raise UserError(
                f"{count} images do not fill one batch of {size}; "
                "give more images or a smaller --batch-size."
            )
        self.share, self.steps_per_epoch = slice(self.rank, None, world), count // size

    def indices(self, step: int) -> Tensor:
        """Indices of the images of this process at `step`: (batch_size / processes,)."""
        epoch, position = divmod(step, self.steps_per_epoch)
        if getattr(self, "_epoch", None) != epoch:
            shuffle = stream(self.seed, ORDER, epoch)
            order = torch.randperm(len(self.images), generator=shuffle)
            self._epoch, self._order = epoch, order.to(self.images.device, non_blocking=True)
        start, most = position * self.batch_size, ceil(self.often_share * self.batch_size)
        index = self._order[start : start + self.batch_size]
        if most:
            source = stream(self.seed, OFTEN, step)
            drawn = torch.randint(len(self.often), (most,), generator=source)
            index = torch.cat([self.often[drawn.to(index.device)], index[most:]])
        return index[self.share]

    def at(self, step: int, generator: torch.Generator) -> Tensor:
        """Images (B, 3, H, W), float32 in [0, 1], channels last, on the generator's device."""
        x = self.images[self.indices(step)].to(generator.device, non_blocking=True)
        mirrored = torch.rand(self.batch_size, generator=generator, device=generator.device)
        if self.flip:
            where = (mirrored[self.share] < 0.5)[:, None, None, None]
            x = torch.where(where, x.flip(3), x)
        if self.shift:
            drawn = {"generator": generator, "device": generator.device}
            size, most = (self.batch_size, 2), self.shift
            x = shifted(x, torch.randint(-most, most + 1, size, **drawn)[self.share])
        return x.to(memory_format=torch.channels_last).float().div_(255)


def shifted(x: Tensor, by: Tensor) -> Tensor:
    """Images (B, C, H, W) moved by (B, 2) px, down and to the right; edge pixels fill the gap."""
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


def shuffled(images: Tensor) -> Tensor:
    """(N, …) in a random order that is always the same: files may lie in that of their classes."""
    return images[torch.randperm(len(images), generator=torch.Generator().manual_seed(0))]


def in_batches(images: Tensor, size: int, device: torch.device | str) -> Iterator[Tensor]:
    """uint8 (N, 3, H, W) as float batches in [0, 1], in order, for encoding and evaluation."""
    for chunk in images.split(size):
        yield chunk.to(device).float().div_(255)
