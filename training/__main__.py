"""Train systems, measure them, and write reports."""

import sys

from training import commandline
from training.cli.fitting import Benchmark, Campaign, fit, frameworks
from training.cli.measuring import (
    Compare,
    Directions,
    Domain,
    Evaluate,
    Features,
    Objectives,
    Ranking,
    Restoration,
)
from training.cli.output import PROG, STOPPED

COMMANDS = (
    *(fit, Evaluate, Domain, Objectives, Compare, Restoration, Ranking, Directions, Campaign),
    *(Features, Benchmark, frameworks),
)


def main() -> int:
    verbs = {each.__name__.lower(): each for each in COMMANDS}
    return commandline.main(verbs, sys.argv[1:], PROG, __doc__, STOPPED)


if __name__ == "__main__":
    sys.exit(main())
