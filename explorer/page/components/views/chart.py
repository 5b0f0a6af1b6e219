"""A plotly figure in the page's own colours."""

import json

import gradio as gr
import plotly.graph_objects as go

from explorer.page.components.assets import plotly_path
from explorer.page.components.common import component


def chart_view(what: str, **options) -> gr.HTML:
    return component("chart", constants={"what": what}, **options)


def chart_value(figure: go.Figure) -> dict:
    drawn = json.loads(figure.to_json())
    return {"plotly": plotly_path(), "data": drawn["data"], "layout": drawn["layout"]}
