"""The shipped models in Chromium: what they draw and encode there is what the server does."""

import torch

from explorer.engine import catalogue
from tests.explorer.conftest import CHECKPOINTS

DRAWN = """async ([name, codes]) => {
  const engine = await Latent.local.with([name]);
  const images = await engine.decode(name, Float32Array.from(codes.flat()));
  return images.map(({data}) => [...data]);
}"""


def test_a_decoder_draws_in_the_browser_what_it_draws_on_the_server(page, pairs):
    name = "celeba32/faae"
    pairs(name)
    model = catalogue(str(CHECKPOINTS)).models[name]
    z = model.sample_codes(3, seed=1)
    found = torch.tensor(page.evaluate(DRAWN, [name, z.tolist()]))
    found = found.view(3, 32, 32, 4)[..., :3].permute(0, 3, 1, 2)
    assert (found / 255 - model.decode(z)).abs().max() < 1 / 255
