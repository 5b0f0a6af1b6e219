// Any spot of a map in the browser: its code lies between those of the pictures around it.
{
  const NEIGHBOURS = 8, REAL = 64, BATCH = 8;  // REAL, as in `verbs.map`
  const SURE = 1.5, UNSURE = 3;  // times the error of real pictures
  const usual = new Map();  // gives promises of a model's usual error

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

    // What the models that have them draw between pictures, and how far to trust it; null where the
    // browser does not have the models, or not their codes.
    async among(models, { near, weights }) {
      const engine = having(models), some = engine && models.filter((model) => Math.max(...near) < engine.models.get(model).latents.count);
      const found = engine && await Promise.all(some.map((model) => judged(engine, model, near, weights)));
      return found && { label: Latent.say("Between {count} pictures of the map", { count: String(near.length) }),
        images: found.map(({ image }) => Latent.film.address(image)), notes: found.map(({ far }) => trusted(far)) };
    },

    // The picture with this index, of the models that have it; null as above.
    async pictures(models, index) {
      const engine = having(models), some = engine && models.filter((model) => index < engine.models.get(model).latents.count);
      return some && Promise.all(some.map(async (model) => {
        const [image] = await engine.decode(model, engine.models.get(model).latents.code(index));
        return Latent.film.address(image);
      }));
    },

    // A code of two numbers; null where the browser does not have the model.
    async point(model, z) {
      const engine = Latent.local.now([model]);
      if (!engine) return null;
      const code = Latent.codes.project(z, engine.models.get(model).prior), [x, y] = [...code].map((each) => Latent.fixed(each, 2));
      return { label: Latent.say("Point ({x}, {y})", { x, y }), images: (await engine.decode(model, code)).map(Latent.film.address) };
    },
  };

  function having(models) {
    const engine = Latent.local.now(models);
    return engine && models.every((model) => engine.models.get(model).latents) ? engine : null;
  }

  // {image, far}: the error of the round trip over that of real pictures, null without an encoder.
  async function judged(engine, model, near, weights) {
    const { latents, prior } = engine.models.get(model), code = Latent.codes.between(near.map(latents.code), weights, prior);
    if (!engine.networks.has(`${model} encoder`)) return { image: (await engine.decode(model, code))[0], far: null };
    if (!usual.has(model)) usual.set(model, Latent.once(() => usualError(engine, model)));
    const [[error], [image]] = await errors(engine, model, [code]);
    return { image, far: error / await usual.get(model)() };
  }

  function trusted(far) {
    if (far === null) return Latent.h("span", { class: "trust" }, Latent.say("no encoder"));
    const said = far < SURE ? Latent.say("as sure as real pictures") : far < UNSURE ? Latent.say("less sure than real pictures") : Latent.say("not to be trusted");
    return Latent.h("span", { class: `trust ${far < SURE ? "sure" : far < UNSURE ? "unsure" : "lost"}` }, `${Latent.fixed(far, 1)} × ${said}`);
  }
}
