"""Scripts, styles and the plotly.js that the components load; nothing comes from a network."""

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import gradio as gr

SCRIPTS = Path(__file__).parent
ASSETS = SCRIPTS.parents[2] / "assets"


def head(receivers: Sequence[tuple[str, str]]) -> str:
    """All scripts, for the page's head; `receivers`: name and title of tabs that take pictures."""
    scripts = [SCRIPTS / "common.js", *sorted(SCRIPTS.glob("*/*.js"))]  # common.js defines Latent
    texts = [path.read_text(encoding="utf-8") for path in scripts]
    texts.append(f"Latent.PLACES.push(...{json.dumps(receivers)});")
    return "\n".join(f"<script>\n{text}</script>" for text in texts)


@cache
def plotly_path() -> str:
    """Where the page finds plotly.js: written once a process to a folder that is served."""
    from plotly.offline import get_plotlyjs  # here, because it reads 4 MB

    folder = Path(tempfile.mkdtemp(prefix="latent-explorer-"))
    file = folder / "plotly.min.js"
    file.write_text(get_plotlyjs(), encoding="utf-8")
    gr.set_static_paths([folder])
    return f"/gradio_api/file={file}"
