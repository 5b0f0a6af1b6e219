"""`python -m explorer VERB`: figures go to stdout, the names of written files and everything else
to stderr."""

import os
import sys
from collections.abc import Sequence

from explorer.cli.commands import commands
from training import commandline

DESCRIPTION = "Explore models from the command line: pictures in, pictures and figures out."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb; 0, or 2 with a sentence on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        return commandline.main(commands(), given, "python -m explorer", DESCRIPTION)
    except BrokenPipeError:  # the reader, as in `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be written: {error.strerror}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
