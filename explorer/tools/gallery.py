"""RESULTS.md's pictures and table of a model set, made from its weights alone.

No picture of a data set is in them: faces are decoded, and the photo is the bundled astronaut.

Notation: x images (B, 3, H, W) in [0, 1]; z codes (B, n); x_hat = G(z).
"""

from PIL import Image
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import EXAMPLE, Picture, pixels
from explorer.pictures.render import beside, sheet, table, to_pil
from explorer.session.examples import SEED
from explorer.session.state import Session
from explorer.verbs import edit, morph, sample
from explorer.verbs.edit import attributes
from training.checkpoints import images_seen, read_metrics
from training.codes.directions import DEFAULT
from training.measure.figures import FIGURES
from training.report.card import measured_on_each
from training.report.tables import in_bold, markdown

ABREAST = 2  # models in a row of a picture
SAMPLES, SAMPLE_COLUMNS, SAMPLE_SEED = 36, 6, 0
FACES = 8  # beside the photo
MORPH_TILES = 7  # a side
ATTRIBUTES = ("Smiling", "Male", "Eyeglasses", "Blond_Hair")
AMOUNTS = (-3, -2, -1, 0, 1, 2, 3)  # standard deviations

Titles = dict[Model, str]


def draw(session: Session, titles: Titles) -> dict[str, Image.Image]:
    """Pictures of the session's models by name; one that no model has the parts for is left out.

    The samples are the first of one seed, not selected; the morphs lie between the first four
    drawn faces, as in F-AAE's figure 9.
    """
    encoding = [model for model in session.models if model.encodes]
    drawn = sample(session.models, SAMPLE_SEED, SAMPLES)
    sheets = {"samples": {m: sheet(each.images, SAMPLE_COLUMNS) for m, each in drawn.items()}}
    if encoding:
        found = morph(session.examples()[1:5], encoding, MORPH_TILES)
        sheets["morphs"] = {m: sheet(g.images, MORPH_TILES, px=56) for m, g in found.items()}
    if editable := [model for model in encoding if _editable(model)]:
        face = session.examples()[1]
        sheets["attributes"] = {model: edits(face, model) for model in editable}
    pages = {
        name: beside({titles[model]: page for model, page in each.items()}, columns=ABREAST)
        for name, each in sheets.items()
    }
    if encoding:
        pages["reconstructions"] = reconstructions(session, encoding, titles)
    return pages


def reconstructions(session: Session, models: list[Model], titles: Titles) -> Image.Image:
    """A photo if they are faces, and each model's samples, from encoders' and refined codes."""
    photo = session.examples()[:1] if session.subject == "face" else []
    artists = [models[i % len(models)] for i in range(FACES)]
    drawn = {artist: artist.decode(artist.sample_codes(FACES, SEED)) for artist in artists}
    faces = [to_pil(drawn[artist][index]) for index, artist in enumerate(artists)]
    pictures = [*photo, *(Picture("", EXAMPLE, face) for face in faces)]
    rows: dict[str, Tensor] = {"picture": pixels(pictures, models[0].image_size)}
    for model in models:
        x = pixels(pictures, model.image_size)
        z = model.encode(x)
        rows[f"{titles[model]}, encoder"] = model.decode(z)
        rows[f"{titles[model]}, refined"] = model.decode(model.refine(x, z))
    heads = ["photo"] * len(photo) + [f"by {titles[artist]}" for artist in artists]
    return table(rows, heads, px=80)


def edits(face: Picture, model: Model) -> Image.Image:
    """A face moved along attribute directions, a row each."""
    rows = {
        name.replace("_", " "): [
            edit(face, [model], {name: amount})[model].images[1] for amount in AMOUNTS
        ]
        for name in _editable(model)
    }
    return table(rows, [f"{amount:+d}" if amount else "0" for amount in AMOUNTS], px=48)


def _editable(model: Model) -> list[str]:
    known = attributes(model, DEFAULT)
    return [name for name in ATTRIBUTES if name in known]


def figure_table(models: list[Model], titles: Titles) -> str:
    """The figures as a Markdown table, a column a model, best in bold; and how measured."""
    named = [titles[model] for model in models]
    seen = [f"{images_seen(model.config['trained']) / 1e6:.2f}" for model in models]
    rows = [["images seen in training, million", *seen]]
    for name, figure in FIGURES.items():
        values = [model.metrics.get(name) for model in models]
        if any(value is not None for value in values):
            rows.append([figure.words, *in_bold(name, values)])
    measured = {titles[model]: read_metrics(model.directory) for model in models}
    return f"{markdown(['figure', *named], rows)}\n\n{measured_on_each(measured)}"
