"""The only training loop: it plays the phases of any framework and knows none by name."""

import math
import sys
import time
from pathlib import Path

import torch

from training import checkpoints, data, distributed
from training.attributes import describe
from training.config import Config, to_dict
from training.errors import UserError
from training.run import STATE, Run, Stopped, autocast_for
from training.scribe import Scribe

FREE_ON_RESUME = ("out", "device", "data_root", "checkpoint_minutes", "log_every", "epochs")


def fit(config: Config, resume: bool = False) -> Path:
    """Trains `config.framework` and returns the checkpoint's directory.

    With `resume`, goes on where `config.out` stood: on a CPU in fp32 the weights are bit for bit
    those of a run that was never interrupted. Raises UserError, Stopped among them.
    """
    world = distributed.join(config.device)
    directory = Path(config.out)
    state = _former_state(config, directory, resume)
    images = data.load(
        config.data, config.image_size, config.crop, config.attributes, config.data_root
    )
    run = Run.of(config, world, images)
    if state:
        run.restore(state)
    _play(run, Scribe(run) if world.leads else None)
    if world.leads and images.labels is not None:
        checkpoints.write_latents(directory, describe(run.best.eval(), images))
    if world.leads:
        print(f"The checkpoint is in {directory}.", file=sys.stderr)
    distributed.leave()
    return directory


def _former_state(config: Config, directory: Path, resume: bool) -> dict | None:
    path = directory / STATE
    if not resume:
        if path.is_file():
            raise UserError(f"'{directory}' holds a run: add --resume, or give another --out.")
        return None
    if not path.is_file():
        raise UserError(f"'{directory}' holds no run to resume; leave out --resume.")
    state = torch.load(path, map_location="cpu", weights_only=True)
    for name, now in to_dict(config).items():
        if name not in FREE_ON_RESUME and state["config"].get(name) != now:
            raise UserError(
                f"'{directory}' was trained with {name} = {state['config'].get(name)!r}, "
                f"not {now!r}; give the same, or another --out."
            )
    return state


def _play(run: Run, scribe: Scribe | None) -> None:
    """Steps until the end, with figures every `log_every` steps and a checkpoint every few
    minutes. Figures are read back only when they are shown, so that a GPU never waits."""
    config, autocast = run.config, autocast_for(run.config, run.world.device)
    sums, counts, saved = {}, {}, time.monotonic()
    while run.step < run.steps:
        for name, term in run.advance(autocast).items():
            sums[name] = sums.get(name, 0) + term
            counts[name] = counts.get(name, 0) + 1
        last = run.step == run.steps
        if run.step % config.log_every and not last:
            continue
        means = {n: run.world.mean(total / counts[n]).item() for n, total in sums.items()}
        sums, counts = {}, {}
        if not all(map(math.isfinite, means.values())):
            raise Stopped(f"A loss is not finite at step {run.step}: {means}; {run.kept()}")
        if scribe:
            scribe.figures(means)
            if last or time.monotonic() - saved > 60 * config.checkpoint_minutes:
                run.save()
                scribe.preview()
                saved = time.monotonic()
    if scribe:
        scribe.close()
