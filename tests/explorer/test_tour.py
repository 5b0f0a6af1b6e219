"""The notebook runs from its first cell to its last."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

TOUR = Path(__file__).parents[2] / "explorer" / "tour.ipynb"


def test_the_notebook_runs_from_top_to_bottom_and_shows_its_pictures():
    notebook = nbformat.read(TOUR, as_version=4)
    resources = {"metadata": {"path": TOUR.parents[1]}}  # as from a clone
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    last = [c.outputs[-1] for c in notebook.cells if c.cell_type == "code"]
    pictures = [output for output in last if "image/png" in output.get("data", {})]
    assert len(pictures) == 7


def test_the_notebook_is_kept_without_outputs():
    notebook = nbformat.read(TOUR, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
