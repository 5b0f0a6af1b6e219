"""Which way imports point, and what stays out of the repository's code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABS = ("reconstruct", "morph", "sample", "attributes", "latent_map")
# room -> what it may not import
FORBIDDEN = {
    "training": ["explorer", "gradio", "umap", "cv2", "plotly"],
    "explorer/engine.py": ["gradio", "explorer"],
    "explorer/latent.py": ["gradio", "explorer", "training"],
    "explorer/render.py": ["gradio", "explorer.tabs", "explorer.ui"],
    "explorer/pictures.py": ["gradio", "explorer.tabs", "explorer.ui"],
    "explorer/faces.py": ["gradio", "explorer.tabs", "explorer.ui"],
    "explorer/session.py": ["gradio", "explorer.tabs", "explorer.ui"],
    "explorer/tabs": [*(f"explorer.tabs.{tab}" for tab in TABS), "explorer.ui", "app"],
    "explorer/components": ["explorer.tabs", "explorer.ui", "app"],
}


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_point_one_way(room):
    place = ROOT / room
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    assert files
    for file in files:
        for name in imports(file):
            for forbidden in FORBIDDEN[room]:
                assert name != forbidden and not name.startswith(forbidden + "."), file


def test_the_loop_names_no_framework():
    for file in ("loop.py", "run.py", "scribe.py", "distributed.py", "data.py", "checkpoints.py"):
        source = (ROOT / "training" / file).read_text(encoding="utf-8").lower()
        assert "faae" not in source and '"aae"' not in source, file
