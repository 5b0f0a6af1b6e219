"""Images to train on, with their labels."""

from training.data.labels import CLASSES, ImageSet
from training.data.sources import count, load, resize
