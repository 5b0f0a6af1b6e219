"""`python -m explorer VERB`: figures go to stdout, the names of written files to stderr."""

import sys
from collections.abc import Sequence

from explorer.cli.commands import commands
from training import commandline

DESCRIPTION = "Explore models from the command line: pictures in, pictures and figures out."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb; 0, or 2 with a sentence on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    return commandline.main(commands(), given, "python -m explorer", DESCRIPTION)


if __name__ == "__main__":
    sys.exit(main())
