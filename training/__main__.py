"""Train systems, measure them, and write reports."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from inspect import getdoc
from pathlib import Path

from tyro.conf import Positional

from training import commandline
from training.errors import UserError

# What needs PyTorch is imported where it is used, so that --help is quick.

PROG = "python -m training"
STOPPED = (
    "Stopped; fit goes on with --resume, campaign and compare with the same command, from the last "
    "checkpoint."
)


def fit(arguments: list[str]) -> None:
    """Train a system on images; `fit SYSTEM --help` shows the options of one."""
    from training.frameworks import FRAMEWORKS

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


def evaluate(
    checkpoint: Positional[str],
    data: tuple[str, ...],
    data_root: str = "data",
    device: str = "cpu",
    refine_steps: int = 50,
    refine_images: int = 1024,
    seed: int = 0,
    attributes: str | None = None,
    json: bool = False,
    save: bool = False,
) -> None:
    """Measure a checkpoint on held-out images.

    Args:
        checkpoint: A checkpoint's folder
        data: Images: folder, zips, or a dataset's name
        data_root: Where torchvision datasets are stored
        device: cpu or cuda
        refine_steps: Optimisation steps of refined codes
        refine_images: Images to refine
        seed: Of the prior samples
        attributes: True labels for a system that predicts classes: a table, 'classes' or '';
            by default 'classes' where it was trained with those
        json: Print JSON
        save: Write metrics.json and the card beside the weights
    """
    from training.measure import evaluate as measure
    from training.measure.figures import FIGURES
    from training.report.card import write_card

    how = device, refine_steps, refine_images, seed, data_root, attributes
    result = measure.evaluate(checkpoint, data, *how)
    if save:
        measure.save(checkpoint, result)
        write_card(checkpoint)
    if json:
        print_json(result)
        return
    print(f"{result['images']} images, features of {result['features']}")
    for name, value in result["figures"].items():
        print(f"{name:24} {value:10.5f}   {FIGURES[name].words}")


def compare(
    folder: Positional[Path],
    data: tuple[str, ...],
    gallery: tuple[str, ...] = (),
    attributes: str = "",
    data_root: str = "data",
    device: str = "cpu",
    out: Path | None = None,
    readme: Path | None = None,
    json: bool = False,
) -> None:
    """Measure a set of checkpoints as one table.

    Args:
        folder: A folder of checkpoints, such as checkpoints/celeba32
        data: Images: folder, zips, or a dataset's name
        gallery: Labelled images among which faces are looked up; by default those whose codes the
            set has
        attributes: The labels of --gallery: a table, or 'classes'
        data_root: Where torchvision datasets are stored
        device: cpu or cuda
        out: Folder for compare.md and compare.json; by default the set's
        readme: Document whose table of the set is renewed, between its marks
        json: Print JSON
    """
    from training.report import compare as report
    from training.report.page import page
    from training.report.tables import renew

    mark = f"compare:{folder.resolve().name}"
    if readme and not (readme.is_file() and f"<!-- {mark} -->" in readme.read_text("utf-8")):
        raise UserError(f"'{readme}' has no place for the table: <!-- {mark} --> <!-- end -->.")
    request = report.Request(data, gallery, attributes, data_root, device)
    content = report.compare(folder, request, out)
    table = page(content)
    if readme:
        renew(readme, mark, table)
    print_json(content) if json else print(table)


def directions(checkpoint: Positional[str]) -> None:
    """Find a checkpoint's attribute directions anew.

    Args:
        checkpoint: A checkpoint's folder, with the codes of labelled images
    """
    from training import checkpoints
    from training.codes.directions import METHODS

    for name, found in checkpoints.find_anew(checkpoint).directions.items():
        auc, d, random = (each.nanmean() for each in (found.auc, found.cohens_d, found.random_d))
        title = METHODS[name].title
        print(f"{title:20} AUC {auc:.3f}, Cohen's d {d:.2f} (random {random:.2f}), means")


def features(data: tuple[str, ...], held_out: tuple[str, ...], epochs: int = 8) -> None:
    """Train the network whose features the Frechet distance compares anew.

    Args:
        data: CIFAR-10: zips with a folder for each class, or cifar10
        held_out: The same of its test images
        epochs: Passes over the images
    """
    from training.measure import features as networks

    network = networks.teach(data, epochs)
    networks.write(network)
    share = networks.accuracy(network, held_out)
    print(f"{network.name} names {share:.1%} of the held-out images: {networks.WEIGHTS}")


def campaign(
    name: Positional[str],
    data_dir: Path = Path("data"),
    work: Path = Path("runs"),
    into: Path = Path("checkpoints"),
    device: str = "auto",
    only: tuple[str, ...] = (),
    dry_run: bool = False,
) -> None:
    """Train, measure and ship a set of runs.

    Args:
        name: A plan of training/campaigns/plans, such as celeba32
        data_dir: Folder of the data
        work: Folder of the runs, from which they are resumed
        into: Folder of the checkpoints that ship
        device: auto, cpu, cuda or cuda:N
        only: These runs of the set; by default all
        dry_run: Print the runs and how far they are, and stop
    """
    from training.campaigns import run

    run.run(run.site_of(name, data_dir, work, into, device), only, dry_run)


def benchmark(
    frameworks: tuple[str, ...] = ("faae", "aae"),
    preset: str = "small",
    device: str = "cpu",
    rounds: int = 5,
    steps: int = 16,
    compile: bool = False,
    json: bool = False,
) -> None:
    """Measure how fast training is.

    Args:
        frameworks: Systems to measure
        preset: As of fit
        device: cpu or cuda; a CPU works with one thread
        rounds: Rounds, in each of which all are timed in turn
        steps: Training steps a turn, a multiple of the preset's --r1-every
        compile: G and E through torch.compile, in our steps
        json: Print JSON
    """
    from training.benchmark import step

    result = step.benchmark(frameworks, preset, device, rounds, steps, compile)
    print_json(result) if json else print(step.table(result))


def frameworks() -> None:
    """List the systems with their objectives."""
    from training.frameworks import FRAMEWORKS

    for name, framework in FRAMEWORKS.items():
        print(f"{name}: {framework.title}\n\n{getdoc(framework)}\n")


def print_json(content: dict) -> None:
    print(json.dumps(content, indent=2))


COMMANDS = (fit, evaluate, compare, directions, campaign, features, benchmark, frameworks)


def main() -> int:
    verbs = {each.__name__: each for each in COMMANDS}
    return commandline.main(verbs, sys.argv[1:], PROG, __doc__, STOPPED)


if __name__ == "__main__":
    sys.exit(main())
