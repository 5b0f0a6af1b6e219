"""Codes laid out in a plane."""

import atexit
import shutil
import tempfile

import torch
from torch import Tensor


def layout(codes: Tensor) -> Tensor:
    """Codes (N, n) -> coordinates (N, 2), by UMAP."""
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
