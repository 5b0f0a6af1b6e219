"""The verbs of `python -m explorer`: pictures in, pictures and figures out."""

import argparse
import json
import sys
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from explorer.engine import Model, titles
from explorer.pictures.faces import find_crop
from explorer.pictures.files import open_picture
from explorer.pictures.render import beside, png_bytes, read_code, sheet, to_pil, walk_gif
from explorer.session.grids import EDIT, PHOTO, sample_grid
from explorer.session.state import Picture, Session, whole
from explorer.tools.gallery import draw, figure_table
from explorer.verbs.actions import (
    attributes,
    changed,
    checked_labels,
    measured,
    plane,
    switched,
    without,
)
from training import checkpoints
from training.codes.geometry import walk
from training.errors import UserError, choose
from training.report.tables import renew

UNIT = {"psnr": " dB"}
WEBP_QUALITY = 62  # eleven systems on faces stay under 750 kB


def models(options: argparse.Namespace) -> None:
    """Lists the checkpoints and, on stderr, what is wrong with those that cannot be used."""
    catalogue = _session(options).catalogue
    rows = [
        {
            "name": model.name,
            "framework": model.title,
            "image_px": model.image_size,
            "code_length": model.latent_size,
            "codes_by": model.found_by,
            "figures": model.metrics,
        }
        for model in catalogue.models.values()
    ]
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        shown = ", ".join(f"{name} {value:.3g}" for name, value in row["figures"].items())
        print(f"{row['name']}: {row['framework']}, {row['image_px']} px, ", end="")
        print(f"{row['code_length']} numbers a code" + (f"; {shown}" if shown else ""))


def reconstruct(options: argparse.Namespace) -> None:
    """Each picture's crop and, for each model, what its inversion makes of it."""
    session = _session(options)
    for model in session.models:
        if not model.encodes and options.method != "recovery":
            said = f"{options.steps} steps from {options.starts} random starts"
            print(f"{model.name} has no encoder: recovery, {said}.", file=sys.stderr)
    called = titles(session.models)
    tiles, labels, report = [], [], []
    for path in options.pictures:
        face = _photo(session, path)
        if options.crop != "face":
            face.cropped(whole(face.source) if options.crop == "centre" else options.crop)
        entry = {"picture": path, "crop": vars(face.crop or whole(face.source)), "models": {}}
        report.append(entry)
        tiles.append(face.pixels(session.models[0].image_size))
        labels.append("picture")
        for model in session.models:
            x = face.pixels(model.image_size)[None]
            codes = _inverted(model, x, options)
            figures = entry["models"].setdefault(model.name, {})
            for stage, z in codes.items():
                x_hat = model.decode(z)
                figures[stage] = measured(model, x, z, x_hat)
                tiles.append(x_hat[0])
                labels.append(f"{called[model]} {stage}")
    columns = len(tiles) // len(report)
    _write(options.out, sheet(tiles, columns, options.px, labels=labels))
    _print_report(report, options.json)


def _inverted(model: Model, x: Tensor, options: argparse.Namespace) -> dict[str, Tensor]:
    """Codes (B, n) of images by the method asked for, with what comes before; where there is no
    encoder, by recovery."""
    steps, loss = options.steps, options.loss
    if options.method == "recovery" or not model.encodes:
        how = {"starts": options.starts, "seed": options.seed, "loss": loss}
        return {"recovery": model.recover(x, steps, **how)}
    encoded = model.encode(x)
    if options.method == "encoder" or not steps:
        return {"encoder": encoded}
    return {"encoder": encoded, "refined": model.refine(x, encoded, steps, loss=loss)}


def morph(options: argparse.Namespace) -> None:
    """The plane between four pictures for each model, side by side, as PNG and GIF."""
    if len(options.pictures) > 4:
        raise UserError(f"A morph has four corners: give 4 pictures, not {len(options.pictures)}.")
    session = _session(options)
    corners = [_photo(session, path) for path in options.pictures]
    corners += [session.draw(options.seed + i) for i in range(4 - len(corners))]
    grids = {
        model: plane(model, session.codes(corners, model), options.size) for model in session.models
    }
    images = {model: model.decode(grid.flatten(0, 1)) for model, grid in grids.items()}
    _write(options.out, _beside(images, options.size, options.px))
    if options.gif:
        called = titles(session.models)
        frames = {called[m]: m.decode(m.project(walk(grid))) for m, grid in grids.items()}
        path = walk_gif(frames, options.gif, px=options.gif_px, ms=options.gif_ms)
        print(path, file=sys.stderr)


def sample(options: argparse.Namespace) -> None:
    """Draws from the prior, the same codes through every model that shares it."""
    session = _session(options)
    switches = checked_labels(session.models, dict(options.label))
    drawn = sample_grid(session.models, options.seed, options.count, options.spread).codes
    codes = {m.name: switched(m, drawn[m.name], switches) for m in session.models}
    images = {model: model.decode(codes[model.name]) for model in session.models}
    _write(options.out, _beside(images, options.columns, options.px))
    if options.tiles:
        for model in session.models:
            folder = options.tiles / model.name
            folder.mkdir(parents=True, exist_ok=True)
            for index, image in enumerate(images[model]):
                png = png_bytes(to_pil(image, options.px), codes[model.name][index], model.name)
                (folder / f"{options.seed}-{index:03}.png").write_bytes(png)
        print(options.tiles, file=sys.stderr)


def edit(options: argparse.Namespace) -> None:
    """A picture or a sample before and after its attributes were changed, for each model."""
    session = _session(options)
    if options.list:
        _print_attributes(session.models, options.method)
        return
    switches = checked_labels(session.models, dict(options.label))
    face = _photo(session, options.picture) if options.picture else session.draw(options.seed)
    called = titles(session.models)
    tiles, labels = [], []
    for model in session.models:
        before = session.codes([face], model)
        after = changed(model, before, dict(options.set), options.method, options.hold)
        after = switched(model, after, switches)
        tiles += [*model.decode(torch.cat([before, after]))]
        labels += [f"{called[model]} before", f"{called[model]} after"]
    _write(options.out, sheet(tiles, 2, options.px, labels=labels))


def gallery(options: argparse.Namespace) -> None:
    """README's pictures of a set, of all its models, and its table of their figures."""
    session = _session(options)
    sets = session.catalogue.sets
    if options.set:
        session.choose_set(choose("model set", options.set, sets))
    session.names = sets[session.model_set]
    called = titles(session.models)
    folder = options.out / session.model_set
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in draw(session, called).items():
        path = folder / f"{name}.webp"
        page.save(path, quality=WEBP_QUALITY, method=6)
        print(path, file=sys.stderr)
    table = figure_table(session.models, called)
    print(table)
    if options.readme.is_file() and renew(options.readme, f"figures:{session.model_set}", table):
        print(options.readme, file=sys.stderr)


def screenshots(options: argparse.Namespace) -> None:
    """README's pictures of the page's tabs."""
    from explorer.tools.screenshots import take  # here, because it takes seconds to import gradio

    options.out.mkdir(parents=True, exist_ok=True)
    for path in take(options.checkpoints, options.out):
        print(path, file=sys.stderr)


def make_map(options: argparse.Namespace) -> None:
    """Computes the UMAP coordinates of a checkpoint's codes and writes them into it."""
    checkpoints.read_config(options.checkpoint)
    latents = checkpoints.read_latents(options.checkpoint)
    if latents is None:
        raise UserError(
            f"'{options.checkpoint}' has no codes of labelled images: "
            "train with an attribute table to get them."
        )
    from umap import UMAP  # here, because it takes seconds to import

    coordinates = UMAP(random_state=0, n_jobs=1).fit_transform(latents.codes.numpy())
    checkpoints.write_map(options.checkpoint, torch.from_numpy(coordinates))
    print(f"{len(coordinates)} points in {options.checkpoint}")


def _session(options: argparse.Namespace) -> Session:
    """The models asked for, by default the first two of the first set; problems go to stderr."""
    session = Session(options.checkpoints)
    for problem in session.catalogue.problems:
        print(problem, file=sys.stderr)
    known = session.catalogue.models
    if not known:
        raise UserError(
            f"There is no usable checkpoint under '{options.checkpoints}'; "
            "`python -m training fit` makes one."
        )
    if options.models:
        for name in options.models:
            choose("model", name, known)
        session.names = options.models
    session.faithful = getattr(options, "faithful", False)
    return session


def _photo(session: Session, path: str) -> Picture:
    """A picture from a file. One that `sample --tiles` wrote carries its code: that is used."""
    picture, label = open_picture(path), Path(path).name
    code, name = read_code(path) or (None, "")
    model = session.catalogue.models.get(name)
    if model is None or len(code) != model.latent_size:
        return Picture(label, PHOTO, picture, find_crop(picture))
    return Picture(label, EDIT, picture, codes={name: model.project(code[None])[0]})


def _beside(images: dict[Model, Tensor], columns: int, px: int) -> Image.Image:
    called = titles([*images])
    return beside({called[model]: sheet(each, columns, px) for model, each in images.items()})


def _write(path: Path, page: Image.Image) -> None:
    path.write_bytes(png_bytes(page))
    print(path, file=sys.stderr)


def _print_report(report: list[dict], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, indent=2))
        return
    for entry in report:
        print(f"{entry['picture']}: {entry['crop']['message'] or 'The centre is used.'}")
        for name, stages in entry["models"].items():
            for stage, figures in stages.items():
                shown = (f"{key} {value:.4g}{UNIT.get(key, '')}" for key, value in figures.items())
                print(f"  {name} {stage}: {', '.join(shown)}")


def _print_attributes(models: list[Model], method: str) -> None:
    for model in models:
        rows = attributes(model, method)
        if not rows:
            raise UserError(without(model))
        found = model.latents.directions[method]
        print(f"{model.name}, of each direction on held-out faces (Cohen's d of random ones):")
        for name, i in rows.items():
            said = f"AUC {found.auc[i]:.2f}, Cohen's d {found.cohens_d[i]:.2f}"
            print(f"  {name} {said} ({found.random_d[i]:.2f})")
