"""The figures of a run against the images that it has seen."""

from pathlib import Path

from torch import Tensor

from training.checkpoints import read_json, write_json
from training.measure.evaluate import measure
from training.measure.features import feature_network
from training.measure.figures import FIGURES

CURVE = "curve.json"
IMAGES = 1024


class Curve:
    """Watches a run (`loop.fit`): every `every` images seen, and at the end, measures its best
    weights on the first of the images held out, uint8 (N, 3, H, W), and keeps that in curve.json.

    A run that is taken up again at an earlier point writes the later ones anew.
    """

    def __init__(self, directory: Path, images: Tensor, every: int):
        self.path, self.images, self.every = directory / CURVE, images[:IMAGES], every
        self.points, self.network = read_curve(directory)["points"], feature_network()

    def __call__(self, run) -> dict[str, float]:
        """The figures, rounded; none where it is not their time."""
        seen = run.images_seen
        former = [point for point in self.points if point["images_seen"] < seen]
        last = former[-1]["images_seen"] if former else 0
        if seen // self.every == last // self.every and run.step < run.steps:
            return {}
        framework, training = run.best, run.best.training
        network = self.network.to(run.world.device)
        figures = measure(framework.eval(), self.images, network, run.config.seed)
        framework.train(training)
        figures = {name: round(figures[name], 5) for name in FIGURES if name in figures}
        self.points = [*former, {"images_seen": seen, **figures}]
        write_json(
            self.path,
            {"images": len(self.images), "features": network.name, "points": self.points},
        )
        return figures


def read_curve(directory: Path) -> dict:
    """points: images_seen with the figures then, oldest first; images: on how many; features: by
    which network."""
    return {"points": [], **read_json(directory / CURVE)}
