"""What starts the app is little: whoever opens the page waits for all of it."""

import json
import subprocess
import sys

from tests.explorer.conftest import CHECKPOINTS

# Each takes from a tenth of a second to several, and some event needs it later, or none.
LATER = (
    "matplotlib",
    "mcp",
    "numba",
    "onnx",
    "onnx2torch",
    "onnxruntime",
    "onnxscript",
    "plotly.express",
    "scipy",
    "skimage",
    "sklearn",
    "tensorboard",
    "torchvision",
    "umap",
)
SCRIPT = """
import json, sys
from explorer.page import server, ui
import gradio.component_meta
ui.build(sys.argv[1])
imported = [*sys.modules]
server.warm(sys.argv[1])
print(json.dumps([gradio.component_meta.create_or_modify_pyi.__module__, imported]))
print(json.dumps([*sys.modules]))
"""


def test_the_first_page_needs_none_of_what_takes_long_to_import():
    started = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(CHECKPOINTS)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    (stubs, imported), warmed = map(json.loads, started.stdout.splitlines()[-2:])
    assert [name for name in LATER if name in imported] == []
    assert "torch._dynamo" not in warmed  # a second and 150 MB, for nothing
    assert stubs == "explorer.page"  # and not gradio's, which parses all its files
