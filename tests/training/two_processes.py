"""Five steps of F-AAE without batch norm, with what was seen; in as many processes as torchrun
starts, each of which writes it. Used by test_distributed.py."""

import hashlib
import json
import sys
from pathlib import Path

import torch

from tests.training.conftest import config_of
from training import distributed
from training.data import ImageSet
from training.run import Run, autocast_for


def record(world: distributed.World) -> dict[str, list]:
    """Of each step the images, the terms, and a digest of the weights after it."""
    generator = torch.Generator().manual_seed(3)
    pictures = torch.randint(0, 256, (64, 3, 32, 32), generator=generator, dtype=torch.uint8)
    config = config_of("faae", norm="none", batch_size=16, r1_gamma=1.0, r1_every=2)
    run = Run(config, world, ImageSet(pictures, [str(i) for i in range(64)]))
    seen = {"indices": [], "terms": [], "weights": [], "noise": []}
    for step in range(5):
        seen["indices"].append(run.batches.indices(step).tolist())
        seen["noise"].append(torch.rand(8, generator=run.batch().generator).tolist())
        terms = run.advance(autocast_for(config, world.device))
        seen["terms"].append({name: value.item() for name, value in terms.items()})
        blob = b"".join(p.detach().numpy().tobytes() for p in run.framework.parameters())
        seen["weights"].append(hashlib.sha256(blob).hexdigest())
    return seen


if __name__ == "__main__":
    with distributed.joined("cpu") as world:
        Path(sys.argv[1], f"{world.rank}.json").write_text(json.dumps(record(world)))
