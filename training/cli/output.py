"""What commands say."""

import json

PROG = "python -m training"
STOPPED = (
    "Stopped; fit goes on with --resume, campaign and compare with the same command, from the last "
    "checkpoint."
)


def print_json(content: dict) -> None:
    print(json.dumps(content, indent=2))
