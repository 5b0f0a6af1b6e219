// A picture and the square that is cut out of it, as explorer.pictures.faces cuts it: by Lanczos,
// from nothing outside the square, and with the picture's edge repeated.
{
  const MOST_PX = 1024, TAPS = 3;
  const CORNER = 0.21;  // of the side: as far as the corners of a turned square reach beyond it
  const FACE = { share: 0.55, down: 0.25 }, LEAST_PX = 100;  // smaller pictures are taken whole
  const end = (value) => Math.ceil(value - 1e-6);  // 200 * 0.55 is a little more than 110
  const sinc = (x) => (x ? Math.sin(Math.PI * x) / (Math.PI * x) : 1);

  // For each of `size` pixels across a length `side` from `low`: the first pixel and the weights.
  function taps(low, side, size) {
    const scale = side / size, wide = Math.max(scale, 1), [first, last] = [Math.floor(low), end(low + side)];
    return Array.from({ length: size }, (_, at) => {
      const middle = low + (at + 0.5) * scale;
      const from = Math.max(first, Math.floor(middle - TAPS * wide + 0.5)), to = Math.min(last, Math.floor(middle + TAPS * wide + 0.5));
      const weights = Array.from({ length: to - from }, (_, i) => {
        const x = (from + i - middle + 0.5) / wide;
        return Math.abs(x) < TAPS ? sinc(x) * sinc(x / TAPS) : 0;
      });
      const sum = weights.reduce((a, b) => a + b, 0);
      return { from, weights: weights.map((each) => each / sum) };
    });
  }

  // RGBA (size, size) of a square of an image.
  function resized({ data, width, height }, x, y, side, size) {
    const [top, deep] = [Math.floor(y), end(y + side) - Math.floor(y)];
    const clamped = (value, length) => Math.min(Math.max(value, 0), length - 1);
    const across = new Float32Array(deep * size * 3), found = new Uint8ClampedArray(size * size * 4).fill(255);
    const columns = taps(x, side, size);
    for (let row = 0; row < deep; row++) {
      const line = clamped(top + row, height) * width;
      columns.forEach(({ from, weights }, at) => weights.forEach((weight, i) => {
        const source = 4 * (line + clamped(from + i, width)), to = 3 * (row * size + at);
        for (let channel = 0; channel < 3; channel++) across[to + channel] += weight * data[source + channel];
      }));
    }
    taps(y - top, side, size).forEach(({ from, weights }, row) => {
      for (let at = 0; at < 3 * size; at++) {
        const sum = weights.reduce((total, weight, i) => total + weight * across[3 * size * (from + i) + at], 0);
        found[4 * (row * size + Math.floor(at / 3)) + (at % 3)] = sum;
      }
    });
    return found;
  }

  function canvasOf(width, height, draw) {
    const canvas = Latent.h("canvas", { width, height }), context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    draw(context);
    return canvas;
  }

  // Where a face mostly is, or the largest square in the middle.
  function first(width, height, face) {
    const side = Math.min(width, height) * (face ? FACE.share : 1);
    return { x: (width - side) / 2, y: (height - side) * (face ? FACE.down : 0.5), side, angle: 0 };
  }

  Latent.crops = (picture, face) => {
    const scale = Math.min(1, MOST_PX / Math.max(picture.naturalWidth, picture.naturalHeight));
    const [width, height] = [picture.naturalWidth, picture.naturalHeight].map((each) => Math.max(1, Math.round(scale * each)));
    const canvas = canvasOf(width, height, (context) => {
      context.fillStyle = "#fff";  // behind what is transparent
      context.fillRect(0, 0, width, height);
      context.drawImage(picture, 0, 0, width, height);
    });
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height);

    // The picture from (x, y) on, in whole pixels, with its edge repeated `far` around it.
    const edged = (x, y, size, far) => canvasOf(size, size, (context) => {
      const spans = (length) => [[0, 1, -far, far], [0, length, 0, length], [length - 1, 1, length, far]];
      context.translate(-x, -y);
      for (const [left, across, toLeft, toAcross] of spans(width)) {
        for (const [top, down, toTop, toDown] of spans(height)) context.drawImage(canvas, left, top, across, down, toLeft, toTop, toAcross, toDown);
      }
    });
    const turned = ({ x, y, side: long, angle }) => canvasOf(Math.ceil(long), Math.ceil(long), (context) => {
      const margin = Math.ceil(CORNER * long) + 1, [left, top] = [Math.floor(x) - margin, Math.floor(y) - margin];
      const around = edged(left, top, Math.ceil(long) + 2 * margin + 1, 2 * MOST_PX);
      context.translate(long / 2, long / 2);
      context.rotate((-angle * Math.PI) / 180);
      context.drawImage(around, left - x - long / 2, top - y - long / 2);
    });
    const guessed = face && Math.max(width, height) >= LEAST_PX;
    return {
      src: canvas.toDataURL("image/jpeg", 0.9), width, height, guessed,
      crop: first(width, height, guessed),

      // RGBA of the square, (size, size).
      cut(size) {
        const { x, y, side: long, angle } = this.crop;
        if (!angle) return resized(pixels, x, y, long, size);
        const level = turned(this.crop);
        return resized(level.getContext("2d").getImageData(0, 0, level.width, level.height), 0, 0, long, size);
      },

      address(size) {
        return Latent.film.address(new ImageData(this.cut(size), size, size));
      },
    };
  };
}
