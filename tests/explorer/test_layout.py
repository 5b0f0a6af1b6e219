"""The map's layout, where numba finds no folder for what it compiles."""

import subprocess
import sys

# A package as umap is one, for which numba's usual folders cannot be written. The real one needs
# half a minute.
READ_ONLY = """
import sys, types
import numba
from numba.core import caching

def refuse(self):
    raise OSError("read-only")

for locator in (caching.InTreeCacheLocator, caching.UserWideCacheLocator):
    locator.ensure_cache_path = refuse
sys.path.insert(0, sys.argv[1])

import torch
from explorer.exchange.layout import layout
print(layout(torch.ones(16, 5)).shape, numba.config.CACHE_DIR != "")
"""
UMAP = """
import numba

@numba.njit(cache=True)
def first(codes):
    return codes[:, :2]

class UMAP:
    def __init__(self, **options):
        pass

    def fit_transform(self, codes):
        return first(codes)
"""


def test_umap_works_without_a_folder_for_numbas_cache(tmp_path):
    (tmp_path / "umap.py").write_text(UMAP)
    command = [sys.executable, "-c", READ_ONLY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env={})
    assert done.stdout.strip() == "torch.Size([16, 2]) True", done.stderr
