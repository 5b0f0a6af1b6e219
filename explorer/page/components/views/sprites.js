// Tiles of a sprite, each drawn by itself: a browser that enlarges a part of a picture mixes its edges
// with what lies beside it.
{
  const alone = new OffscreenCanvas(1, 1), copy = alone.getContext("2d");

  // The tile of `side` px at x, y of a sprite, `px` wide at left, top of a canvas.
  Latent.tile = (context, sprite, [x, y, side], [left, top, px]) => {
    if (alone.width !== side) alone.width = alone.height = side;
    copy.globalCompositeOperation = "copy";  // nothing of the tile before stays
    copy.drawImage(sprite, x, y, side, side, 0, 0, side, side);
    context.imageSmoothingQuality = "high";
    context.imageSmoothingEnabled = !Latent.pixelated();
    context.drawImage(alone, left, top, px, px);
  };

  // The tile in a column and row of the sprite `src`, of so many columns, as a canvas of `px`.
  Latent.cutOut = (src, columns, [column, row], px, attributes) => {
    const canvas = Latent.h("canvas", { ...attributes, width: px, height: px }), sprite = new Image();
    const draw = () => {
      const side = sprite.naturalWidth / columns;
      Latent.tile(canvas.getContext("2d"), sprite, [column * side, row * side, side], [0, 0, px]);
    };
    sprite.src = src;
    if (sprite.complete) draw();  // at once, for what is dragged
    else sprite.onload = draw;
    return canvas;
  };
}
