"""Commands that train systems, and list them."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from inspect import getdoc
from pathlib import Path

from tyro.conf import Positional

from training import commandline
from training.cli.output import PROG, print_json
from training.schema import Steps, check_options

# What needs PyTorch is imported where it is used, so that --help is quick.


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
            from training import loop

            loop.fit(training, resume)

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
class Campaign:
    """Train, measure and ship a set of runs."""

    name: Positional[str]  # A plan of training/campaigns/plans, such as celeba32
    data_dir: Path = Path("data")  # Folder of the data
    work: Path = Path("runs")  # Folder of the runs, from which they are resumed
    # Folder of the checkpoints that ship
    into: Path = Path(__file__).parents[2] / "checkpoints"
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
    steps: Steps = 16  # Training steps a turn: a multiple of those from one R1 penalty to the next
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
