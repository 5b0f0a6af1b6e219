"""The shipped models in Chromium: what they draw and encode there is what the server does."""

import torch

from explorer.catalogue import catalogue
from explorer.engine import Model
from explorer.verbs.edit import attributes, moved
from explorer.verbs.morph import at
from tests.explorer.conftest import CHECKPOINTS

RUN = """async ([name, corners, right, down, amounts, held, method]) => {
  const engine = await Latent.local.with([name]);
  const {latents, prior} = engine.models.get(name), ways = latents?.directions(method) ?? {};
  const codes = corners.map((code) => Float32Array.from(code));
  const images = await engine.decode(name, Float32Array.from(corners.flat()));
  const pixels = images.map(({data}) => [...data]);
  const encoded = engine.networks.has(`${name} encoder`)
    ? [...await engine.encode(name, Uint8ClampedArray.from(pixels.flat()))] : null;
  return {pixels, encoded, between: [...Latent.codes.corners(codes, right, down, prior)],
    moved: [...Latent.codes.moved(codes[0], ways, amounts, held, prior)]};
}"""
WHERE = 0.3, 0.8
NEAR = 1e-5  # for what is computed from codes, by their size
METHOD = "logistic"
PIXEL, CODE = 1 / 255, 1e-3


def changes(model: Model) -> tuple[dict[str, float], list[str]]:
    """Attributes of a model that are moved, and that are held; one is both."""
    names = [*attributes(model, METHOD)]
    return dict(zip(names[:2], (2.0, -1.5), strict=False)), names[1:4]


def far(model: Model, found: dict, codes: torch.Tensor) -> list[str]:
    """What of a model lies too far from what the server gives."""
    size = model.image_size
    pixels = torch.tensor(found["pixels"]).view(4, size, size, 4)
    x = pixels[..., :3].permute(0, 3, 1, 2) / 255
    amounts, held = changes(model)
    wanted = {
        "between": at(model, codes, *WHERE),
        "moved": moved(model, codes[:1], amounts, METHOD, held),
    }
    said = []
    if (x - model.decode(codes)).abs().max() > PIXEL:
        said.append(f"{model.name} draws other pictures")
    for what, code in wanted.items():
        off = (torch.tensor(found[what]) - code[0]).abs().max() / code.abs().max()
        if off > NEAR:
            said.append(f"{model.name} has other codes {what}, by {off:.1g}")
    if model.encodes:
        z = model.encode(x)
        off = (torch.tensor(found["encoded"]).view(4, -1) - z).abs().max()
        if off > CODE * z.abs().max().clamp_min(1):
            said.append(f"{model.name} encodes otherwise")
    return said


def test_every_shipped_model_is_the_same_in_the_browser(page, pairs):
    said = []
    for name, model in catalogue(str(CHECKPOINTS)).models.items():
        pairs(name)
        codes = model.sample_codes(4, seed=1)
        found = page.evaluate(RUN, [name, codes.tolist(), *WHERE, *changes(model), METHOD])
        assert (found["encoded"] is not None) == model.encodes
        said += far(model, found, codes)
    assert said == []
