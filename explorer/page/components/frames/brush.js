// What a brush paints, side x side cells, in a canvas over the picture.
Latent.brush = function (side) {
  const canvas = Latent.h("canvas", { class: "painted", width: side, height: side, "aria-hidden": "true" });
  const pen = canvas.getContext("2d"), COLOUR = [249, 115, 22, 190];
  let cells = new Uint8Array(side * side);

  function show() {
    const image = pen.createImageData(side, side);
    cells.forEach((on, at) => { if (on) image.data.set(COLOUR, 4 * at); });
    pen.putImageData(image, 0, 0);
  }

  function dab(x, y, radius) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius) cells[row * side + column] = 1;
      }
    }
  }

  return {
    canvas,
    get any() { return cells.some(Boolean); },

    // From one point to another, in shares of the side; `width` in cells.
    stroke([x0, y0], [x1, y1], width) {
      const steps = Math.max(1, Math.ceil(side * Math.hypot(x1 - x0, y1 - y0)));
      for (let step = 0; step <= steps; step++) {
        const share = step / steps;
        dab(side * (x0 + share * (x1 - x0)), side * (y0 + share * (y1 - y0)), width / 2);
      }
      show();
    },

    // A bit a cell, row by row, in base64 for addresses.
    get bits() {
      const bytes = new Uint8Array(cells.length / 8);
      cells.forEach((on, at) => { if (on) bytes[at >> 3] |= 128 >> (at & 7); });
      return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
    },
    set bits(text) {
      const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
      cells = cells.map((_, at) => (bytes.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1);
      show();
    },
  };
};
