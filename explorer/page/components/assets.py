"""Scripts, styles and the plotly.js that the components load; nothing comes from a network."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import gradio as gr
import plotly

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
    """Where the page finds plotly.js: in plotly's package, whose folder of data is served."""
    file = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    gr.set_static_paths([file.parent])
    return f"/gradio_api/file={file}"


@cache
def d3_path() -> str:
    """Where the page finds d3-zoom, of whose npm packages the file is put together."""
    file = ASSETS / "d3-zoom.min.js"
    gr.set_static_paths([file])
    return f"/gradio_api/file={file}"
