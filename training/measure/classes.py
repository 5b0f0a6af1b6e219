"""How well a system tells classes apart, measured on labelled images."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from training.checkpoints import Latents, encode_all
from training.data import ImageSet
from training.errors import UserError, choose
from training.frameworks import Framework


def class_figures(
    framework: Framework, images: ImageSet, training: Latents | None = None
) -> dict[str, float]:
    """What `framework`, in evaluation mode, says of the classes of `images`, of which each has
    exactly one. Raises UserError where the images have none of a class.

    class_error: share of the images that are told wrong; class_share: of the images told to be of
    a class, the share that is, for the class where it is least (0 if no image is told to be of
    it); class_found: of the images of a class, the share that is found, likewise. Classes without
    a name, clusters, stand for what most images of `training` in them are (Makhzani et al. 2015,
    section 6).
    """
    labels = images.labels[images.labelled]
    codes = encode_all(framework, images.images[images.labelled])
    if framework.needs_labels:
        names = framework.classes
    elif training is None:
        raise UserError(
            "What a cluster means is seen from the codes of labelled images, of which this "
            "checkpoint has none: train with --attributes."
        )
    else:
        most = told(framework, training.codes, training.labels).argmax(dim=1)
        names = [training.names[index] for index in most]
    for name in names:
        choose("class among these images", name, images.attributes)
    meant = torch.tensor([images.attributes.index(name) for name in names])
    as_classes = torch.zeros(labels.shape[1], labels.shape[1])
    as_classes.index_add_(0, meant, told(framework, codes, labels))
    right = as_classes.diag()
    return {
        "class_error": 1 - (right.sum() / len(labels)).item(),
        "class_share": (right / as_classes.sum(dim=1).clamp_min(1)).min().item(),
        "class_found": (right / as_classes.sum(dim=0).clamp_min(1)).min().item(),
    }


def told(framework: Framework, codes: Tensor, labels: Tensor) -> Tensor:
    """How many of the codes (N, n) are told to be of a class, and are of an attribute of labels
    (N, A) bool: float (classes, A)."""
    place = next(framework.parameters()).device
    classes = framework.class_of(codes.to(place)).cpu()
    return one_hot(classes, len(framework.classes)).float().T @ labels.float()
