"""What is drawn can be read back: pixels, codes, frames and curves."""

import base64
import io

import av
import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from PIL import Image, ImageSequence

from explorer.catalogue import catalogue
from explorer.pictures import render
from tests.explorer.conftest import CHECKPOINTS

SHADES = torch.linspace(0, 1, 6)[:, None, None, None].expand(6, 3, 8, 8)  # six flat greys


def test_every_model_of_a_set_has_a_colour_of_its_own():
    colours = [tuple(bytes.fromhex(each[1:])) for each in render.LINE_COLOURS]
    assert len(colours) > max(map(len, catalogue(str(CHECKPOINTS)).sets.values()))
    assert torch.pdist(torch.tensor(colours).float()).min() > 30


def test_sheet_puts_images_row_by_row():
    page = np.asarray(render.sheet(SHADES, columns=4, px=16, gap=2))
    assert page.shape == (2 * 18 - 2, 4 * 18 - 2, 3)
    for index, shade in enumerate(SHADES[:, 0, 0, 0]):
        row, column = divmod(index, 4)
        tile = page[row * 18 : row * 18 + 16, column * 18 : column * 18 + 16]
        assert np.abs(tile / 255 - shade.item()).max() < 0.01
    assert (page[18:, 2 * 18 :] == 255).all()  # places that no image fills stay white


def test_labels_get_room_of_their_own():
    plain = render.sheet(SHADES, columns=3, px=40)
    labelled = render.sheet(SHADES, columns=3, px=40, labels=list("abcdef"))
    assert labelled.width == plain.width and labelled.height > plain.height
    below = np.asarray(labelled)[40 : 40 + render.LABEL_PX, :40]
    assert below.min() < 128  # ink


def test_code_travels_in_the_png():
    code = torch.randn(256, generator=torch.Generator().manual_seed(0))
    png = render.png_bytes(render.to_pil(SHADES[3], 32), code, "celeba32/faae")
    found, model = render.read_code(png)
    assert torch.equal(found, code) and model == "celeba32/faae"
    assert Image.open(io.BytesIO(png)).size == (32, 32)


@pytest.mark.parametrize(
    "text", [None, "no base64!", "AAA=", base64.b64encode(np.float32([np.nan])).decode(), ""]
)
def test_png_without_a_usable_code_has_none(text):
    file, info = io.BytesIO(), render.PngImagePlugin.PngInfo()
    if text is not None:
        info.add_text(render.CODE_KEY, text)
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=info)
    assert render.read_code(file.getvalue()) is None
    assert render.read_code(b"not a picture") is None


def test_walk_gif_loops_with_all_models_side_by_side(tmp_path):
    walks = {"F-AAE": SHADES, "AAE": SHADES.flip(0)}
    path = render.film(walks, tmp_path / "walk.gif", px=32, ms=80, gap=4)
    gif = Image.open(path)
    assert gif.info["loop"] == 0 and gif.info["duration"] == 80
    assert gif.n_frames == 6 and gif.width == 2 * 32 + 4
    for index, frame in enumerate(ImageSequence.Iterator(gif)):
        left, right = (np.asarray(frame.convert("RGB"))[16, x].mean() / 255 for x in (16, 52))
        assert (left, right) == pytest.approx((index / 5, 1 - index / 5), abs=0.03)


def test_a_film_is_a_video_too_of_any_width_and_comes_back(tmp_path):
    walk = render.there_and_back(SHADES)
    assert len(walk) == 10
    path = render.film({"F-AAE": walk, "AAE": walk}, tmp_path / "walk.mp4", px=33, columns=1)
    with av.open(str(path)) as file:
        frames = [each.to_ndarray(format="rgb24") for each in file.decode(video=0)]
    assert len(frames) == 10 and frames[0].shape[1] == 34
    levels = [frame[16, 16].mean() / 255 for frame in frames]
    expected = [*range(6), *range(4, 0, -1)]
    assert levels == pytest.approx([each / 5 for each in expected], abs=0.05)


def test_walks_of_unequal_length_are_refused(tmp_path):
    with pytest.raises(ValueError):
        render.film({"a": SHADES, "b": SHADES[:3]}, tmp_path / "walk.gif", px=16)


def test_sharpness_curve_has_a_line_a_model_over_its_range():
    values = torch.tensor([[4.0, 2.0, 1.0]]) * torch.tensor([[1.0], [2.0], [3.0], [2.0]])
    figure = render.sharpness_curve({"F-AAE": values, "AAE": values / 4}, 5)
    go.Figure(figure)  # raises ValueError for what plotly does not know
    lines = {line["name"]: line for line in figure["data"] if "name" in line}
    assert list(lines) == ["F-AAE", "AAE"]
    assert lines["F-AAE"]["y"] == [8, 4, 2] and lines["F-AAE"]["x"] == [0, 50, 100]
    assert figure["data"][0]["y"] == [12, 6, 3, 1, 2, 4]
    even = render.sharpness_curve({"F-AAE": values}, 6)["data"][1]
    assert even["x"] == [0, 40, 80]  # the centre lies between two tiles


def test_many_lines_are_named_where_they_end_and_names_keep_apart():
    curves = {f"<b>{at}": torch.full((4, 3), 1 + at / 1000) for at in range(11)}
    figure = render.sharpness_curve(curves, 5)
    assert len(figure["data"]) == 11  # no bands
    notes = figure["layout"]["annotations"]
    assert [note["text"] for note in notes] == [f"&lt;b&gt;{at}" for at in range(11)]
    gaps = np.diff([note["y"] for note in notes])
    assert (gaps > 0.05).all()


def test_pages_stand_in_rows_under_their_titles():
    pages = {name: render.sheet(SHADES[:1], 1, px=16) for name in "abc"}
    wall = np.asarray(render.beside(pages, gap=4, columns=2))
    assert wall.shape == (2 * (16 + render.LABEL_PX) + 4, 2 * 16 + 4, 3)
    top = 16 + 2 * render.LABEL_PX + 4
    assert wall[top : top + 16, :16].max() == 0  # the third page begins the second row
    assert (wall[top:, 20:] == 255).all()
    assert render.beside(pages, gap=4).width == 3 * 16 + 2 * 4


def test_table_puts_images_after_their_row_and_under_their_head():
    page = np.asarray(render.table({"a": SHADES[:2], "longer": SHADES[2:4]}, ["x", "y"], px=16))
    assert page.shape[0] == render.LABEL_PX + 2 * 16 + 2
    tiles = page[render.LABEL_PX :, -(2 * 16 + 2) :]
    for index, shade in enumerate(SHADES[:4, 0, 0, 0]):
        row, column = divmod(index, 2)
        tile = tiles[row * 18 : row * 18 + 16, column * 18 : column * 18 + 16]
        assert np.abs(tile / 255 - shade.item()).max() < 0.01
    assert page[: render.LABEL_PX].min() < 128 and page[:, : -(2 * 16 + 2)].min() < 128  # ink
