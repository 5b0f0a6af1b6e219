"""Tensors to pictures, sheets, animations and figures."""

import base64
import io
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from torch import Tensor

from explorer.words import say

CODE_KEY = "latent-code"
MODEL_KEY = "latent-model"
WEIGHTS_KEY = "latent-weights"  # their SHA-256
LABEL_PX, GAP_PX = 18, 2  # of a line of text, and between tiles
# What Pillow raises on a file that is none of the formats asked for, or is damaged or far too large
NO_PICTURE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
# Of a GIF: its colours, the largest side of a tile, and the px of all tiles of all its frames
COLOURS, GIF_PX, GIF_AREA = 256, 256, 4_500_000
BANDS = 3  # lines at most whose range is drawn; more are named where they end
ABREAST = 4  # models in a row of a picture that is downloaded
# Okabe and Ito's six that stand out on light and dark, then Tol's for comparisons of more, and what
# lies farthest from all before it
LINE_COLOURS = (
    *("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),
    *("#aa4499", "#999933", "#882255", "#44aa99", "#6366f1", "#a16207", "#117733"),
    *("#64748b", "#be123c", "#d81bd8", "#1fae1f", "#7e22ce", "#0f6074", "#c084fc"),
    *("#7a4b12", "#2b35d8", "#f87171", "#f0148a"),
)


def to_pil(image: Tensor, px: int | None = None) -> Image.Image:
    """(3, H, W) in [0, 1] to an RGB picture, resized by Lanczos to `px` x `px` where given."""
    pixels = (image.detach().float().clamp(0, 1) * 255).round().byte()
    picture = Image.fromarray(pixels.permute(1, 2, 0).cpu().numpy())
    if px is None or picture.size == (px, px):
        return picture
    return picture.resize((px, px), Image.Resampling.LANCZOS)


def encoded(image: Tensor | Image.Image, form: str = "png") -> bytes:
    """A picture (3, H, W) in [0, 1] or PIL as a file, packed fast rather than small.

    `form` is png, which changes nothing, or jpeg, for large photos that are only looked at.
    """
    picture = image if isinstance(image, Image.Image) else to_pil(image)
    file = io.BytesIO()
    picture.save(file, form, compress_level=1, quality=85)  # each takes what it knows
    return file.getvalue()


def sprite(images: Tensor, wide: int) -> Tensor:
    """Images (N, 3, H, W) as one picture (3, rows * H, wide * W), missing tiles black."""
    missing = -len(images) % wide
    images = torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
    rows = images.unflatten(0, (-1, wide))  # (rows, wide, 3, H, W)
    return rows.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)


def sheet(
    images: Tensor | Sequence[Tensor],
    columns: int,
    px: int = 64,
    gap: int = GAP_PX,
    labels: Sequence[str] | None = None,
) -> Image.Image:
    """Images (N, 3, H, W) in [0, 1] as one white picture, row by row, tiles of `px` px.

    `labels`, one for each image, are written below the tiles.
    """
    tiles = [to_pil(image, px) for image in images]
    columns = max(1, min(columns, len(tiles)))
    rows = -(-len(tiles) // columns)
    step_x, step_y = px + gap, px + gap + (LABEL_PX if labels else 0)
    page = Image.new("RGB", (columns * step_x - gap, max(rows * step_y - gap, 1)), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(LABEL_PX * 2 // 3)
    for index, tile in enumerate(tiles):
        corner = (index % columns * step_x, index // columns * step_y)
        page.paste(tile, corner)
        if labels:
            middle = (corner[0] + px / 2, corner[1] + px + LABEL_PX / 2)
            draw.text(middle, labels[index], "black", font, anchor="mm")
    return page


def beside(pages: dict[str, Image.Image], gap: int = 12, columns: int | None = None) -> Image.Image:
    """Pages in rows of `columns`, by default in one, each under its title."""
    columns = min(columns or len(pages), len(pages))
    width = max(page.width for page in pages.values()) + gap
    height = LABEL_PX + max(page.height for page in pages.values()) + gap
    rows = -(-len(pages) // columns)
    wall = Image.new("RGB", (columns * width - gap, rows * height - gap), "white")
    draw, font = ImageDraw.Draw(wall), ImageFont.load_default(LABEL_PX * 2 // 3)
    for index, (title, page) in enumerate(pages.items()):
        left, top = index % columns * width, index // columns * height
        wall.paste(page, (left, top + LABEL_PX))
        draw.text((left + page.width / 2, top + LABEL_PX / 2), title, "black", font, anchor="mm")
    return wall


def table(rows: dict[str, Sequence[Tensor]], heads: Sequence[str], px: int = 64) -> Image.Image:
    """Rows of images (3, H, W) in [0, 1], each after its name, under the columns' heads."""
    font = ImageFont.load_default(LABEL_PX * 2 // 3)
    margin = int(max(font.getlength(name) for name in rows)) + 4 * GAP_PX
    tiles = sheet([image for row in rows.values() for image in row], len(heads), px)
    step, letters = px + GAP_PX, int(px / font.getlength("n"))
    whole = {"break_long_words": False, "break_on_hyphens": False}
    lines = [textwrap.wrap(head, letters, **whole) for head in heads]
    top = LABEL_PX * max(map(len, lines))
    page = Image.new("RGB", (margin + tiles.width, top + tiles.height), "white")
    page.paste(tiles, (margin, top))
    draw = ImageDraw.Draw(page)
    for row, name in enumerate(rows):
        draw.text((GAP_PX, top + row * step + px / 2), name, "black", font, anchor="lm")
    for column, head in enumerate(lines):
        foot = (margin + column * step + px / 2, top - GAP_PX)
        draw.text(foot, "\n".join(head), "black", font, anchor="md", align="center")
    return page


def png_bytes(
    picture: Image.Image,
    code: Tensor | None = None,
    model: str = "",
    more: Mapping[str, str] | None = None,
) -> bytes:
    """A PNG file; `code` (n,) travels in its text as base64 little-endian float32, with `more`."""
    info = PngImagePlugin.PngInfo()
    for key, text in (more or {}).items():
        info.add_text(key, text)
    if code is not None:
        numbers = code.detach().cpu().numpy().astype("<f4").tobytes()
        info.add_text(CODE_KEY, base64.b64encode(numbers).decode())
        info.add_text(MODEL_KEY, model)
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def read_code(png: bytes | str | Path) -> tuple[Tensor, str] | None:
    """The code (n,) float32 and the model's name that `png_bytes` put in; None if there is none.

    The file is a stranger's: a code that is not finite numbers counts as none, and its length is
    for the caller to compare with the model's.
    """
    text = _text(png)
    try:
        numbers = np.frombuffer(base64.b64decode(text[CODE_KEY], validate=True), "<f4")
    except (ValueError, KeyError):
        return None
    if numbers.size == 0 or not np.isfinite(numbers).all():
        return None
    return torch.from_numpy(numbers.astype(np.float32)), text.get(MODEL_KEY, "")


def read_weights(png: bytes | str | Path) -> str:
    """The SHA-256 of the weights that drew a picture with a code; empty where the file has none."""
    return _text(png).get(WEIGHTS_KEY, "")


def _text(png: bytes | str | Path) -> dict[str, str]:
    """What a PNG says before its picture; nothing where it is none."""
    try:
        source = io.BytesIO(png) if isinstance(png, bytes) else png
        with Image.open(source, formats=["PNG"]) as file:
            return file.info  # by the header: `file.text` would decode the picture
    except NO_PICTURE:
        return {}


def film(
    frames: dict[str, Tensor],
    path: str | Path,
    px: int | None = None,
    ms: int = 80,
    gap: int = 4,
    track: Callable[[Sequence], Iterable] = iter,
    columns: int = ABREAST,
) -> Path:
    """A film of walks (F, 3, H, W) in [0, 1] in rows of `columns`, each under its title: by the
    suffix of `path` an endless GIF, or an MP4 (H.264).

    `frames` maps titles to walks of equal length (`geometry.walk` gives their codes); tiles are of
    `px` px, by default as large as keeps the GIF below 3 MB; `ms` is the time a frame stands;
    `track` goes over the frames and may tell how far it is. Returns `path`.
    """
    titles, steps = list(frames), [*zip(*frames.values(), strict=True)]
    side = px or max(32, min(GIF_PX, int(math.sqrt(GIF_AREA / len(steps) / len(titles)))))
    across, path = min(len(titles), columns), Path(path)
    pages = [sheet(step, across, side, gap, titles) for step in track(steps)]
    if path.suffix.lower() == ".mp4":
        _write_mp4(pages, path, ms)
        return path
    palette = _palette(pages)
    pages = [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
    pages[0].save(path, save_all=True, append_images=pages[1:], duration=ms, loop=0)
    return path


def there_and_back(images: Tensor) -> Tensor:
    """Frames (F, 3, H, W) followed by those of the way back: a walk without a jump."""
    return torch.cat([images, images[1:-1].flip(0)])


def _write_mp4(pages: Sequence[Image.Image], path: Path, ms: int) -> None:
    import av  # here, because few films are of this kind

    width, height = (side + side % 2 for side in pages[0].size)  # colours are of 2 x 2 px
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream("h264", Fraction(1000, ms), options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for page in pages:
            even = Image.new("RGB", (width, height), "white")
            even.paste(page)
            file.mux(stream.encode(av.VideoFrame.from_image(even)))
        file.mux(stream.encode())


def _palette(pages: Sequence[Image.Image]) -> Image.Image:
    """One palette for all pages, by an octree of small versions, which is nearer than a median cut:
    what stays the same from page to page then costs no bytes."""
    small = Image.fromarray(np.concatenate([np.asarray(page.reduce(4)) for page in pages]))
    return small.quantize(COLOURS, Image.Quantize.FASTOCTREE)


def sharpness_curve(curves: dict[str, Tensor | None], n: int) -> dict:
    """How sharp a morph is from its corners to its centre, one line a model (F-AAE figure 9).

    `curves` maps titles to sharpness (4, (n + 1) // 2), relative to that of the pictures in the
    corners, along the four half diagonals of n x n tiles from the corner inwards
    (`geometry.along_diagonals`); the line is their mean and the band, of few lines, their range.
    None is no line, and keeps its colour free. The figure is plotly's, {data, layout}, as a
    dictionary: plotly's own classes check each value, for which a morph would wait some 30 ms.
    """
    lines, ends, banded = [], {}, len(curves) <= BANDS
    for index, (title, values) in enumerate(curves.items()):
        if values is None:
            continue
        colour, mean = LINE_COLOURS[index % len(LINE_COLOURS)], values.mean(0).tolist()
        x = [200 * at / (n - 1) for at in range(values.shape[1])]  # an even n has no middle tile
        if banded:
            low, high = values.amin(0).tolist(), values.amax(0).tolist()
            band = {"fill": "toself", "fillcolor": colour, "opacity": 0.15, "hoverinfo": "skip"}
            edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False}
            lines.append({"x": x + x[::-1], "y": high + low[::-1]} | band | edge)
        hover = f"%{{y:.2f}}<extra>{escape(title)}</extra>"
        line = {"name": title, "mode": "lines+markers", "line": {"color": colour}}
        lines.append({"x": x, "y": mean, "hovertemplate": hover} | line)
        ends[title] = (mean[-1], colour)
    axes = {
        "xaxis": {"title": {"text": say("from corner to centre (%)")}},
        "yaxis": {
            "title": {"text": say("sharpness, relative to the pictures")},
            "rangemode": "tozero",
        },
    }
    layout = {
        "height": 320 if banded else 440,
        "margin": {"l": 60, "r": 20 if banded else 110, "t": 20, "b": 50},
        "annotations": []
        if banded
        else _names(ends, max((max(line["y"]) for line in lines), default=0.0)),
        "hovermode": "x unified",
        "showlegend": False,  # the page names the lines itself: Plotly's legend covers a small plot
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
    return {"data": lines, "layout": axes | layout}


def _names(ends: dict[str, tuple[float, str]], highest: float) -> list[dict]:
    """Titles beside the ends (y, colour) of their lines, moved apart where they would overlap, in a
    figure that goes up to `highest`."""
    notes, last = [], -math.inf
    for title, (y, colour) in sorted(ends.items(), key=lambda each: each[1][0]):
        last = max(y, last + highest / 18)
        text = {"text": escape(title), "font": {"color": colour, "size": 11}}
        notes.append({**text, "x": 100, "y": last, "xanchor": "left", "xshift": 8})
    return [{**note, "showarrow": False} for note in notes]
