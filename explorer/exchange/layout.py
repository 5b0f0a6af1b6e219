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

UMAP, PCA, TSNE = "umap", "pca", "tsne"
LAYOUTS = {UMAP: "UMAP", PCA: "PCA", TSNE: "t-SNE"}
TSNE_SETTINGS = {"perplexity": 30, "init": "pca", "random_state": 0, "n_jobs": 1}
SPREAD = 5.0  # standard deviation of maps by others than UMAP, which are as large as those then
NEIGHBOURS = 15  # that UMAP looks at
UMAP_NEEDS = NEIGHBOURS + 1  # codes
SAMPLE = 10_000  # codes that UMAP lays out; more are placed among them
SETTINGS = {"n_neighbors": NEIGHBOURS, "random_state": 0, "n_jobs": 1}
VERSION = 1  # of what is done here with them
WIDTH, SHIFTS = 0.3, 5  # of what counts as close together on a map; of mean shift
AT_ONCE = 1 << 24  # distances held in memory


def layout(codes: Tensor, by: str = UMAP) -> Tensor:
    """Codes (N, n) -> coordinates (N, 2), `by` one of LAYOUTS; by the principal components of fewer
    than UMAP needs. Of more than `SAMPLE`, UMAP and t-SNE lay a sample out, with the others placed
    among it.

    What was laid out once is kept in the user's cache folder. Progress is shown on a terminal.
    """
    if len(codes) < UMAP_NEEDS:
        return _components(codes)
    if by == PCA:
        return _scaled(_components(codes))
    known = kept_layout(codes, by)
    if known is not None:
        return known
    found = _laid_out(codes, by)
    with suppress(OSError):  # a folder that cannot be written
        write_atomically(file_of(codes, by), partial(_save, found))
    return found


def kept_layout(codes: Tensor, by: str) -> Tensor | None:
    """The map of these codes that was laid out before; None where none was. A damaged one goes, so
    that it is laid out anew."""
    path = file_of(codes, by)
    try:
        return torch.from_numpy(np.load(path))
    except (EOFError, ValueError):
        with suppress(OSError):
            path.unlink()
    except OSError:  # there is none
        pass
    return None


def file_of(codes: Tensor, by: str) -> Path:
    """Where the map of these codes is kept."""
    return kept.place("maps") / f"{digest(codes, by)}.npy"


def _components(codes: Tensor) -> Tensor:
    """The first two principal components (N, 2) of codes (N, n)."""
    centred = codes - codes.mean(dim=0)
    if len(codes) > codes.shape[1]:
        vectors = torch.linalg.eigh(centred.T @ centred).eigenvectors.T.flip(0)[:2]
    else:
        vectors = torch.linalg.svd(centred).Vh[:2]  # (2, n), or (1, 1)
    return pad(centred @ vectors.T, (0, 2 - len(vectors)))


def _scaled(where: Tensor) -> Tensor:
    centred = where - where.mean(dim=0)
    return SPREAD * centred / centred.std().clamp_min(1e-6)


def place(codes: Tensor, known: Tensor, where: Tensor) -> Tensor:
    """Where codes (M, n) lie, (M, 2), among `known` ones (N, n) that lie at `where` (N, 2)."""
    placed = torch.empty(len(codes), 2)
    for rows, distances, indices in _nearest(codes, known, NEIGHBOURS):
        placed[rows] = _amid(where[indices], distances)
    return placed


def digest(codes: Tensor, by: str = UMAP) -> str:
    """Of the codes and of all that their layout depends on."""
    settings = (SETTINGS, SAMPLE, VERSION, version("umap-learn"))
    if by == TSNE:
        settings = (TSNE_SETTINGS, SAMPLE, VERSION, version("scikit-learn"))
    how = (tuple(codes.shape), *settings)
    found = hashlib.sha256(repr(how).encode())
    found.update(codes.contiguous().numpy())
    return found.hexdigest()


def _laid_out(codes: Tensor, by: str) -> Tensor:
    sample = torch.randperm(len(codes), generator=torch.Generator().manual_seed(0))[:SAMPLE]
    sample = sample.sort().values
    where = {UMAP: _by_umap, TSNE: _by_tsne}[by](codes[sample])
    if len(sample) == len(codes):
        return where
    return place(codes, codes[sample], where).index_copy_(0, sample, where)


def _by_umap(known: Tensor) -> Tensor:
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
        return torch.from_numpy(umap.fit_transform(known.numpy()))


def _by_tsne(known: Tensor) -> Tensor:
    from sklearn.manifold import TSNE as Embedding  # here, as it takes a second

    settings = {**TSNE_SETTINGS, "perplexity": min(TSNE_SETTINGS["perplexity"], len(known) / 4)}
    return _scaled(torch.from_numpy(Embedding(**settings).fit_transform(known.numpy())))


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
