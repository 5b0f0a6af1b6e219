"""Scripts, styles and the plotly.js that the components load; nothing comes from a network."""

import tempfile
from functools import cache
from pathlib import Path

import gradio as gr

SCRIPTS = Path(__file__).parent
ASSETS = SCRIPTS.parents[2] / "assets"
ICON = ASSETS / "icon.png"


def head() -> str:
    """All scripts of the components, for the page's head."""
    scripts = [SCRIPTS / "common.js", *sorted(SCRIPTS.glob("*/*.js"))]  # common.js defines Latent
    return "\n".join(f"<script>\n{path.read_text(encoding='utf-8')}</script>" for path in scripts)


def styles() -> list[Path]:
    return sorted(ASSETS.glob("*.css"))


@cache
def plotly_path() -> str:
    """Where the page finds plotly.js: written once a process to a folder that is served."""
    from plotly.offline import get_plotlyjs  # here, because it reads 4 MB

    folder = Path(tempfile.mkdtemp(prefix="latent-explorer-"))
    file = folder / "plotly.min.js"
    file.write_text(get_plotlyjs(), encoding="utf-8")
    gr.set_static_paths([folder])
    return f"/gradio_api/file={file}"
