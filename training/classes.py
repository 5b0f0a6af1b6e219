"""How well a system tells classes apart, measured on labelled images."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from training.batches import in_batches
from training.data import ImageSet
from training.frameworks import Framework

BATCH = 256


def class_figures(framework: Framework, images: ImageSet, training: ImageSet) -> dict[str, float]:
    """What `framework.classify` says of `images`, of which each has one class; in evaluation mode.

    class_error: share of the images that are told wrong; class_share: of the images told to be of
    a class, the share that is, for the class where it is least (0 if no image is told to be of
    it); class_found: of the images of a class, the share that is found, likewise. Classes without
    a name, clusters, stand for what most of the `training` images in them are (Makhzani et al.
    2015, section 6).
    """
    counts = told(framework, images)  # (classes, attributes)
    if framework.needs_labels:
        meant = torch.tensor([images.attributes.index(name) for name in framework.classes])
    else:
        meant = told(framework, training).argmax(dim=1)
    as_classes = torch.zeros(counts.shape[1], counts.shape[1]).index_add(0, meant, counts)
    right = as_classes.diag()
    return {
        "class_error": 1 - (right.sum() / counts.sum()).item(),
        "class_share": (right / as_classes.sum(dim=1).clamp_min(1)).min().item(),
        "class_found": (right / as_classes.sum(dim=0).clamp_min(1)).min().item(),
    }


@torch.no_grad()
def told(framework: Framework, images: ImageSet) -> Tensor:
    """How many of the labelled images are told to be of a class, and are of an attribute:
    float (classes, attributes)."""
    place = next(framework.parameters()).device
    batches = in_batches(images.images[images.labelled], BATCH, place)
    classes = torch.cat([framework.classify(x).cpu() for x in batches])
    chosen = one_hot(classes, len(framework.classes)).float()
    return chosen.T @ images.labels[images.labelled].float()
