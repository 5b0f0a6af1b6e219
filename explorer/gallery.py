"""README's pictures and table of a model set, made from its weights alone.

No picture of a data set is in them: faces are decoded, and the photo is the bundled astronaut.

Notation: x images (B, 3, H, W) in [0, 1]; z codes (B, n); x_hat = G(z).
"""

import re
from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor

from explorer.actions import attributes, changed, plane
from explorer.engine import Model
from explorer.render import beside, sheet, table, to_pil
from explorer.session import CORNERS, EXAMPLE, EXAMPLE_SEED, Picture, Session, pixels, sample_grid
from training.attributes import DEFAULT
from training.card import measured_on
from training.checkpoints import images_seen, read_metrics
from training.figures import FIGURES, badness

ABREAST = 2  # models in a row of a picture
SAMPLES, SAMPLE_COLUMNS, SAMPLE_SEED = 36, 6, 0
FACES = 8  # beside the photo
MORPH_TILES = 7  # a side
ATTRIBUTES = ("Smiling", "Male", "Eyeglasses", "Blond_Hair")
AMOUNTS = (-3, -2, -1, 0, 1, 2, 3)  # standard deviations

Titles = dict[Model, str]


def draw(session: Session, titles: Titles) -> dict[str, Image.Image]:
    """Pictures of the session's models by name; one that no model has the parts for is left out."""
    encoding = [model for model in session.models if model.encodes]
    editable = [model for model in encoding if _editable(model)]
    pages = {"samples": samples(session.models, titles)}
    if encoding:
        pages["reconstructions"] = reconstructions(session, encoding, titles)
        pages["morphs"] = morphs(session, encoding, titles)
    if editable:
        pages["attributes"] = edits(session, editable, titles)
    return pages


def samples(models: list[Model], titles: Titles) -> Image.Image:
    """The first draws of one seed, none picked: the same codes through all that share a prior."""
    codes = sample_grid(models, SAMPLE_SEED, SAMPLES, 1.0).codes
    return _abreast(
        models, titles, lambda model: sheet(model.decode(codes[model.name]), SAMPLE_COLUMNS)
    )


def reconstructions(session: Session, models: list[Model], titles: Titles) -> Image.Image:
    """The photo and faces that the models drew in turn, from the encoders' and refined codes."""
    photo, artists = session.examples()[0], [models[i % len(models)] for i in range(FACES)]
    faces = [to_pil(_drawn(artist)[index]) for index, artist in enumerate(artists)]
    pictures = [photo, *(Picture("", EXAMPLE, face) for face in faces)]
    rows: dict[str, Tensor] = {"picture": pixels(pictures, models[0].image_size)}
    for model in models:
        x = pixels(pictures, model.image_size)
        z = model.encode(x)
        rows[f"{titles[model]}, encoder"] = model.decode(z)
        rows[f"{titles[model]}, refined"] = model.decode(model.refine(x, z))
    return table(rows, ["photo", *(f"by {titles[artist]}" for artist in artists)], px=80)


def morphs(session: Session, models: list[Model], titles: Titles) -> Image.Image:
    """The plane of codes between the first four drawn faces, as F-AAE's figure 9 shows it."""
    corners = session.examples()[1 : 1 + len(CORNERS)]

    def page(model: Model) -> Image.Image:
        grid = plane(model, session.codes(corners, model), MORPH_TILES)
        return sheet(model.decode(grid.flatten(0, 1)), MORPH_TILES, px=56)

    return _abreast(models, titles, page)


def edits(session: Session, models: list[Model], titles: Titles) -> Image.Image:
    """The first drawn face pushed along attributes, a row each."""
    face = session.examples()[1]

    def page(model: Model) -> Image.Image:
        z = session.codes([face], model)
        rows = {
            name.replace("_", " "): model.decode(
                torch.cat([changed(model, z, {name: amount}) for amount in AMOUNTS])
            )
            for name in _editable(model)
        }
        return table(rows, [f"{amount:+d}" if amount else "0" for amount in AMOUNTS], px=48)

    return _abreast(models, titles, page)


def _drawn(artist: Model) -> Tensor:
    return artist.decode(artist.sample_codes(FACES, EXAMPLE_SEED))


def _editable(model: Model) -> list[str]:
    known = attributes(model, DEFAULT)
    return [name for name in ATTRIBUTES if name in known]


def _abreast(
    models: list[Model], titles: Titles, page: Callable[[Model], Image.Image]
) -> Image.Image:
    return beside({titles[model]: page(model) for model in models}, columns=ABREAST)


def figure_table(models: list[Model], titles: Titles) -> str:
    """The measured figures as a Markdown table, a column a model, the best in bold, and on what
    they were measured."""
    named = [titles[model] for model in models]
    seen = [f"{images_seen(model.config['trained']) / 1e6:.2f}" for model in models]
    lines = [_row(["figure", *named]), _row(["---", *["---:"] * len(models)])]
    lines.append(_row(["images seen in training, million", *seen]))
    for name, figure in FIGURES.items():
        values = [model.metrics.get(name) for model in models]
        if any(value is not None for value in values):
            lines.append(_row([figure.words, *_in_bold(name, values)]))
    notes: dict[str, list[str]] = {}
    for model in models:
        notes.setdefault(measured_on(read_metrics(model.directory)), []).append(titles[model])
    said = [f"{', '.join(who)}: {note}" for note, who in notes.items()]
    return "\n".join(lines) + "\n\n" + "\n".join(said if len(notes) > 1 else notes)


def _in_bold(name: str, values: list[float | None]) -> list[str]:
    """The values as text, a dash where there is none."""
    known = [badness(name, value) for value in values if value is not None]
    best = min(known) if len(known) > 1 else None
    cells = []
    for value in values:
        if value is None:
            cells.append("–")
            continue
        number = f"{value:.{1 if value >= 10 else 3 if value >= 0.1 else 4}f}"
        cells.append(f"**{number}**" if badness(name, value) == best else number)
    return cells


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def renewed(text: str, model_set: str, made: str) -> str:
    """A document with `made` between the set's marks; as it was where it has none."""
    marks = f"<!-- figures:{model_set} -->", "<!-- end -->"
    between = re.compile(".*?".join(map(re.escape, marks)), re.DOTALL)
    return between.sub(lambda _: f"\n\n{made}\n\n".join(marks), text)
