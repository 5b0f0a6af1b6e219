"""`python -m explorer.tools.maps`: how long maps take, how near to each other similar codes lie on
them, and how smoothly they move in a browser."""

import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize

from explorer.catalogue import ROOT, load_model
from explorer.exchange import layout
from explorer.tools.screenshots import opened
from training import commandline
from training.checkpoints import Latents, encode_all, write_latents
from training.data import load

HELD_OUT, NEAREST = 1000, 15
SETTLE_MS, PAN_S = 1500, 3
PAN = Path(__file__).with_suffix(".js")


def mixture(
    count: int, size: int = 256, components: int = 40, spread: float = 0.8, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Codes (count, size) on the sphere, around so many middles, and which of them, (count,)."""
    generator = torch.Generator().manual_seed(seed)
    middles = normalize(torch.randn(components, size, generator=generator), dim=1)
    which = torch.randint(components, (count,), generator=generator)
    noise = torch.randn(count, size, generator=generator).mul_(spread / size**0.5)
    return normalize(noise.add_(middles[which]), dim=1, out=noise), which


def times(codes: int = 10_000) -> None:
    """Lays out synthetic codes, then once more, and prints seconds and peak memory.

    Args:
        codes: how many, such as 1000000
    """
    made, _ = mixture(codes)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder  # nothing is kept there yet
        for when in ("first", "second"):
            begun, cpu = time.perf_counter(), time.process_time()
            layout.layout(made)
            took, used = time.perf_counter() - begun, time.process_time() - cpu
            print(f"{codes:,} codes, {when} time: {took:.1f} s, {used:.1f} s of CPU time")
        latents = Latents(made, torch.zeros(codes, 0), (), {}, layout.layout(made))
        write_latents(folder, latents)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory, with writing them: {peak_mb:,.0f} MB; {os.cpu_count()} cores")


def placement(data: tuple[str, ...], model: str = "celeba32/faae") -> None:
    """Compares the places of new codes on a map: by their neighbours, and by UMAP's own transform.

    The figure is the share of the way from random codes to the nearest ones, in the mean distance
    of a code from those that lie nearest to it on the map.

    Args:
        data: folders or zips of images
        model: model that encodes them, as SET/NAME
    """
    network = load_model(model)
    codes = encode_all(network.encode, load(data, network.image_size).images)
    codes = codes[torch.randperm(len(codes), generator=torch.Generator().manual_seed(0))]
    new, known = codes[:HELD_OUT], codes[HELD_OUT : HELD_OUT + layout.SAMPLE]
    umap = layout._umap()(**layout.SETTINGS).fit(known.numpy())
    where = torch.from_numpy(umap.embedding_)
    print(f"{'laid out with the others':36} {nearness(known[:HELD_OUT], known, where):.3f}")
    for name, put in (
        ("by neighbours", lambda: layout.place(new, known, where)),
        ("by UMAP's transform", lambda: torch.from_numpy(umap.transform(new.numpy()))),
    ):
        begun = time.process_time()
        found = put()
        took = time.process_time() - begun
        near = nearness(new, known, where, found)
        print(f"{HELD_OUT} new codes, {name:20} {near:.3f} in {took:.1f} s of CPU time")


def nearness(codes: Tensor, known: Tensor, where: Tensor, at: Tensor | None = None) -> float:
    """The figure of `placement` for codes (M, n) that lie at `at` (M, 2), or first among `known`
    codes (N, n) that lie at `where` (N, 2)."""
    skip = 0 if at is not None else 1  # themselves
    at = where[: len(codes)] if at is None else at
    on_map = torch.cdist(at, where).topk(NEAREST + skip, largest=False).indices[:, skip:]
    far = torch.cdist(codes, known)  # (M, N)
    nearest = far.topk(NEAREST + skip, largest=False).values[:, skip:].mean()
    return ((far.mean() - far.gather(1, on_map).mean()) / (far.mean() - nearest)).item()


def panning(points: int = 50_000) -> None:
    """Moves a map of synthetic codes in headless Chromium and prints its frames a second.

    Args:
        points: how many
    """
    codes, which = mixture(points)
    spots, _ = mixture(points, 2, 1, spread=0.1)
    middles = 5 * torch.randn(which.max() + 1, 2, generator=torch.Generator().manual_seed(1))
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "maps" / "faae"
        shutil.copytree(Path(ROOT) / "celeba32" / "faae", folder)
        labels = (which % 2 == 0)[:, None]
        write_latents(folder, Latents(codes, labels, ("Even",), {}, middles[which] + spots))
        with opened(root, "The frames of a map", path=PAN) as (page, url):
            begun = time.perf_counter()
            page.goto(f"{url}/?tab=map&colour=Even")
            page.locator(".map .chart canvas").wait_for()
            print(f"{points:,} points, shown after {time.perf_counter() - begun:.1f} s")
            page.wait_for_timeout(SETTLE_MS)
            for what in ("whole", "zoomed in"):
                frames = sorted(page.evaluate("pan", PAN_S))
                a_second = 1000 * len(frames) / sum(frames)
                median, late = statistics.median(frames), frames[int(0.95 * len(frames))]
                said = f"{a_second:.0f} frames a second, median {median:.0f} ms, p95 {late:.0f} ms"
                print(f"{what}: {said}")
                page.locator(".map .chart").press("+")


if __name__ == "__main__":
    verbs = {"times": times, "placement": placement, "panning": panning}
    sys.exit(commandline.main(verbs, sys.argv[1:], "python -m explorer.tools.maps", __doc__))
