"""Codes laid out in a plane, and further ones placed among them."""

import atexit
import hashlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad
from tqdm import tqdm

from explorer.exchange import kept
from training.checkpoints import write_atomically

NEIGHBOURS = 15  # that UMAP looks at
UMAP_NEEDS = NEIGHBOURS + 1  # codes
SAMPLE = 10_000  # codes that UMAP lays out; more are placed among them
SETTINGS = {"n_neighbors": NEIGHBOURS, "random_state": 0, "n_jobs": 1}
VERSION = 1  # of what is done here with them
WIDTH, SHIFTS = 0.3, 5  # of what counts as close together on a map; of mean shift
AT_ONCE = 1 << 24  # distances held in memory


def layout(codes: Tensor) -> Tensor:
    """Codes (N, n) -> coordinates (N, 2), by UMAP, or by the principal components of fewer than it
    needs; of more than `SAMPLE`, those of a sample, with the others placed among it.

    What was laid out once is kept in the user's cache folder. Progress is shown on a terminal.
    """
    if len(codes) < UMAP_NEEDS:
        centred = codes - codes.mean(dim=0)
        components = torch.linalg.svd(centred).Vh[:2]  # (2, n), or (1, 1)
        return pad(centred @ components.T, (0, 2 - len(components)))
    file = kept.place("maps") / f"{digest(codes)}.npy"
    with suppress(OSError, ValueError):  # there is none, or it is damaged
        return torch.from_numpy(np.load(file))
    found = _laid_out(codes)
    with suppress(OSError):  # a folder that cannot be written
        write_atomically(file, partial(_save, found))
    return found


def place(codes: Tensor, known: Tensor, where: Tensor) -> Tensor:
    """Where codes (M, n) lie, (M, 2), among `known` ones (N, n) that lie at `where` (N, 2)."""
    placed = torch.empty(len(codes), 2)
    for rows, distances, indices in _nearest(codes, known, NEIGHBOURS):
        placed[rows] = _amid(where[indices], distances)
    return placed


def digest(codes: Tensor) -> str:
    """Of the codes and of all that their layout depends on."""
    how = (tuple(codes.shape), SETTINGS, SAMPLE, VERSION, version("umap-learn"))
    found = hashlib.sha256(repr(how).encode())
    found.update(codes.contiguous().numpy())
    return found.hexdigest()


def _laid_out(codes: Tensor) -> Tensor:
    sample = torch.randperm(len(codes), generator=torch.Generator().manual_seed(0))[:SAMPLE]
    sample = sample.sort().values
    known = codes[sample]
    indices = torch.empty(len(known), NEIGHBOURS, dtype=torch.int32)
    distances = torch.empty(len(known), NEIGHBOURS)
    for rows, far, near in _nearest(known, known, NEIGHBOURS):
        itself = near == torch.arange(len(known))[rows, None]
        indices[rows], distances[rows] = near.int(), far.masked_fill(itself, 0)
    neighbours = indices.numpy(), distances.numpy()  # UMAP's own search takes a minute
    shown = {"disable": None, "desc": "UMAP"}
    umap = _umap()(**SETTINGS, precomputed_knn=neighbours, tqdm_kwds=shown)
    with warnings.catch_warnings():  # that its transform, which is not used, cannot be
        warnings.filterwarnings("ignore", "precomputed_knn", UserWarning)
        where = torch.from_numpy(umap.fit_transform(known.numpy()))
    if len(known) == len(codes):
        return where
    return place(codes, known, where).index_copy_(0, sample, where)


def _nearest(codes: Tensor, known: Tensor, count: int) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """For parts of the codes (M, n) their rows, and distances and indices (B, count) of the nearest
    of `known` (N, n), the nearest first."""
    size = max(1, AT_ONCE // len(known))
    for at in tqdm(range(0, len(codes), size), desc="Nearest codes", disable=None, leave=False):
        rows = slice(at, min(at + size, len(codes)))
        found = torch.cdist(codes[rows], known).topk(min(count, len(known)), largest=False)
        yield rows, *found


def _amid(where: Tensor, distances: Tensor) -> Tensor:
    """A place (B, 2) for each code whose nearest lie at `where` (B, k, 2): where most of them lie
    close together. Their mean would be nowhere, since near codes lie in several parts of a map.

    It is a mode of the sum of w / (1 + gap²), found by mean shift (Comaniciu and Meer 2002) from
    the best of them; the weights w fall by the squared distance of the codes (B, k).
    """
    weights = 1 / distances.clamp_min(1e-6).square()
    gaps = (torch.cdist(where, where) / WIDTH).square()  # (B, k, k)
    best = (weights[:, None] / (1 + gaps)).sum(dim=2).argmax(dim=1)
    place = where[torch.arange(len(where)), best]
    for _ in range(SHIFTS):
        gaps = ((where - place[:, None]) / WIDTH).square().sum(dim=2)
        pull = (weights / (1 + gaps).square())[..., None]  # (B, k, 1)
        place = (pull * where).sum(dim=1) / pull.sum(dim=1)
    return place


def _save(coordinates: Tensor, path: Path) -> None:
    with path.open("wb") as file:  # np.save would add a suffix to a name
        np.save(file, coordinates.numpy())


def _umap() -> type:
    """UMAP, imported here because it takes seconds. What numba compiles of it is kept from run to
    run where a folder for that can be written, else for this run."""
    try:
        from umap import UMAP
    except RuntimeError:  # numba: no locator available
        import numba

        numba.config.CACHE_DIR = tempfile.mkdtemp(prefix="numba-")
        atexit.register(shutil.rmtree, numba.config.CACHE_DIR, ignore_errors=True)
        from umap import UMAP
    return UMAP
