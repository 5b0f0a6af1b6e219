"""A picture with the faces that were found in it and the square that is cut out of it, to be moved,
resized and turned."""

import gradio as gr
from PIL import Image

from explorer.page.components.common import address, component
from explorer.pictures.faces import Crop
from explorer.pictures.picture import Picture

STAGE_PX = 480


def crop_view(to: str, **options) -> gr.HTML:
    """Asks the component `to` for the crop {x, y, side, angle} while the square moves.

    Event: place, when it was let go and the last one is answered.
    """
    return component("crop", ["place"], {"to": to}, **options)


def crop_value(picture: Picture) -> dict:
    width, height = picture.source.size
    shown = picture.source.copy()
    shown.thumbnail((STAGE_PX, STAGE_PX), Image.Resampling.BILINEAR)
    faces = [
        {"box": face.box, "eyes": face.eyes, "crop": _square(face.crop)} for face in picture.faces
    ]
    known = {"src": address(shown, "jpeg"), "width": width, "height": height, "faces": faces}
    return known | {"crop": _square(picture.square)}


def _square(crop: Crop) -> dict:
    return {"x": crop.x, "y": crop.y, "side": crop.side, "angle": crop.angle}
