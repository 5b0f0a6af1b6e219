"""One process or many: under `torchrun` or `accelerate launch` by PyTorch's
DistributedDataParallel; without a launcher there is one process and nothing to set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from training.errors import UserError

# For what the leader does alone, such as finding the directions of many attributes, the others wait
# longer than for anything else; a process that ends without a word is the launcher's to notice
PATIENCE = timedelta(days=1)


@dataclass(frozen=True)
class World:
    """This process among `size`, and the device it computes on; patient: the processes, as a group
    that waits for what the leader does alone."""

    rank: int
    size: int
    device: torch.device
    patient: distributed.ProcessGroup | None = None

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module with its gradients averaged over all processes in each backward pass."""
        if self.size == 1:
            return module
        return DistributedDataParallel(module)

    def mean(self, values: Tensor) -> Tensor:
        if self.size > 1:
            distributed.all_reduce(values)
        return values / self.size

    @contextmanager
    def led(self) -> Iterator[None]:
        """What the leader alone does meanwhile; where that raises an error, the others, which would
        wait for it, raise a UserError."""
        failed = torch.zeros(1)
        try:
            yield
        except BaseException:
            failed += 1
            raise
        finally:
            if self.size > 1:
                distributed.broadcast(failed, src=0, group=self.patient)
        if self.size > 1 and failed.item():
            raise UserError("The first process has stopped; it says why.")


@contextmanager
def joined(device: str) -> Iterator[World]:
    """The world, from the environment variables of the launcher; it is left together, or with an
    error."""
    size = int(os.environ.get("WORLD_SIZE", 1))
    rank = int(os.environ.get("RANK", 0)) if size > 1 else 0  # one alone leads
    chosen = device_named(device)
    if size > 1 and not distributed.is_initialized():
        backend = "nccl" if chosen.type == "cuda" else "gloo"
        distributed.init_process_group(backend)
    try:
        patient = distributed.new_group(timeout=PATIENCE, backend="gloo") if size > 1 else None
        yield World(rank, size, chosen, patient)
        if distributed.is_initialized():
            distributed.barrier()  # Gloo aborts one whose partner leaves early
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


def device_named(name: str) -> torch.device:
    """The device, for 'auto' a GPU where there is one; UserError where it does not exist."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":
        name = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UserError(f"There is no device '{name}'; use auto, cpu, cuda or cuda:N.") from None
    here = torch.accelerator.current_accelerator(check_available=True)
    count = torch.accelerator.device_count() if here and here.type == device.type else 0
    if device.type != "cpu" and (device.index or 0) >= count:
        raise UserError(f"--device {name}: PyTorch sees no such GPU here; use --device cpu.")
    return device
