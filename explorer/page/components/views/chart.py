"""A plotly figure in the page's own colours."""

import gradio as gr

from explorer.page.components.assets import plotly_path
from explorer.page.components.common import component


def chart_view(what: str, **options) -> gr.HTML:
    return component("chart", constants={"what": what}, **options)


def chart_value(figure: dict) -> dict:
    """`figure` is plotly's, {data, layout}."""
    return {"plotly": plotly_path(), **figure}
