"""Images to learn from, with their labels."""

from training.data.sources import CLASSES, ImageSet, count, load, resize

__all__ = ["CLASSES", "ImageSet", "count", "load", "resize"]
