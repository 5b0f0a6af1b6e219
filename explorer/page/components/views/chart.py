"""A plotly figure in the page's own colours."""

import gradio as gr

from explorer.page.components.assets import plotly_path
from explorer.page.components.common import component


def chart_view(what: str, **options) -> gr.HTML:
    return component("chart", constants={"what": what}, **options)


def chart_value(figure: dict, note: str = "") -> dict:
    """`figure` is plotly's, {data, layout}; `note` says how it is read, if need be."""
    return {"plotly": plotly_path(), "note": note, **figure}
