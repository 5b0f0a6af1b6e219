"""What a run shows of itself: a progress bar, TensorBoard, previews, and the card."""

import warnings
from pathlib import Path

import torch
from torchvision.utils import make_grid, save_image
from tqdm import tqdm

from training import checkpoints
from training.card import write_card
from training.data import step_generator

COLUMNS = 12


def curves(directory: Path, step: int):
    """A TensorBoard writer, or None with a line that says why."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        print("tensorboard is not installed: no curves are written.")
        return None
    return SummaryWriter(directory / "tensorboard", purge_step=step)


class Scribe:
    """Follows a `loop.Run`; previews show the same images and codes at every checkpoint."""

    def __init__(self, run):
        self.run, self.directory = run, Path(run.config.out)
        size = run.config.batch_size
        self.bar = tqdm(
            total=run.steps * size,
            initial=run.step * size,
            unit="images",
            unit_scale=True,
            desc=run.framework.title,
            mininterval=2.0,
            dynamic_ncols=True,
        )
        self.writer = curves(self.directory, run.step)
        middle = len(run.images) // 2  # the same for every run on the same images
        self.x = run.images.images[middle : middle + COLUMNS].float().div(255)
        generator = step_generator(run.config.seed, 0)
        self.z = run.framework.prior.sample(2 * COLUMNS, run.config.latent_size, generator)

    def figures(self, means: dict[str, float]) -> None:
        """Terms of the loss, means since the last call."""
        self.bar.update(self.run.step * self.run.config.batch_size - self.bar.n)
        self.bar.set_postfix({name: f"{value:.4f}" for name, value in means.items()})
        if self.writer:
            for name, value in means.items():
                self.writer.add_scalar(f"loss/{name}", value, self.bar.n)
            rate = self.bar.format_dict["rate"] or 0
            self.writer.add_scalar("speed/images_per_s", rate, self.bar.n)

    def preview(self) -> None:
        """preview.png (never with a training image in it), the same with them in TensorBoard, and
        the card."""
        grid = preview_grid(self.run.best, self.x, self.z)
        checkpoints.write_atomically(
            self.directory / "preview.png", lambda p: save_image(grid, p, format="png")
        )
        write_card(self.directory)
        if self.writer:
            with warnings.catch_warnings():  # tensorboard's own use of numpy
                warnings.simplefilter("ignore")
                self.writer.add_image("images", make_grid(self.x, COLUMNS), self.bar.n)
                self.writer.add_image("preview", grid, self.bar.n)

    def close(self) -> None:
        self.bar.close()
        if self.writer:
            self.writer.close()


@torch.no_grad()
def preview_grid(framework, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    """Rows of `COLUMNS`: G(E(x)), then G(z); (3, height, width) in [0, 1]. Keeps the mode."""
    training, device = framework.training, next(framework.parameters()).device
    framework.eval()
    codes = torch.cat([framework.encode(x.to(device)), z.to(device)])
    grid = make_grid(framework.decode(codes).cpu(), COLUMNS, padding=1, pad_value=1.0)
    framework.train(training)
    return grid
