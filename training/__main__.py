"""Train systems, measure them, and write reports."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from inspect import getdoc
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional

from training import commandline
from training.errors import UserError
from training.schema import NOT_NEGATIVE, Images, Seed, Steps, check_options

# What needs PyTorch is imported where it is used, so that --help is quick.

PROG = "python -m training"
STOPPED = (
    "Stopped; fit goes on with --resume, campaign and compare with the same command, from the last "
    "checkpoint."
)


def fit(arguments: list[str]) -> None:
    """Train a system on images; `fit SYSTEM --help` shows the options of one."""
    from training.frameworks import FRAMEWORKS

    if arguments and arguments[0].startswith("-") and arguments[-1] in FRAMEWORKS:
        arguments = [arguments[-1], *arguments[:-1]]
    commandline.dispatch(
        {name: _fit_one(each) for name, each in FRAMEWORKS.items()},
        arguments,
        f"{PROG} fit",
        "Each system has options of its own: `fit faae --preset small --help` shows those of faae, "
        "with the\nvalues of the preset as defaults.",
        kind="framework",
    )


def _fit_one(framework: type) -> Callable[[list[str]], None]:
    """The command that trains this system."""
    from training.config import PRESETS, resolve

    presets = dict.fromkeys([*PRESETS, *framework.presets])
    prog = f"{PROG} fit {framework.id}"

    def run(arguments: list[str]) -> None:
        chosen, _ = commandline.parse(
            _preset, arguments, prog, return_unknown_args=True, add_help=False
        )

        defaults = resolve(framework, chosen, {})

        def train(
            training: framework.Options = defaults,
            preset: str = chosen,
            resume: bool = False,
            dry_run: bool = False,
        ) -> None:
            if dry_run:
                print(json.dumps(asdict(training), indent=2))
                return
            from training.loop import fit as train

            train(training, resume)

        train.__doc__ = f"""Train {framework.title} on images.

        Args:
            preset: Defaults of the options: {", ".join(presets)}
            resume: Continue the run in --out
            dry_run: Print the resolved configuration as JSON, and stop
        """
        commandline.parse(train, arguments, prog)

    run.__doc__ = framework.title
    return run


def _preset(preset: str = "paper") -> str:
    return preset


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
        if self.save:
            save(self.checkpoint, result)
            write_card(self.checkpoint)
        if self.json:
            print_json(result)
            return
        print(f"{result['images']} images, features of {result['features']}")
        for name, value in result["figures"].items():
            print(f"{name:24} {value:10.5f}   {FIGURES[name].words}")


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
        from training.measure.domain import calibrate, save
        from training.report.card import write_card

        found = calibrate(self.checkpoint, self.data, self.others, self.most, self.data_root)
        save(self.checkpoint, found)
        write_card(self.checkpoint)
        print(f"AUC {found['auc']:.3f}; beyond the limit: {found['beyond']:.1%} of the held-out")
        print(f"images and {found['others_beyond']:.1%} of the others")


@dataclass
class Compare:
    """Measure a set of checkpoints as one table."""

    folder: Positional[Path]  # A folder of checkpoints, such as checkpoints/celeba32
    data: tuple[str, ...]  # Images: folder, zips, or a dataset's name
    # Labelled images among which faces are looked up; by default those whose codes the set has
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

    checkpoints: Positional[tuple[str, ...]]  # Folders of checkpoints, for images of one size
    data: tuple[str, ...]  # Untouched images: folder, zips, or a dataset's name
    images: Images = 200  # How many of them
    steps: Steps = 60  # Of the inversion
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
    """Find a checkpoint's attribute directions anew."""

    checkpoint: Positional[str]  # A checkpoint's folder, with the codes of labelled images

    def __call__(self) -> None:
        from training.checkpoints import find_anew
        from training.codes.directions import METHODS

        for name, found in find_anew(self.checkpoint).directions.items():
            auc, d, random = (
                each.nanmean() for each in (found.auc, found.cohens_d, found.random_d)
            )
            title = METHODS[name].title
            print(f"{title:20} AUC {auc:.3f}, Cohen's d {d:.2f} (random {random:.2f}), means")


@dataclass
class Features:
    """Train the network whose features the Frechet distance compares anew."""

    data: tuple[str, ...]  # CIFAR-10: zips with a folder for each class, or cifar10
    held_out: tuple[str, ...]  # The same of its test images
    epochs: Steps = 8  # Passes over the images
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.measure import features

        network = features.teach(self.data, self.epochs)
        features.write(network)
        share = features.accuracy(network, self.held_out)
        print(f"{network.name} names {share:.1%} of the held-out images: {features.WEIGHTS}")


@dataclass
class Campaign:
    """Train, measure and ship a set of runs."""

    name: Positional[str]  # A plan of training/campaigns/plans, such as celeba32
    data_dir: Path = Path("data")  # Folder of the data
    work: Path = Path("runs")  # Folder of the runs, from which they are resumed
    # Folder of the checkpoints that ship
    into: Path = Path(__file__).parents[1] / "checkpoints"
    device: str = "auto"  # auto, cpu, cuda or cuda:N
    only: tuple[str, ...] = ()  # These runs of the set; by default all
    dry_run: bool = False  # Print the runs and how far they are, and stop

    def __call__(self) -> None:
        from training.campaigns.run import run, site_of

        site = site_of(self.name, self.data_dir, self.work, self.into, self.device)
        run(site, self.only, self.dry_run)


@dataclass
class Benchmark:
    """Measure how fast training is."""

    frameworks: tuple[str, ...] = ("faae", "aae")  # Systems to measure
    preset: str = "small"  # As of fit
    device: str = "cpu"  # cpu or cuda; a CPU works with one thread
    rounds: Steps = 5  # Rounds, in each of which all are timed in turn
    steps: Steps = 16  # Training steps a turn, a multiple of the preset's --r1-every
    compile: bool = False  # G and E through torch.compile, in our steps
    json: bool = False  # Print JSON
    __post_init__ = check_options

    def __call__(self) -> None:
        from training.benchmark.step import benchmark, table

        how = self.preset, self.device, self.rounds, self.steps, self.compile
        result = benchmark(self.frameworks, *how)
        print_json(result) if self.json else print(table(result))


def frameworks() -> None:
    """List the systems with their objectives."""
    from training.frameworks import FRAMEWORKS

    for name, framework in FRAMEWORKS.items():
        print(f"{name}: {framework.title}\n\n{getdoc(framework)}\n")


def print_json(content: dict) -> None:
    print(json.dumps(content, indent=2))


COMMANDS = (
    *(fit, Evaluate, Domain, Compare, Restoration, Ranking, Directions, Campaign),
    *(Features, Benchmark, frameworks),
)


def main() -> int:
    verbs = {each.__name__.lower(): each for each in COMMANDS}
    return commandline.main(verbs, sys.argv[1:], PROG, __doc__, STOPPED)


if __name__ == "__main__":
    sys.exit(main())
