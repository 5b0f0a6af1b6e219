"""The page's own components: each is a `gr.HTML` with its script beside it."""

from explorer.page.components.assets import ASSETS, head
from explorer.page.components.common import (
    IN_TURN,
    LIVE,
    LONG,
    QUIET,
    READING,
    address,
    columns,
    packed,
    status_view,
)
from explorer.page.components.family.lineage import Relative, lineage_value, lineage_view
from explorer.page.components.frames.filmstrip import KIND_TITLES, filmstrip_value, filmstrip_view
from explorer.page.components.frames.region import region_value, region_view
from explorer.page.components.inputs.crop import crop_value, crop_view
from explorer.page.components.inputs.labels import labels_value, labels_view
from explorer.page.components.inputs.models import models_value, models_view
from explorer.page.components.inputs.sliders import LIMIT, sliders_value, sliders_view
from explorer.page.components.inputs.slot import slot_value, slot_view
from explorer.page.components.inversion.ladder import OBJECTIVES, ladder_value
from explorer.page.components.live.pad import pad_value, pad_view
from explorer.page.components.loading.networks import ROUTES, networks_view
from explorer.page.components.map.map import (
    CLASSES,
    Looks,
    groups_shown,
    look_shown,
    map_value,
    map_view,
    row_bits,
)
from explorer.page.components.share.history import history_view
from explorer.page.components.share.save import save_view, saves
from explorer.page.components.share.tour import tour_value, tour_view
from explorer.page.components.teaching.found import Along, found_value, found_view
from explorer.page.components.teaching.gather import gather_value, gather_view
from explorer.page.components.teaching.lesson import lesson_value, lesson_view
from explorer.page.components.views.board import (
    Stat,
    board_row,
    board_value,
    board_view,
    edited_live,
    label_stats,
    stage_stats,
)
from explorer.page.components.views.chart import chart_value, chart_view
from explorer.page.components.views.results import Card, results_panel, results_view
from explorer.page.components.views.shelf import THUMB_PX, shelf_value, shelf_view
from explorer.page.components.views.tiles import tiles_value, tiles_view
from explorer.page.components.wire import Live, reopen, stamp, told, whose
from explorer.page.said import failure, inform, notice_view, warn
from explorer.verbs.common.labels import words
