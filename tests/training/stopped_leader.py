"""A run whose first process cannot write, in as many processes as torchrun starts; each records the
error it ends with, and the first waits for the others to do so. Called by test_distributed.py."""

import json
import os
import sys
import time
from pathlib import Path

from tests.training.conftest import config_of
from training import loop
from training.errors import UserError
from training.run import Run
from training.stopped import Stopped

PATIENCE_S = 30


def full(run: Run) -> None:
    raise Stopped("The disk is full.")


Run.save = full
out, pictures, rank = Path(sys.argv[1]), sys.argv[2], int(os.environ["RANK"])
said = ""
try:
    loop.fit(
        config_of(
            "faae",
            data=(pictures,),
            out=str(out / "run"),
            log_every=1,
            checkpoint_minutes=0,
            epochs=8,
        )
    )
except (UserError, RuntimeError) as error:
    said = str(error)
(out / f"{rank}.json").write_text(json.dumps(said))
until = time.monotonic() + PATIENCE_S
while rank == 0 and len([*out.glob("*.json")]) < 2 and time.monotonic() < until:
    time.sleep(0.1)
