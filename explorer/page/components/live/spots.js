// Any spot of a map in the browser: its code lies between those of the pictures around it.
{
  const NEIGHBOURS = 8, REAL = 64, BATCH = 8;  // REAL, as in `verbs.map`
  const usual = new Map();  // promises of a model's usual error

  // Squared distances of codes from what the encoder reads from their pictures.
  async function errors(engine, model, codes) {
    const width = codes[0].length, flat = Float32Array.from(codes.flatMap((code) => [...code]));
    const images = await engine.decode(model, flat);
    const pixels = new Uint8ClampedArray(images.flatMap(({ data }) => [...data]));
    const found = await engine.encode(model, pixels);
    return [codes.map((code, at) => code.reduce((sum, each, i) => sum + (each - found[at * width + i]) ** 2, 0)), images];
  }

  // The median of real pictures, found once, in batches that let frames pass.
  async function usualError(engine, model) {
    const { latents } = engine.models.get(model), step = Math.max(1, Math.floor(latents.count / REAL)), all = [];
    const some = Array.from({ length: Math.min(REAL, latents.count) }, (_, at) => latents.code(at * step));
    for (let at = 0; at < some.length; at += BATCH) all.push(...(await errors(engine, model, some.slice(at, at + BATCH)))[0]);
    return all.sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)];
  }

  Latent.spots = {
    // The pictures {near: [index], weights} around a spot (a, b) of the map of points {x, y}.
    around({ x, y }, a, b) {
      const best = [];  // [squared distance, index], the nearest first
      for (let i = 0; i < x.length; i++) {
        const far = (x[i] - a) ** 2 + (y[i] - b) ** 2;
        if (best.length === NEIGHBOURS && far >= best.at(-1)[0]) continue;
        const place = best.findIndex(([other]) => far < other);
        best.splice(place < 0 ? best.length : place, 0, [far, i]);
        best.length = Math.min(best.length, NEIGHBOURS);
      }
      const weights = best.map(([far]) => 1 / Math.max(far, 1e-12)), sum = weights.reduce((one, other) => one + other, 0);
      return { near: best.map(([, i]) => i), weights: weights.map((each) => each / sum) };
    },

    // Of each model that has them: {src, far}; `far` is the error of the round trip over that of real
    // pictures, null without an encoder.
    draw: (engine, models, { near, weights }) => Promise.all(models.map(async (model) => {
      const { latents, prior } = engine.models.get(model);
      const code = Latent.codes.between(near.map(latents.code), weights, prior);
      if (!engine.networks.has(`${model} encoder`)) return { src: Latent.film.address((await engine.decode(model, code))[0]), far: null };
      if (!usual.has(model)) usual.set(model, usualError(engine, model));
      const [[error], [image]] = await errors(engine, model, [code]);
      return { src: Latent.film.address(image), far: error / await usual.get(model) };
    })),

    // How far a picture at a spot is to be trusted.
    trusted: (far) => far < 1.5 ? Latent.say("as sure as real pictures") : far < 3 ? Latent.say("less sure than real pictures") : Latent.say("not to be trusted"),
  };
}
