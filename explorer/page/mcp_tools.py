"""The verbs as tools of the Model Context Protocol, for assistants, who look at pictures and pay
for every word: pictures come as images, figures as short JSON."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from importlib import import_module, reload
from io import BytesIO
from typing import Any

from mcp.types import ImageContent, TextContent
from PIL import Image

from explorer.verbs.common.attributes import Attribute

gradio_mcp = reload(import_module("gradio.mcp"))  # it was imported without what it needs

SEEN_PX, QUALITY = 128, 90  # smaller pictures are enlarged: 32 px are too few for most assistants
MOST, DIGITS = 48, 4  # items of a list, and digits of a figure
FILE = "Gradio File Input"  # how the format of a picture begins
# Attributes that tools gave last, of thousands of numbers, by the names that stand for them
HELD: dict[str, dict] = {}
MOST_HELD = 100


class Tools(gradio_mcp.GradioMCPServer):
    """Gradio 6.31's own server of tools gives pictures as addresses within text, and every number
    of every code; and it says of wrong arguments to look at the app's footer."""

    def get_input_schema(self, *what) -> tuple[dict, list]:
        schema, pictures = super().get_input_schema(*what)
        return {**as_text(schema), "additionalProperties": False}, pictures

    def convert_strings_to_filedata(self, value: Any, pictures: list) -> Any:
        """The endpoints take pictures as text; what was `HELD` comes in the place of its name."""
        return given(value)

    async def _execute_tool_without_progress(self, job) -> list:
        """The outputs apart, as they are with progress."""
        (found,) = await super()._execute_tool_without_progress(job)
        return [found] if isinstance(found, dict) else [*found]

    def postprocess_output_data(
        self, data: list, root_url: str
    ) -> list[TextContent | ImageContent]:
        return [content for output in data for content in contents(output)]


def install() -> None:
    """Pages that are launched from now on have these tools."""
    gradio_mcp.GradioMCPServer = Tools


def as_text(schema: Any) -> Any:
    """A schema in which pictures are text, where Gradio asks for addresses to fetch, and attributes
    the names that stand for them."""
    if isinstance(schema, list):
        return [as_text(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref", "").endswith(f"/{Attribute.__name__}"):
        return {"type": "string", "description": "what is `held` of an attribute that a tool gave"}
    if str(schema.get("format")).startswith(FILE):
        known = {name: each for name, each in schema.items() if name in ("description", "default")}
        return {"type": "string", **known}
    return {name: as_text(each) for name, each in schema.items() if name != "$defs"}


def contents(output: Any) -> Iterator[TextContent | ImageContent]:
    """An output of an endpoint: each of its pictures after its caption and the address by which a
    further call may name it, or its figures."""
    if not isinstance(output, list):
        yield TextContent(type="text", text=json.dumps(brief(output), ensure_ascii=False))
        return
    for each in output:
        file = each["image"]
        yield TextContent(type="text", text=f"{each['caption']}: {file['url']}")
        yield ImageContent(type="image", data=enlarged(file["path"]), mimeType="image/jpeg")


def enlarged(path: str) -> str:
    """A picture as JPEG in base64, its sides a multiple of what they were."""
    with Image.open(path) as picture:
        times = max(1, SEEN_PX // min(picture.size))
        size, file = [times * side for side in picture.size], BytesIO()
        large = picture.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    large.save(file, "JPEG", quality=QUALITY)
    return b64encode(file.getvalue()).decode()


def held(attribute: dict) -> str:
    """The name that stands for an attribute in further calls."""
    content = json.dumps(attribute, sort_keys=True).encode()
    name = f"{attribute['name']}-{hashlib.sha256(content).hexdigest()[:12]}"
    HELD.pop(name, None)
    while len(HELD) >= MOST_HELD:
        HELD.pop(next(iter(HELD)), None)
    HELD[name] = attribute
    return name


def given(value: Any) -> Any:
    """Arguments with what the names in them stand for."""
    if isinstance(value, dict):
        return {name: given(each) for name, each in value.items()}
    if isinstance(value, list):
        return [given(each) for each in value]
    return HELD.get(value, value) if isinstance(value, str) else value


def brief(figures: Any) -> Any:
    """Figures with few digits, the beginning of long lists, of codes how long they are, and of
    attributes the names that stand for them."""
    if isinstance(figures, dict):
        of_attribute = figures.keys() == Attribute.model_fields.keys()
        known = {"held": held(figures)} if of_attribute else {}
        return {name: brief(each) for name, each in figures.items()} | known
    if isinstance(figures, list):
        left_out = len(figures) - MOST
        if left_out > 0 and isinstance(figures[0], float):
            return f"{len(figures)} values, left out"
        more = [f"{left_out} more, left out"] if left_out > 0 else []
        return [brief(each) for each in figures[:MOST]] + more
    return float(f"{figures:.{DIGITS}g}") if isinstance(figures, float) else figures
