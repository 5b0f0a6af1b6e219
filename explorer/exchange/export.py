"""Writing a pair: two PyTorch modules as ONNX networks, checked against PyTorch, and model.json."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from explorer.exchange.describe import describe
from explorer.exchange.description import (
    DECODER,
    ENCODER,
    LARGEST_PX,
    MODEL,
    OFFERED,
    PRIOR,
    Description,
    Part,
    parts_of,
    prior_of,
)
from explorer.exchange.graphs import Graph, halved, to_onnx
from explorer.exchange.kept import pair_folder
from explorer.exchange.probe import (
    TRIED,
    ImageDecoder,
    ImageEncoder,
    Images,
    check_codes,
    check_images,
    code_shape,
    own_copy,
)
from training.checkpoints import CONFIG, LATENTS, METRICS, read, write_atomically
from training.codes.priors import Normal, PushedForward
from training.errors import UserError, choose
from training.schema import fault

WORDS = ("name", "system", "images_of", "licence", "explanation")
PIXEL, CODE = 1 / 255, 1e-3  # how far the images and codes of a file may lie from PyTorch's


class Through(nn.Module):
    """A module whose `forward` is a method of another."""

    def __init__(self, owner: nn.Module, method: str):
        super().__init__()
        self.owner, self.method = owner, method

    def forward(self, x: Tensor) -> Tensor:
        return getattr(self.owner, self.method)(x)


@dataclass(frozen=True)
class Networks:
    """Modules to be written: encoder (B, 3, H, W) -> (B, n), decoder back, both on [0, 1], and
    `source` -> (B, n), where the prior is pushed forward through a network."""

    encoder: nn.Module | None
    decoder: nn.Module | None
    source: nn.Module | None = None

    def write(
        self, out: Path, description: Description, codes: Tensor, beside: Sequence[Path] = ()
    ) -> None:
        """Writes the pair, with weights in half precision where images differ from PyTorch's by no
        more than `PIXEL` and codes by `CODE`, those of the prior's `codes` (B, n) and of their
        images; and copies of files `beside` it. Where model.json is, all of it is. Raises UserError
        where the files cannot be made, or differ by more in full."""
        size = description.image_size
        with torch.no_grad():
            x = self.decoder(codes) if self.decoder else torch.rand(len(codes), 3, size, size)
        noise = torch.randn(len(codes), description.prior[0].noise or 1)
        parts = {
            ENCODER: (self.encoder, x),
            DECODER: (self.decoder, codes),
            PRIOR: (self.source, noise),
        }
        blobs = {name: self.blob(name, *part) for name, part in parts.items() if part[0]}
        blobs |= {file.name: file.read_bytes() for file in beside}
        blobs[MODEL] = description.model_dump_json(indent=2, exclude_none=True).encode() + b"\n"
        # What could not be made has been found before; former networks' codes and figures go
        (out / MODEL).unlink(missing_ok=True)
        for name in (*parts, LATENTS, METRICS, MODEL):
            if name in blobs:
                write_atomically(out / name, partial(Path.write_bytes, data=blobs[name]))
            else:
                (out / name).unlink(missing_ok=True)

    @torch.no_grad()
    def blob(self, name: str, module: nn.Module, given: Tensor) -> bytes:
        called = f"The {Path(name).stem}"
        model, wanted = to_onnx(module, given[:2], called), module(given)
        for each in (halved(model), model):
            blob = each.SerializeToString()
            graph = Graph(blob, name)
            found = torch.cat([graph(given[:1]), graph(given[1:])])  # batches of two sizes
            if name == DECODER:
                off = (found - wanted).abs().max() / PIXEL
            else:
                off = (found - wanted).abs().max() / wanted.abs().max().clamp_min(1) / CODE
                if self.decoder:
                    seen = self.decoder(found) - self.decoder(wanted)
                    off = max(off, seen.abs().max() / PIXEL)
            if off <= 1:
                return blob
        raise UserError(
            f"{called} gives other values as ONNX than in PyTorch ({off:.2g} times what is "
            "allowed): give one that computes the same for every batch."
        )


def export_checkpoint(directory: Path, out: Path, name: str) -> None:
    """Writes the networks of a checkpoint as a pair, with its codes, directions, map and figures
    beside them; raises UserError."""
    _refuse_checkpoint(out)
    network, _ = read(directory)
    config, prior, labels = network.config, network.prior, network.code_labels
    try:
        description = Description(
            name=name,
            system=network.id,
            image_size=config.image_size,
            crop=config.crop,
            code_length=prior.size,
            prior=parts_of(prior),
            images_of=config.images_of,
            labels=[*labels.names] if labels else [],
            exclusive=bool(labels and labels.exclusive),
            licence=config.licence,
        )
    except ValidationError as error:
        raise UserError(f"{name} cannot be exported: {' '.join(fault(error))}.") from None
    networks = Networks(
        Through(network, "encode").eval() if network.encodes else None,
        Through(network, "decode").eval(),
        prior.network if isinstance(prior, PushedForward) else None,
    )
    codes = prior.sample(TRIED, torch.Generator().manual_seed(0))
    found = [file for file in (directory / LATENTS, directory / METRICS) if file.is_file()]
    networks.write(out, description, codes, found)


def exported(name: str, directory: Path) -> Path:
    """The folder of a model's pair, which is exported now unless it is there."""
    folder = pair_folder(directory)
    if not (folder / MODEL).is_file():
        export_checkpoint(directory, folder, name)
    return folder


def export(
    encoder: nn.Module | None,
    decoder: nn.Module | None,
    out: str | Path,
    image_size: int = 64,
    prior: str = "normal",
    range: tuple[float, float] = (0, 1),
    channels: int = 3,
    latent_size: int | tuple[int, ...] | None = None,
    data: str | Sequence[str] = (),
    attributes: str = "",
    **described: str,
) -> Path:
    """Writes any autoencoder as a folder that the explorer opens like its own models.

    encoder: images (B, channels, image_size, image_size) with values in `range` -> codes, (B, n) or
    of any further shape; decoder: such codes -> such images. Where a module gives a tuple or a
    mapping, its first tensor counts. Either may be None; without an encoder, `latent_size` is the
    number or the shape that the decoder takes. The modules run in evaluation mode, and stay as
    they are.

    prior: "normal", "sphere" (codes of length 1), "uniform" on [-1, 1], or "fitted", a Gaussian of
    the codes of `data`, folders or zips of images. With `data`, and `attributes`, a table of their
    labels, the folder gets a map and attribute directions, as from `describe`. described: name,
    system, images_of, licence and explanation, for people.

    Returns `out`. Raises UserError, one sentence that names what to give.
    """
    out, images = Path(out), Images(image_size, channels, *map(float, range))
    _check_request(encoder, decoder, out, prior, images, data)
    encoder, decoder = own_copy(encoder, "encoder"), own_copy(decoder, "decoder")
    shape = code_shape(encoder, images, latent_size)
    n = torch.Size(shape).numel()
    description = _described(out, image_size, Part(kind=prior, size=n), described)
    drawn = Normal(n) if prior == "fitted" else prior_of(description)
    codes = drawn.sample(TRIED, torch.Generator().manual_seed(0))
    if encoder:
        encoder = ImageEncoder(encoder, images)
        encoded = check_codes(encoder, drawn, prior)
        codes = encoded if prior == "fitted" else codes
    if decoder:
        decoder = ImageDecoder(decoder, images, shape)
        check_images(decoder, codes)
    out.mkdir(parents=True, exist_ok=True)
    Networks(encoder, decoder).write(out, description, codes)
    if data:
        describe(out, data, attributes)
    return out


def _described(out: Path, image_size: int, part: Part, words: dict[str, str]) -> Description:
    """model.json of a model of others; UserError for a field that it does not have."""
    given = {"name": out.resolve().name, **words}
    try:
        return Description(image_size=image_size, code_length=part.size, prior=[part], **given)
    except ValidationError as error:
        where, what = fault(error)
        raise UserError(
            f"{where} {what}: give {', '.join(WORDS)} as text, or leave them out."
        ) from None


def _check_request(encoder, decoder, out: Path, prior: str, images: Images, data) -> None:
    """UserError where the arguments of `export` cannot be met, whatever the modules are."""
    if encoder is None and decoder is None:
        raise UserError("Give an encoder, a decoder, or both.")
    choose("prior", prior, OFFERED)
    if prior == "fitted" and (encoder is None or not data):
        raise UserError(
            'prior="fitted" is a Gaussian of codes: give an encoder, and data, a folder of images.'
        )
    if images.channels not in (1, 3):
        raise UserError(
            f"Images have 1 or 3 channels: give channels=1 or 3, not {images.channels}."
        )
    if not isinstance(images.size, int) or not 1 <= images.size <= LARGEST_PX:
        raise UserError(f"Give image_size, the side in px, from 1 to {LARGEST_PX}.")
    if not images.low < images.high:
        raise UserError(f"range begins at its lower end, not ({images.low:g}, {images.high:g}).")
    _refuse_checkpoint(out)


def _refuse_checkpoint(out: Path) -> None:
    if (out / CONFIG).exists():
        raise UserError(f"'{out}' is the folder of a checkpoint: give another one for the export.")
