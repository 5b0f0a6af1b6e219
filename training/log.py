"""What a run reports while it trains: a progress bar, TensorBoard curves, previews, the card."""

import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torchvision.utils import make_grid, save_image
from tqdm import tqdm

from training import checkpoints
from training.checkpoints import STATE
from training.data.batches import step_generator
from training.networks.mode import evaluating
from training.report.card import write_card
from training.stopped import enough_memory

COLUMNS = 12
Watch = Callable[..., dict[str, float]]  # a Run -> figures, {} where none are due


def curves(directory: Path, images_seen: int) -> dict:
    """TensorBoard writers of curves over the images seen, {} with a line that says why where it is
    not installed. Terms go on after so many images; what is measured goes on there, since a resumed
    run measures anew."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        print("tensorboard is not installed: no curves are written.", file=sys.stderr)
        return {}
    folder = directory / "tensorboard"
    return {
        "terms": SummaryWriter(folder, purge_step=images_seen + 1),
        "measured": SummaryWriter(folder / "measured", purge_step=images_seen),
    }


class Scribe:
    """Reports on a `Run`; previews show the same images and codes at every checkpoint."""

    def __init__(self, run, watch: Watch | None = None):
        self.run, self.watch, self.directory = run, watch, Path(run.config.out)
        self.bar = tqdm(
            total=run.steps * run.config.batch_size,
            initial=run.images_seen,
            unit="images",
            unit_scale=True,
            desc=run.framework.title,
            mininterval=2.0,
            dynamic_ncols=True,
        )
        self.writers = curves(self.directory, run.images_seen)
        middle = len(run.images) // 2  # the same for every run on the same images
        self.x = run.images.images[middle : middle + COLUMNS].float().div(255)

    def terms(self, means: dict[str, float]) -> None:
        """Reports terms of the loss, means since the last call."""
        self.bar.update(self.run.images_seen - self.bar.n)
        self.bar.set_postfix({name: f"{value:.4f}" for name, value in means.items()})
        scalars = {f"loss/{name}": value for name, value in means.items()}
        scalars["speed/images_per_s"] = self.bar.format_dict["rate"] or 0
        self.add("terms", _add_scalars, scalars)

    def figures(self) -> None:
        """Reports the figures of `watch`. Raises Stopped where that takes too much memory."""
        again = "resume the run" if (self.directory / STATE).is_file() else "begin the run again"
        with enough_memory(self.directory, "the figures", f"free some, and {again}"):
            watched = self.watch(self.run) if self.watch else {}
        figures = {f"figures/{name}": value for name, value in watched.items()}
        self.add("measured", _add_scalars, figures)

    def keep(self) -> None:
        """Writes all files of the run."""
        self.run.save()
        self.preview()

    def preview(self) -> None:
        """Writes preview.png and the card, and the preview with its training images to TensorBoard:
        preview.png is published and must not contain any."""
        grid = preview_grid(self.run.best, self.x, self.run.config.seed)
        checkpoints.write_atomically(
            self.directory / "preview.png", lambda p: save_image(grid, p, format="png")
        )
        write_card(self.directory)
        grids = {"images": make_grid(self.x, COLUMNS), "preview": grid}
        self.add("measured", _add_images, grids)

    def add(self, kind: str, write: Callable, content: dict) -> None:
        """Has `write` add the content to the curves of a kind."""
        self.curve(kind, partial(write, content, self.run.images_seen))

    def curve(self, kind: str, write: Callable) -> None:
        """Has the writer of a kind of curves write; where it cannot, as on a full disk, the run
        goes on without curves."""
        try:
            if kind in self.writers:
                write(self.writers[kind])
        except OSError as error:
            self.writers = {}
            print(f"No more curves are written: {error.strerror or error}.", file=sys.stderr)

    def close(self) -> None:
        self.bar.close()
        for kind in [*self.writers]:
            self.curve(kind, lambda writer: writer.close())


def _add_scalars(scalars: dict[str, float], at: int, writer) -> None:
    for name, value in scalars.items():
        writer.add_scalar(name, value, at)


def _add_images(grids: dict[str, torch.Tensor], at: int, writer) -> None:
    with warnings.catch_warnings():  # tensorboard's own use of numpy
        warnings.simplefilter("ignore")
        for name, grid in grids.items():
            writer.add_image(name, grid, at)


@torch.no_grad()
def preview_grid(framework, x: torch.Tensor, seed: int) -> torch.Tensor:
    """Rows of `COLUMNS` images in [0, 1]: reconstructions if E exists, then two rows of samples."""
    with evaluating(framework):
        codes = framework.prior.sample(2 * COLUMNS, step_generator(seed, 0)).to(framework.device)
        if framework.encodes:
            codes = torch.cat([framework.encode(x.to(framework.device)), codes])
        return make_grid(framework.decode(codes).cpu(), COLUMNS, padding=1, pad_value=1.0)
