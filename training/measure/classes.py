"""How well a system predicts classes, measured on labelled images."""

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
    """Error, lowest precision and lowest recall of the classes that `framework`, in evaluation
    mode, predicts of `images`. Raises UserError where the images have none of a class, or one of
    them not exactly one.

    class_error: share of the images that are predicted wrongly; class_share: the lowest precision
    of a class, 0 if no image is predicted to be of it; class_found: the lowest recall. Clusters,
    classes without a name, stand for the class that most of their images of `training` have; in
    Makhzani et al. 2015, section 6, for that of the one image that is most surely in the cluster.
    """
    codes = encode_all(framework.encode, images.images[images.labelled], framework.device)
    attributes = images.attributes
    if framework.needs_labels:
        names = attributes = framework.classes
    elif training is None or not training.labels.numel():
        raise UserError(
            "The classes of clusters are found from the codes of labelled images, of which this "
            "checkpoint has none: train with --attributes."
        )
    else:
        most = confusion(framework, training.labelled, training.labels).argmax(dim=1)
        names = [training.names[index] for index in most]
    for name in names:
        choose("class among these images", name, images.attributes)
    labels = images.labels[images.labelled]  # of the classes alone, whatever else is known
    labels = labels[:, [images.attributes.index(name) for name in attributes]]
    if not (labels.sum(dim=1) == 1).all():
        raise UserError(
            "Not every one of these images has exactly one of the classes "
            f"{', '.join(attributes)}: give images that do, or another --attributes."
        )
    without = [name for name, of in zip(attributes, labels.T, strict=True) if not of.any()]
    if without:
        raise UserError(
            f"None of these images is of class {without[0]}: give images of every class, or "
            "--attributes '' to measure without classes."
        )
    class_of = torch.tensor([attributes.index(name) for name in names])
    counts = torch.zeros(labels.shape[1], labels.shape[1])  # (predicted, true)
    counts.index_add_(0, class_of, confusion(framework, codes, labels))
    right = counts.diag()
    return {
        "class_error": 1 - (right.sum() / len(labels)).item(),
        "class_share": (right / counts.sum(dim=1).clamp_min(1)).min().item(),
        "class_found": (right / counts.sum(dim=0)).min().item(),
    }


def confusion(framework: Framework, codes: Tensor, labels: Tensor) -> Tensor:
    """Of codes (N, n), how many of each class have each label, bool (N, A): (classes, A)."""
    classes = framework.class_of(codes.to(framework.device)).cpu()
    return one_hot(classes, len(framework.classes)).float().T @ labels.float()
