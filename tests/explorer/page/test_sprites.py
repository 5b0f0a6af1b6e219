"""Tiles cut out of a sprite, in a browser."""

DARKEST = """async (px) => {
  const sprite = Latent.h("canvas", { width: 64, height: 32 }), context = sprite.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, 32, 32);  // beside it the sprite is transparent black
  const tile = Latent.cutOut(sprite.toDataURL(), 2, [0, 0], px, {}).getContext("2d");
  const seen = () => tile.getImageData(0, 0, px, px).data;
  while (!seen()[3]) await new Promise(requestAnimationFrame);
  return seen().reduce((least, value) => Math.min(least, value));
}"""


def test_an_enlarged_tile_takes_nothing_from_its_neighbours(page):
    assert [page.evaluate(DARKEST, px) for px in (32, 64, 90, 512)] == [255] * 4
