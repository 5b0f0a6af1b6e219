"""The app for programs: five endpoints, for `gradio_client` and plain HTTP.

They keep no state: what they need comes with the call. Pictures come back as PNG files whose
captions name the model, codes as lists of numbers by model name.
"""

from collections.abc import Callable
from functools import partial
from inspect import Signature, signature

import gradio as gr
from PIL import Image

from explorer.engine import Model
from explorer.pictures.faces import find_crop
from explorer.pictures.files import PictureError, open_picture
from explorer.pictures.render import sprite, to_pil
from explorer.session.grids import PHOTO, sample_grid
from explorer.session.state import Picture, Session, catalogue
from explorer.verbs.actions import changed, checked_labels, measured, plane, switched
from training.codes.directions import DEFAULT, METHODS
from training.codes.geometry import along_diagonals
from training.errors import UserError, choose
from training.measure import metrics

Gallery = list[tuple[Image.Image, str]]


def build(root: str, names: list[str]) -> None:
    """Hidden widgets that give the endpoints their names, inputs and outputs."""
    known = list(catalogue(root).models)
    models = partial(
        gr.Dropdown, known, value=names, multiselect=True, allow_custom_value=True, label="models"
    )
    picture = partial(gr.File, label="picture")
    faithful = partial(gr.Checkbox, label="faithful")

    def endpoint(name: str, function: Callable, *inputs) -> None:
        outputs = [gr.JSON(label="figures")]
        if name != "latent_map":
            outputs.insert(0, gr.Gallery(label="pictures", format="png"))
        gr.Button().click(bound(function, root), list(inputs), outputs, api_name=name)

    with gr.Row(visible=False):
        steps = gr.Number(50, label="steps", precision=0)
        endpoint("reconstruct", reconstruct, picture(), models(), steps)
        corners = gr.File(file_count="multiple", label="pictures")
        side = gr.Number(9, label="n", precision=0)
        seed = partial(gr.Number, 0, label="seed", precision=0)
        endpoint("morph", morph, corners, models(), side, seed(), faithful())
        count, spread = gr.Number(16, label="count", precision=0), gr.Number(1.0, label="spread")
        labels = partial(gr.JSON, {}, label="labels")
        endpoint("sample", sample, models(), seed(), count, spread, labels())
        amounts = gr.JSON({}, label="amounts")
        method = gr.Dropdown([*METHODS], value=DEFAULT, allow_custom_value=True, label="method")
        hold = gr.JSON([], label="hold")
        shared = (picture(), models(), amounts, seed(), faithful(), method, hold, labels())
        endpoint("edit", edit, *shared)
        endpoint(
            "latent_map",
            latent_map,
            gr.Dropdown(known, value=names[0], allow_custom_value=True, label="model"),
            gr.Textbox(label="attribute"),
        )


def bound(function: Callable, root: str) -> Callable:
    """An endpoint for the checkpoints under `root`; what is wrong becomes one sentence."""

    def call(*args):
        try:
            return function(Session(root), *args)
        except (PictureError, UserError) as error:
            raise gr.Error(str(error), print_exception=False) from None

    parameters = list(signature(function).parameters.values())[1:]
    call.__signature__ = Signature(parameters)  # gradio names the endpoint's inputs by it
    call.__doc__ = function.__doc__
    return call


def reconstruct(session: Session, picture: str, models: list[str], steps: int) -> tuple:
    """What models make of a picture. The face is found and cropped as in the app; `steps` (0 to
    300) refine the encoder's code, or that of recovery where there is no encoder. Gives the crop,
    then for each model the encoder's (or recovery's) and the refined reconstruction; and figures:
    MSE, PSNR (dB), SSIM, sharpness relative to the crop, cycle error (by an encoder) and code of
    both."""
    chosen, face = pick(session, models), photo(picture)
    gallery: Gallery = []
    figures: dict = {"crop": crop_of(face)}
    for model in chosen:
        x = face.pixels(model.image_size)[None]
        if not gallery:
            gallery.append((to_pil(x[0]), "crop"))
        encoded = model.encode(x)
        refined = model.refine(x, encoded, steps=within(steps, 0, 300, "steps"))
        for name, code in ((model.found_by, encoded), ("refined", refined)):
            x_hat = model.decode(code)
            gallery.append((to_pil(x_hat[0]), f"{model.name} {name}"))
            figures.setdefault(model.name, {})[name] = {
                **measured(model, x, code, x_hat),
                "code": code[0].tolist(),
            }
    return gallery, figures


def morph(
    session: Session,
    pictures: list[str] | None,
    models: list[str],
    n: int,
    seed: int,
    faithful: bool,
) -> tuple:
    """The n x n plane (3 to 15) between four pictures: top left, top right, bottom left, bottom
    right. Fewer than four are filled up with samples from `seed`. `faithful` refines the codes
    of the pictures. Gives a grid for each model, and its sharpness from each corner inwards."""
    chosen, n = pick(session, models), within(n, 3, 15, "n")
    if len(pictures or []) > 4:
        raise UserError(f"A morph has four corners, not {len(pictures)}: give at most 4 pictures.")
    session.faithful = bool(faithful)
    corners = [photo(path) for path in pictures or []]
    corners += [session.draw(int(seed) + index) for index in range(4 - len(corners))]
    gallery, figures = [], {}
    for model in chosen:
        images = model.decode(plane(model, session.codes(corners, model), n).flatten(0, 1))
        gallery.append((to_pil(sprite(images, n)), model.name))
        curves = along_diagonals(metrics.sharpness(images).unflatten(0, (n, n)))
        figures[model.name] = {"sharpness": curves.tolist()}
    return gallery, figures


def sample(
    session: Session,
    models: list[str],
    seed: int,
    count: int,
    spread: float,
    labels: dict[str, bool],
) -> tuple:
    """Draws from the prior: `count` (1 to 144) codes from `seed`, the same for all models that
    share a prior. `labels` are switched on or off, as {"Smiling": true}, in the codes that end in
    them; of classes one may be on. Gives a picture for each sample and model, and the codes."""
    chosen, count = pick(session, models), within(count, 1, 144, "count")
    wanted = checked_labels(chosen, labels or {})
    drawn = sample_grid(chosen, int(seed), count, float(spread))
    gallery, figures = [], {}
    for model in chosen:
        codes = switched(model, drawn.codes[model.name], wanted)
        images = model.decode(codes)
        gallery += [(to_pil(image), f"{model.name} {i}") for i, image in enumerate(images)]
        figures[model.name] = {"codes": codes.tolist()}
    return gallery, figures


def edit(
    session: Session,
    picture: str | None,
    models: list[str],
    amounts: dict[str, float],
    seed: int,
    faithful: bool,
    method: str,
    hold: list[str],
    labels: dict[str, bool],
) -> tuple:
    """Pushes a picture, or without one the sample of `seed`, along attributes: `amounts` maps
    names to standard deviations, as {"Smiling": 2}. `method` says how the directions were found:
    mean, logistic or svm; `hold` names attributes, as ["Male"], that stay still meanwhile;
    `labels` are as in `sample`. Gives the picture before and after for each model, and the codes.
    """
    chosen = pick(session, models)
    wanted = checked_labels(chosen, labels or {})
    session.faithful = bool(faithful)
    pushed = {name: float(amount) for name, amount in (amounts or {}).items()}
    face = photo(picture) if picture else session.draw(int(seed))
    gallery, figures = [], {}
    for model in chosen:
        before = session.codes([face], model)
        after = switched(model, changed(model, before, pushed, method, hold or []), wanted)
        for said, code in (("before", before), ("after", after)):
            gallery.append((to_pil(model.decode(code)[0]), f"{model.name} {said}"))
        figures[model.name] = {"before": before[0].tolist(), "after": after[0].tolist()}
    return gallery, figures


def latent_map(session: Session, model: str, attribute: str) -> dict:
    """The map of encoded faces of one model: its `points` [x, y], the names of all `attributes`,
    and, for the `attribute` asked for, whether each face `has` it."""
    latents = session.catalogue.models[
        choose("model", model, list(session.catalogue.models))
    ].latents
    if latents is None or latents.map is None:
        raise UserError(f"{model} comes without a map.")
    answer = {"points": latents.map.tolist(), "attributes": list(latents.names)}
    if attribute:
        column = latents.names.index(choose("attribute", attribute, latents.names))
        answer["has"] = latents.labels[:, column].tolist()
    return answer


def pick(session: Session, names: list[str]) -> list[Model]:
    """The models asked for; they are also those that a drawn sample is made of."""
    known = session.catalogue.models
    session.names = [choose("model", name, list(known)) for name in names or session.names]
    return session.models


def photo(path: str | None) -> Picture:
    if not path:
        raise UserError("Give a picture file.")
    picture = open_picture(path)
    return Picture("upload", PHOTO, picture, find_crop(picture))


def within(value: float, least: int, most: int, name: str) -> int:
    if not least <= value <= most:
        raise UserError(f"{name} is {value:g}: choose between {least} and {most}.")
    return int(value)


def crop_of(picture: Picture) -> dict:
    crop = picture.crop
    place = {"x": crop.x, "y": crop.y, "side": crop.side, "angle": crop.angle}
    return {**place, "found": crop.found, "message": crop.message}
