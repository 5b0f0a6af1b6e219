"""Images to train on, with their labels."""

from training.data.labels import CLASSES, ImageSet
from training.data.loading import UNREADABLE_SHARE, load, resize
from training.data.sources import count
