"""Speed of a training step: against pythae's AAE trainer on the same networks, against the same
step in fp32, and against a matrix product of the same precision on the device.

All are timed in one process, round after round (A B C A B C ...), and compared within a round, so
that a slower machine slows both sides of a ratio. A CPU uses one thread, and its seconds are CPU
time of this process: other processes do not count, though they share caches and memory. The
seconds of a GPU are wall time, synchronised before and after.
"""

import io
import platform
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import dataclass, field, replace
from statistics import median
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from training import config as settings
from training.config import Config
from training.data import ImageSet
from training.distributed import World, device_named
from training.errors import UserError, choose
from training.frameworks import FRAMEWORKS
from training.frameworks.aae import AAE
from training.precision import resolved
from training.run import Run, autocast_for

MEASURED = [name for name, each in FRAMEWORKS.items() if not (each.needs_labels or each.frozen)]
DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}
PRODUCT_SIDE = {"cpu": 1024, "cuda": 8192}  # of square matrices; a CPU is slower at larger ones
NO_PYTHAE = "pythae is left out; to compare with it: pip install -r tests/requirements.txt"


class Turn(NamedTuple):
    """Something to time: `run` does so much `work`, in images or GFLOP."""

    run: Callable[[], None]
    work: float


class Ratio(NamedTuple):
    """A comparison within a round: `scale` times the rate of one turn over that of another."""

    name: str
    over: str
    under: str
    scale: float = 1.0


class FlopCount(TorchDispatchMode):
    """Adds up the floating-point operations of matrix products and convolutions, forward and
    backward, by PyTorch's formulas. Its own FlopCounterMode refuses R1's gradient of a gradient."""

    def __init__(self):
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if formula := flop_registry.get(function.overloadpacket):
            self.total += formula(*args, **(kwargs or {}), out_val=result)
        return result


@dataclass
class Contest:
    """The turns of one round on `device`, of `steps` steps each, and their comparisons."""

    device: torch.device
    steps: int
    turns: dict[str, Turn] = field(default_factory=dict)
    ratios: list[Ratio] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def enter(self, config: Config) -> None:
        """Adds a system as it is trained, its bound, the same in fp32, and for AAE pythae's."""
        name, precision = config.framework, resolved(config.precision, self.device)
        trained, gflop = self.add_system(replace(config, precision=precision))
        product = self.add_product(precision)
        self.notes.append(f"{name} takes {1000 * gflop:.0f} MFLOP an image")
        self.ratios.append(Ratio(f"{name}, share of its bound", trained, product, gflop))
        if precision == "bf16":
            slower, _ = self.add_system(replace(config, precision="fp32"))
            self.ratios.append(Ratio(f"{name}, bf16 over fp32", trained, slower))
        if name == AAE.id:
            try:
                theirs = self.add_pythae(config)
                self.ratios.append(Ratio(f"{name}, ours over pythae's", trained, theirs))
            except ImportError:
                self.notes.append(NO_PYTHAE)

    def add_system(self, config: Config) -> tuple[str, float]:
        """A turn of training steps; its name, and how many GFLOP an image takes."""
        images = self.images(config)
        run = Run(config, World(0, 1, self.device), ImageSet(images, [""] * len(images)))
        autocast = autocast_for(config, self.device)

        def play():
            for _ in range(self.steps):
                run.advance(autocast)

        with FlopCount() as count:
            play()
        name = self._add(f"{config.framework} {config.precision}", play, len(images))
        return name, count.total / len(images) / 1e9

    def add_product(self, precision: str) -> str:
        """A turn of products of square matrices; its name."""
        side = PRODUCT_SIDE[self.device.type]
        a, b = torch.randn(2, side, side, device=self.device).to(DTYPES[precision])

        def play():
            for _ in range(self.steps):
                a @ b

        return self._add(f"matrix product {precision}", play, self.steps * 2 * side**3 / 1e9)

    def add_pythae(self, config: Config) -> str:
        """A turn of pythae's AAE trainer over as many images; its name."""
        images = self.images(config)
        with redirect_stderr(io.StringIO()):  # it logs and draws progress bars
            from training.benchmark import pythae as rival

            trainer = rival.trainer(config, images, self.device)

        def play():
            with redirect_stderr(io.StringIO()):
                trainer.train_step(epoch=1)

        return self._add("pythae's aae fp32", play, len(images))

    def images(self, config: Config) -> Tensor:
        """uint8 noise, as many images as a turn sees: speed does not depend on their content."""
        shape = (self.steps * config.batch_size, 3, config.image_size, config.image_size)
        return torch.randint(256, shape, dtype=torch.uint8)

    def _add(self, name: str, run: Callable[[], None], work: float) -> str:
        self.turns[name] = Turn(run, work)
        return name

    def round(self) -> dict[str, float]:
        """One round: the work of every turn, per second."""
        rates = {}
        for name, turn in self.turns.items():
            start = self._seconds()
            turn.run()
            rates[name] = turn.work / (self._seconds() - start)
        return rates

    def _seconds(self) -> float:
        if self.device.type == "cpu":
            return time.process_time()
        torch.cuda.synchronize(self.device)
        return time.perf_counter()


def benchmark(
    names: Sequence[str], preset: str, device: str, rounds: int, steps: int, compile: bool = False
) -> dict:
    """Median, lowest and highest rate of every turn, and of every ratio of two, over `rounds`: in
    images per second, of matrix products in GFLOP per second. Raises UserError."""
    if rounds < 1 or steps < 1:
        raise UserError("--rounds and --steps must be 1 or greater.")
    for name in names:
        choose("framework to measure", name, MEASURED)
    on = device_named(device)
    gpu = on.type == "cuda"
    with one_thread(), torch.cuda.device(on) if gpu else nullcontext():
        contest = Contest(on, steps)
        for name in names:
            contest.enter(settings.resolve(FRAMEWORKS[name], preset, {"compile": compile}))
        contest.round()  # to warm up
        timed = [contest.round() for _ in range(rounds)]
    return {
        "device": torch.cuda.get_device_name(on) if gpu else f"CPU ({platform.machine()})",
        "second": "of the clock" if gpu else "of this process's CPU time, one thread",
        "torch": torch.__version__,
        "preset": preset,
        "compile": compile,
        "rounds": rounds,
        "steps": steps,
        "rates": {name: spread([each[name] for each in timed]) for name in contest.turns},
        "ratios": {
            each.name: spread([each.scale * p[each.over] / p[each.under] for p in timed])
            for each in contest.ratios
        },
        "notes": contest.notes,
    }


@contextmanager
def one_thread():
    """One thread for PyTorch's CPU work within this context."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "lowest": min(values), "highest": max(values)}


def table(result: dict) -> str:
    """The result of `benchmark` as text."""
    compiled = ", compiled" if result["compile"] else ""
    lines = [
        f"{result['device']}, torch {result['torch']}, preset {result['preset']}{compiled}: "
        f"{result['rounds']} rounds of {result['steps']} steps",
        *result["notes"],
        f"rates: images, or GFLOP of a matrix product, a second {result['second']}",
    ]
    for title, digits in (("rates", 1), ("ratios", 3)):
        lines += ["", f"{title:32}    median    lowest   highest"]
        for name, row in result[title].items():
            lines.append(f"{name:32}" + "".join(f"{each:10.{digits}f}" for each in row.values()))
    return "\n".join(lines)
