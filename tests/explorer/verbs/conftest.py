"""Pictures of the map, with the codes that models have of them."""

from collections.abc import Callable

import pytest
from PIL import Image

from explorer.engine import Model
from explorer.pictures.picture import MAP, Picture


@pytest.fixture
def mapped(session) -> Callable[[str, bool, int], list[Picture]]:
    """The first pictures of the map that have an attribute, or lack it."""
    model: Model = session.models[0]

    def pictures(attribute: str, has: bool, count: int) -> list[Picture]:
        labels = model.latents.labels[:, model.latents.names.index(attribute)]
        rows = (labels == has).nonzero()[:count, 0].tolist()
        blank = Image.new("RGB", (32, 32))
        return [
            Picture(
                str(row), MAP, blank, codes={m.name: m.latents.codes[row] for m in session.models}
            )
            for row in rows
        ]

    return pictures
