"""`python -m explorer.tools.searching`: how long a search in a table takes, of synthetic codes."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator

import torch

from explorer.search import table as tables
from explorer.search.looks import LOOKS
from explorer.search.table import Held, Rows, write
from explorer.search.wanted import Wanted
from explorer.tools.maps import mixture
from training import commandline

AT_ONCE, THUMBNAIL = 1000, bytes(1800)
MODELS = {"set/one": 256, "set/other": 256}
NAMES = ("A", "B", "C")


def searching(pictures: int = 100_000, runs: int = 20, count: int = 8) -> None:
    """Makes a table of synthetic codes of two models, and prints how long one question takes: by
    each model and each look, without a filter and with one.

    Args:
        pictures: how many
        runs: questions of each kind
        count: how many pictures are asked for
    """
    codes = {name: mixture(pictures, n, seed=at)[0] for at, (name, n) in enumerate(MODELS.items())}
    held = Held(models=dict.fromkeys(MODELS, ""), attributes=[*NAMES], source="", files="")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[tables.PLACE] = folder
        begun = time.process_time()
        table = write("synthetic", held, MODELS, rows(codes, pictures))
        print(f"{pictures:,} pictures, made in {time.process_time() - begun:.0f} s of CPU time")
        for wanted in (Wanted(), Wanted(("A",), ("B",))):
            found = {}
            for kind in (*MODELS, *LOOKS):
                asked = [query(codes, kind, at) for at in range(runs + 1)]
                table.nearest(kind, asked[-1], count, wanted)  # warms up
                begun, cpu = time.perf_counter(), time.process_time()
                for vector in asked[:runs]:
                    table.nearest(kind, vector, count, wanted)
                took = time.perf_counter() - begun, time.process_time() - cpu
                found[kind] = [1000 * each / runs for each in took]
            walls, cpus = (sum(each) for each in zip(*found.values(), strict=True))
            said = ", ".join(f"{kind} {cpu:.0f}" for kind, (_, cpu) in found.items())
            how = "filtered" if wanted.has else "of all"
            print(f"{how}: {cpus:.0f} ms of CPU time ({said}), {walls:.0f} ms by the clock")


def query(codes: dict[str, torch.Tensor], kind: str, at: int) -> torch.Tensor:
    """A code near to one that is there, or a random hash."""
    generator = torch.Generator().manual_seed(at)
    if kind in LOOKS:
        return torch.randint(256, (-(-LOOKS[kind].bits // 8),), generator=generator).byte()
    code = codes[kind][at]
    return code + 0.02 * torch.randn(code.shape, generator=generator)


def rows(codes: dict[str, torch.Tensor], pictures: int) -> Iterator[Rows]:
    generator = torch.Generator().manual_seed(0)
    for at in range(0, pictures, AT_ONCE):
        some = range(at, min(at + AT_ONCE, pictures))
        vectors = {name: each[at : some.stop] for name, each in codes.items()}
        for kind, look in LOOKS.items():
            shape = len(some), -(-look.bits // 8)
            vectors[kind] = torch.randint(256, shape, generator=generator).byte()
        has = [[name for bit, name in enumerate(NAMES) if row >> bit & 1] for row in some]
        yield Rows([f"{row}.jpg" for row in some], [THUMBNAIL] * len(some), vectors, has)


if __name__ == "__main__":
    sys.exit(
        commandline.main(searching, sys.argv[1:], "python -m explorer.tools.searching", __doc__)
    )
