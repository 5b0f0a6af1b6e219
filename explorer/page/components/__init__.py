"""The page's own components: each is a `gr.HTML` with its script in `assets/`."""

from explorer.page.components.assets import ICON, head, plotly_path, styles
from explorer.page.components.board import board_row, board_value, board_view
from explorer.page.components.chart import chart_value, chart_view
from explorer.page.components.common import LIVE, LONG, QUIET, address, columns
from explorer.page.components.crop import crop_value, crop_view
from explorer.page.components.labels import labels_value, labels_view
from explorer.page.components.map import CLASSES, map_value, map_view
from explorer.page.components.models import models_value, models_view
from explorer.page.components.shelf import shelf_value, shelf_view
from explorer.page.components.sliders import sliders_value, sliders_view, words
from explorer.page.components.slot import slot_value, slot_view, uploaded
from explorer.page.components.tiles import tiles_value, tiles_view

__all__ = [
    "ICON",
    "board_view",
    "chart_view",
    "crop_view",
    "LIVE",
    "LONG",
    "QUIET",
    "CLASSES",
    "labels_view",
    "map_view",
    "models_view",
    "shelf_view",
    "sliders_view",
    "slot_view",
    "tiles_view",
    "address",
    "board_row",
    "board_value",
    "chart_value",
    "columns",
    "crop_value",
    "head",
    "labels_value",
    "map_value",
    "models_value",
    "plotly_path",
    "shelf_value",
    "sliders_value",
    "slot_value",
    "styles",
    "tiles_value",
    "uploaded",
    "words",
]
