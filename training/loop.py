"""The only training loop: it takes the phases of any framework and knows none by name."""

import math
import sys
import time
from contextlib import closing, nullcontext, suppress
from pathlib import Path

import torch

from training import checkpoints, data, distributed
from training.checkpoints import STATE, Images, State, describe
from training.config import Config
from training.data.labels import with_labels
from training.errors import UserError, quoted
from training.frameworks import FRAMEWORKS, read_settings
from training.log import Scribe, Watch
from training.run import Run, autocast_for
from training.stopped import Stopped, enough_memory, what_is_kept

SAID = ("images_of", "licence")  # what a checkpoint says of itself, on which no weight depends
FREE_ON_RESUME = (
    "checkpoint_minutes",
    "log_every",
    "epochs",
    "compile",
    "keep_codes",
    "skip_unreadable",
    "store",
    *SAID,
)
LEFT_OUT = "left_out.txt"  # beside the checkpoint: files that are no training images, and why


def fit(config: Config, resume: bool = False, watch: Watch | None = None) -> Path:
    """Trains `config.framework` and returns the checkpoint's directory.

    With `resume`, goes on where `config.out` stood: on a CPU in fp32 the weights are bit for bit
    those of a run that was never interrupted. `watch` sees the run where it is resumed, every
    `log_every` steps and at the end; the figures that it gives are shown. Raises UserError, Stopped
    among them.
    """
    with distributed.joined(config.device) as world:
        _check(config, world.size)
        directory = Path(config.out)
        framework = FRAMEWORKS[config.framework]
        images = data.load(
            config.data,
            config.image_size,
            config.crop,
            config.attributes,
            config.data_root,
            skip_unreadable=config.skip_unreadable,
        )
        if framework.needs_labels:
            config = with_labels(config, images, framework.needs_classes)
        state = _former_state(config, images, directory, resume)
        advice = "begin another with a smaller --batch-size or --width"
        with enough_memory(directory, "this run", advice):
            run, scribe = Run(config, world, images, state), None
            with world.led():
                if world.leads:
                    images.write_left_out(directory / LEFT_OUT)
                    scribe = Scribe(run, watch)
            # closed also where the run is stopped
            with closing(scribe) if scribe else nullcontext():
                _train(run, scribe)
        with world.led():
            if world.leads and images.labels is not None and framework.encodes:
                with enough_memory(directory, "its codes", "free some, and resume the run"):
                    _keep_latents(directory, run, images)
            if world.leads:
                print(f"The checkpoint is in {directory}.", file=sys.stderr)
        return directory


def _check(config: Config, processes: int) -> None:
    """UserError where the options do not go together, or lack what `resolve` gives."""
    if not (config.framework and config.out):
        raise UserError(
            "A run needs a framework and a folder, --out: `training.config.resolve` gives both."
        )
    FRAMEWORKS[config.framework].check(config, processes)
    out = Path(config.out).resolve()
    for source in config.data:
        if Path(source).is_dir() and out.is_relative_to(Path(source).resolve()):
            raise UserError(
                f"--out {quoted(config.out)} lies in --data {quoted(source)}, where the run's own "
                "preview would become a training image: give a folder outside of it."
            )


def _former_state(
    config: Config, images: data.ImageSet, directory: Path, resume: bool
) -> State | None:
    path = directory / STATE
    if not resume:
        if path.is_file():
            raise UserError(f"'{directory}' holds a run: add --resume, or give another --out.")
        if (directory / checkpoints.CONFIG).is_file():
            raise UserError(f"'{directory}' holds a checkpoint: give another --out.")
        return None
    if not path.is_file():
        raise UserError(
            f"'{directory}' holds no run to resume: give the --out of one, or leave out --resume."
        )
    state = checkpoints.read_state(directory, State)
    check_settings(config, state.config, directory)
    before, now = state.images, Images.named(images.names)
    if before and before != now:
        differing = f"not {now.count}" if before.count != now.count else "of other names"
        raise UserError(
            f"'{directory}' was trained on {before.count} images, {differing}; give the same "
            "--data, or start in another folder."
        )
    return state


def check_settings(config: Config, former: dict, directory: Path) -> None:
    """UserError that names a setting of `config` that differs from those of the `former` run. Some
    may change from run to run, among them the folders of files: another machine has others."""
    before = checkpoints.portable(read_settings(former))
    for name, now in checkpoints.portable(config).items():
        if name not in FREE_ON_RESUME and before[name] != now:
            raise UserError(
                f"'{directory}' was trained with {name} = {before[name]!r}, not {now!r}; "
                "give the same, or start in another folder."
            )


def _keep_latents(directory: Path, run: Run, images: data.ImageSet) -> None:
    """Codes and directions of the labelled images, unless those of these weights and labels are
    there, perhaps with a map."""
    kept, former = images.labels[images.labelled][: run.config.keep_codes].bool(), None
    with suppress(checkpoints.CheckpointError):  # they are damaged
        former = checkpoints.read_latents(directory)
    alike = former and former.names == images.attributes and torch.equal(former.labels, kept)
    if not alike:
        checkpoints.write_latents(directory, describe(run.best.eval(), images))


def _train(run: Run, scribe: Scribe | None) -> None:
    """Steps until the end, with figures every `log_every` steps and a checkpoint every few
    minutes. Figures are read back only when they are shown, so that a GPU never waits."""
    config, autocast = run.config, autocast_for(run.config, run.world.device)
    sums, counts, saved = {}, {}, time.monotonic()
    with run.world.led():
        if scribe and run.step:  # a stop may have come between the state and what follows it
            scribe.keep()
            scribe.figures()
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
            raise Stopped(
                f"A loss is not finite at step {run.step}: {means}; {what_is_kept(config.out)}"
            )
        with run.world.led():
            if scribe:
                scribe.terms(means)
                if last or time.monotonic() - saved > 60 * config.checkpoint_minutes:
                    scribe.keep()
                    saved = time.monotonic()
                scribe.figures()  # last: a measurement that fails takes nothing with it
