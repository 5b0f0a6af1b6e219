"""The map's layout: what is kept, what is placed, and where numba finds no folder for what it
compiles."""

import subprocess
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
import torch

from explorer.exchange import kept, layout
from explorer.tools.maps import mixture

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
PACKAGE = """
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
    (tmp_path / "umap.py").write_text(PACKAGE)
    command = [sys.executable, "-c", READ_ONLY, str(tmp_path)]
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "torch.Size([16, 2]) True", done.stderr


@dataclass
class Quick:  # the real one needs half a minute
    """Lays codes out by their first two numbers, and counts how often it was asked."""

    asked: list[int] = field(default_factory=list)

    def __call__(self, **how):
        return self

    def fit_transform(self, codes):
        self.asked.append(len(codes))
        return codes[:, :2]


@pytest.fixture
def umap(monkeypatch, tmp_path) -> Quick:
    fake = Quick()
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path / kind)
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=fake))
    return fake


def test_the_same_codes_are_laid_out_once(umap, monkeypatch):
    codes, _ = mixture(40, 8)
    found = layout.layout(codes)
    assert torch.equal(layout.layout(codes.clone()), found) and umap.asked == [40]
    layout.layout(codes[1:])
    monkeypatch.setattr(layout, "VERSION", 0)
    layout.layout(codes)
    assert umap.asked == [40, 39, 40]


def test_a_damaged_map_is_laid_out_anew_and_no_folder_is_needed(umap, monkeypatch, tmp_path):
    codes, _ = mixture(40, 8)
    found = layout.layout(codes)
    (file,) = kept.place("maps").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert torch.equal(layout.layout(codes), found)
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path / "file")
    assert torch.equal(layout.layout(codes), found)
    assert umap.asked == [40, 40, 40]


@pytest.mark.parametrize("content", [b"", b"no map"])
def test_a_damaged_map_is_not_there_any_more(umap, content):
    file = layout.file_of(torch.zeros(20, 3), layout.TSNE)
    file.parent.mkdir()
    file.write_bytes(content)
    assert layout.kept_layout(torch.zeros(20, 3), layout.TSNE) is None and not file.exists()


def test_of_many_codes_a_sample_is_laid_out_and_the_others_among_it(umap, monkeypatch):
    monkeypatch.setattr(layout, "SAMPLE", 200)
    monkeypatch.setattr(layout, "AT_ONCE", 200 * 64)
    codes, component = mixture(1000, 16, components=3, spread=0.2)
    found = layout.layout(codes)
    assert umap.asked == [200] and found.shape == (1000, 2)
    middles = torch.stack([found[component == each].mean(dim=0) for each in range(3)])
    assert (torch.cdist(found, middles).argmin(dim=1) == component).float().mean() > 0.9
    assert (found == codes[:, :2]).all(dim=1).sum() >= 200  # stay where they were laid out


def test_a_code_is_placed_where_most_of_its_nearest_lie_not_between_them():
    known = torch.nn.functional.normalize(torch.tensor([[1, 0.1], [1, 0.2], [1, -0.1]]), dim=1)
    where = torch.tensor([[0.0, 0.0], [0.1, 0.0], [9.0, 9.0]])
    (x, y), itself = layout.place(torch.stack([known.mean(dim=0), known[2]]), known, where)
    assert -0.2 < x < 0.3 and abs(y) < 0.2
    assert torch.allclose(itself, where[2], atol=1e-3)


def test_pca_lies_along_the_two_directions_in_which_codes_differ_most():
    codes = torch.randn(200, 12, generator=torch.Generator().manual_seed(0))
    codes[:, 3] *= 9
    codes[:, 7] *= 5
    found = layout.layout(codes, layout.PCA)
    for column, number in ((0, 3), (1, 7)):
        both = torch.stack([found[:, column], codes[:, number]])
        assert torch.corrcoef(both)[0, 1].abs() > 0.98
    assert found.std().item() == pytest.approx(layout.SPREAD, rel=1e-3)


def test_tsne_keeps_clusters_and_is_kept_apart_from_umap(umap):
    codes, component = mixture(90, 16, components=3, spread=0.2)
    assert layout.kept_layout(codes, layout.TSNE) is None
    found = layout.layout(codes, layout.TSNE)
    middles = torch.stack([found[component == each].mean(dim=0) for each in range(3)])
    assert (torch.cdist(found, middles).argmin(dim=1) == component).all()
    assert torch.equal(layout.kept_layout(codes, layout.TSNE), found) and umap.asked == []
