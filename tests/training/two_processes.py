"""Five steps of F-AAE without batch norm, in as many processes as torchrun starts; each records
what it saw. Called by test_loop.py."""

import hashlib
import json
import sys
from pathlib import Path

import torch

from tests.training.conftest import config_of
from training import distributed
from training.data import ImageSet
from training.run import Run, autocast_for

generator = torch.Generator().manual_seed(3)
pictures = torch.randint(0, 256, (64, 3, 32, 32), generator=generator, dtype=torch.uint8)
with distributed.joined("cpu") as world:
    config = config_of("faae", norm="none", batch_size=16, r1_gamma=1.0, r1_every=2)
    run = Run(config, world, ImageSet(pictures, [str(i) for i in range(64)]))
    record = {"indices": [], "terms": [], "weights": []}
    for step in range(5):
        record["indices"].append(run.batches.indices(step).tolist())
        terms = run.advance(autocast_for(config, world.device))
        record["terms"].append({name: value.item() for name, value in terms.items()})
        blob = b"".join(p.detach().numpy().tobytes() for p in run.framework.parameters())
        record["weights"].append(hashlib.sha256(blob).hexdigest())
    Path(sys.argv[1], f"{world.rank}.json").write_text(json.dumps(record))
