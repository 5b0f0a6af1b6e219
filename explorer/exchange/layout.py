"""Codes laid out in a plane."""

import atexit
import shutil
import tempfile

import torch
from torch import Tensor
from torch.nn.functional import pad

UMAP_NEEDS = 16  # codes: each with the 15 neighbours that it looks at by default


def layout(codes: Tensor) -> Tensor:
    """Codes (N, n) -> coordinates (N, 2), by UMAP, or by the principal components of fewer than it
    needs."""
    if len(codes) < UMAP_NEEDS:
        centred = codes - codes.mean(dim=0)
        components = torch.linalg.svd(centred).Vh[:2]  # (2, n), or (1, 1)
        return pad(centred @ components.T, (0, 2 - len(components)))
    return torch.from_numpy(_umap()(random_state=0, n_jobs=1).fit_transform(codes.numpy()))


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
