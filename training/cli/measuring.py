"""Commands that measure checkpoints, and write what they find beside the weights or as tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional

from training.cli.output import print_json
from training.errors import UserError
from training.schema import NOT_NEGATIVE, Images, Seed, Steps, check_options

# What needs PyTorch is imported where it is used, so that --help is quick.


@dataclass
class Evaluate:
    """Measure a checkpoint on held-out images."""

    checkpoint: Positional[str]  # A checkpoint's folder
    data: tuple[str, ...]  # Images: folder, zips, or a dataset's name
    data_root: str = "data"  # Where torchvision datasets are stored
    device: str = "cpu"  # cpu or cuda
    refine_steps: Annotated[int, NOT_NEGATIVE] = 50  # Optimisation steps of refined codes
    refine_images: Images = 1024  # Images to refine
    seed: Seed = 0  # Of the prior samples
    # True labels for a system that predicts classes: a table, 'classes' or ''; by default 'classes'
    # where it was trained with those
    attributes: str | None = None
    json: bool = False  # Print JSON
    save: bool = False  # Write metrics.json and the card beside the weights
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.measure.evaluate import evaluate, save
        from training.measure.figures import FIGURES
        from training.report.card import write_card

        how = self.refine_steps, self.refine_images, self.seed, self.data_root, self.attributes
        result = evaluate(self.checkpoint, self.data, self.device, *how)
        if self.json:
            print_json(result)
        else:
            print(f"{result['images']} images, features of {result['features']}")
            for name, value in result["figures"].items():
                print(f"{name:24} {value:10.5f}   {FIGURES[name].words}")
        if self.save:
            save(self.checkpoint, result)
            write_card(self.checkpoint)


@dataclass
class Domain:
    """Calibrate the score that tells images unlike those of a checkpoint's training."""

    checkpoint: Positional[str]  # A checkpoint's folder, measured already
    data: tuple[str, ...]  # Held-out images: folder, zips, or a dataset's name
    others: tuple[str, ...]  # Images of another kind, which the score is to tell from them
    most: Images = 2048  # Images of each
    data_root: str = "data"  # Where torchvision datasets are stored
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.measure.domain import calibrate

        _measured(self.checkpoint)
        found = calibrate(self.checkpoint, self.data, self.others, self.most, self.data_root)
        _keep(self.checkpoint, domain=found)
        print(f"AUC {found['auc']:.3f}; beyond the limit: {found['beyond']:.1%} of the held-out")
        print(f"images and {found['others_beyond']:.1%} of the others")


@dataclass
class Objectives:
    """Measure by how much each objective of refined codes trades sharpness for error."""

    checkpoint: Positional[str]  # A checkpoint's folder, measured already
    data: tuple[str, ...]  # Held-out images: folder, zips, or a dataset's name
    most: Images = 256  # How many of them
    steps: Steps = 50  # Of the refinement
    data_root: str = "data"  # Where torchvision datasets are stored
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.measure.objectives import trade

        _measured(self.checkpoint)
        found = trade(self.checkpoint, self.data, self.most, self.steps, self.data_root)
        _keep(self.checkpoint, objectives=found)
        for name, each in found["figures"].items():
            print(f"{name:10} MSE {each['mse']:.5f}, sharpness {each['sharpness']:.3f}")


@dataclass
class Compare:
    """Measure a set of checkpoints as one table."""

    folder: Positional[Path]  # A folder of checkpoints, such as checkpoints/celeba32
    data: tuple[str, ...]  # Images: folder, zips, or a dataset's name
    # Labelled images among which faces are looked up, of a named dataset those of training; by
    # default those whose codes the set has
    gallery: tuple[str, ...] = ()
    attributes: str = ""  # The labels of --gallery: a table, or 'classes'
    data_root: str = "data"  # Where torchvision datasets are stored
    device: str = "cpu"  # cpu or cuda
    out: Path | None = None  # Folder for compare.md and compare.json; by default the set's
    readme: Path | None = None  # Document whose table of the set is renewed, between its marks
    json: bool = False  # Print JSON

    def __call__(self) -> None:
        from training.report.compare import Request, compare
        from training.report.page import page
        from training.report.tables import renew

        mark, readme = f"compare:{self.folder.resolve().name}", self.readme
        if readme and not (readme.is_file() and f"<!-- {mark} -->" in readme.read_text("utf-8")):
            raise UserError(f"'{readme}' has no place for the table: <!-- {mark} --> <!-- end -->.")
        request = Request(self.data, self.gallery, self.attributes, self.data_root, self.device)
        content = compare(self.folder, request, self.out)
        table = page(content)
        if readme:
            renew(readme, mark, table)
        print_json(content) if self.json else print(table)


@dataclass
class Restoration:
    """Measure how well systems restore damaged images, beside methods that know only the damage."""

    checkpoints: Positional[tuple[str, ...]]  # Folders of checkpoints, of one image size and crop
    data: tuple[str, ...]  # Untouched images: folder, zips, or a dataset's name
    images: Images = 200  # How many of them
    steps: Steps = 20  # Of the inversion
    data_root: str = "data"  # Where torchvision datasets are stored
    device: str = "cpu"  # cpu or cuda
    json: bool = False  # Print JSON
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.report.restoration import page, restoration

        how = self.images, self.steps, self.data_root, self.device
        content = restoration(self.checkpoints, self.data, *how)
        print_json(content) if self.json else print(page(content))


@dataclass
class Ranking:
    """Measure whether the length of a path between faces ranks them better than their codes do."""

    checkpoint: Positional[str]  # A checkpoint's folder
    data: tuple[str, ...]  # Labelled images: folder, zips, or a dataset's name
    attributes: str  # Their labels: a table, or 'classes'
    faces: Images = 200  # How many of them
    data_root: str = "data"  # Where torchvision datasets are stored
    device: str = "cpu"  # cpu or cuda
    json: bool = False  # Print JSON
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.report.ranking import page, ranking

        how = self.faces, self.data_root, self.device
        content = ranking(self.checkpoint, self.data, self.attributes, *how)
        print_json(content) if self.json else print(page(content))


@dataclass
class Directions:
    """Compute a checkpoint's attribute directions again."""

    checkpoint: Positional[str]  # A checkpoint's folder, with the codes of labelled images
    force: bool = False  # Also where those that it has were found in more images than it keeps

    def __call__(self) -> None:
        from training.checkpoints import find_anew
        from training.codes.directions import METHODS

        for name, found in find_anew(self.checkpoint, self.force).directions.items():
            auc, d, random = (
                each.nanmean() for each in (found.auc, found.cohens_d, found.random_d)
            )
            title = METHODS[name].title
            print(f"{title:20} AUC {auc:.3f}, Cohen's d {d:.2f} (random {random:.2f}), means")


@dataclass
class Features:
    """Train again the classifier whose features the Frechet distance compares."""

    data: tuple[str, ...]  # CIFAR-10: zips with a folder for each class, or cifar10
    held_out: tuple[str, ...]  # The same of its test images
    epochs: Steps = 8  # Passes over the images
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.measure import features

        held_out = features.classified(self.held_out, train=False)
        network = features.teach(self.data, self.epochs)
        share = features.accuracy(network, held_out)
        features.write(network)
        name = features.features_in_use()
        print(f"{name} names {share:.1%} of the held-out images: {features.WEIGHTS}")


def _measured(checkpoint: str) -> None:
    """UserError where a checkpoint has no figures yet, which takes no measurement to see."""
    from training.checkpoints import add_metrics

    add_metrics(checkpoint)


def _keep(checkpoint: str, **parts: dict) -> None:
    """Parts of metrics.json, which has to be there, and the card with them."""
    from training.checkpoints import add_metrics
    from training.report.card import write_card

    add_metrics(checkpoint, **parts)
    write_card(checkpoint)
