"""The figures of a run over the images seen."""

from pathlib import Path

from torch import Tensor

from training.checkpoints import read_json, write_json
from training.checkpoints.schema import Curve as Content
from training.measure.evaluate import measure
from training.measure.features import feature_network
from training.measure.figures import kept
from training.networks.mode import evaluating

CURVE = "curve.json"
IMAGES = 1024


class Curve:
    """Measures a run (`loop.fit`) each `every` images seen and at the end, with its best weights on
    the first of the held-out images, uint8 (N, 3, H, W), and keeps the points in curve.json.

    A run that resumes from an earlier state measures the later points again.
    """

    def __init__(self, directory: Path, images: Tensor, every: int):
        self.path, self.images, self.every = directory / CURVE, images[:IMAGES], every
        self.points, self.network = read_curve(directory)["points"], feature_network()

    def __call__(self, run) -> dict[str, float]:
        """The figures, as they are kept; none between two points."""
        seen = run.images_seen
        former = [point for point in self.points if point["images_seen"] < seen]
        last = former[-1]["images_seen"] if former else 0
        if seen // self.every == last // self.every and run.step < run.steps:
            return {}
        network = self.network.to(run.world.device)
        with evaluating(run.best):
            figures = kept(measure(run.best, self.images, network, run.config.seed))
        self.points = [*former, {"images_seen": seen, **figures}]
        about = {"images": len(self.images), "features": network.name}
        write_json(self.path, {**about, "points": self.points})
        return figures


def read_curve(directory: Path) -> dict:
    """points: images_seen and the figures at that time, oldest first; images: how many they are
    measured on; features: the name of the feature network."""
    return {"points": [], **read_json(directory / CURVE, Content)}
