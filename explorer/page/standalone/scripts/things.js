// What is looked at: a photo, a sample, a point of the map, or what was made of them. Each is {label,
// code(model) -> Float32Array, or null where the model has no encoder for it, src() -> address}, and known(model)
// where it has codes that no encoder finds.
{
  const { page } = Latent;
  const engine = () => Latent.local.with(page.chosen.map(({ name }) => name));

  // Numbers in [0, 1) and normal ones, by a seed (mulberry32; Box and Muller).
  function random(seed) {
    let state = (seed + 1) * 0x9e3779b9;
    const even = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    return { even, normal: () => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even()) };
  }

  const row = (size, draw) => Float32Array.from({ length: size }, draw);
  const TURN = 2 * Math.PI, THUMB_PX = 128;

  // As the priors of training.codes.priors, which draw other numbers: part, count, random, spread -> rows.
  const DRAWN = {
    normal: ({ size }, count, { normal }, spread) => rows(count, () => row(size, () => spread * normal())),
    uniform: ({ size }, count, { even }, spread) => rows(count, () => row(size, () => spread * (2 * even() - 1))),
    sphere({ size }, count, { normal }, spread) {
      const noise = rows(count, () => row(size, normal));
      return noise.map((each) => each.map((value, i) => noise[0][i] + spread * (value - noise[0][i])));
    },
    "one-hot": ({ size }, count, { even }) => rows(count, () => {
      const one = Math.floor(size * even());
      return row(size, (_, i) => Number(i === one));
    }),
    switches: ({ size }, count, { even }) => rows(count, () => row(size, () => Number(even() < 0.5))),
    mixture: ({ classes }, count, { even, normal }, spread) => rows(count, () => {
      const angle = (TURN * Math.floor(classes * even())) / classes, along = 4 + spread * normal(), across = 0.25 * spread * normal();
      return Float32Array.of(along * Math.cos(angle) - across * Math.sin(angle), along * Math.sin(angle) + across * Math.cos(angle));
    }),
    "swiss-roll": (_, count, { even, normal }, spread) => rows(count, () => {
      const t = Math.sqrt(even());
      return Float32Array.of(4 * t * Math.cos(2 * TURN * t) + 0.1 * spread * normal(), 4 * t * Math.sin(2 * TURN * t) + 0.1 * spread * normal());
    }),
  };
  const rows = (count, draw) => Array.from({ length: count }, draw);
  const joined = (parts) => {
    const whole = new Float32Array(parts.reduce((sum, each) => sum + each.length, 0));
    parts.reduce((at, each) => { whole.set(each, at); return at + each.length; }, 0);
    return whole;
  };

  // Codes of the model's prior.
  page.samples = async (model, count, seed, spread = 1) => {
    const { prior } = model.description, source = random(seed), parts = [];
    for (const part of prior) {
      if (DRAWN[part.kind]) parts.push(DRAWN[part.kind](part, count, source, spread));
      else {  // a network of normal noise
        const width = part.noise ?? part.size, noise = DRAWN.normal({ size: width }, count, source, spread);
        const found = await (await engine()).run(`${model.name} prior`, "map", { rows: joined(noise), width });
        parts.push(rows(count, (_, at) => found.slice(at * part.size, (at + 1) * part.size)));
      }
    }
    return rows(count, (_, at) => Latent.codes.project(joined(parts.map((each) => each[at])), prior));
  };

  page.decode = async (model, codes) => (await engine()).decode(model.name, joined(codes));

  const kept = (find) => {  // once for each model
    const found = new Map();
    return (model) => {
      if (!found.has(model.name)) found.set(model.name, Latent.once(() => find(model)));
      return found.get(model.name)();
    };
  };

  const encodes = (model) => model.files.includes("encoder.onnx");
  const encoded = async (model, image) => image && (await engine()).encode(model.name, resized(image, model.description.image_size));

  // Of the codes that `find` has of it. Its picture is what the first model draws that has one, of those
  // that were chosen if any; other models encode that as they would a photo.
  const thing = (label, find) => {
    let drawn = null;
    const picture = async () => (drawn ??= await draw());
    async function draw() {
      for (const model of [...page.chosen, ...page.about.models]) {
        const code = await find(model);
        if (code) return (await page.decode(model, [code]))[0];
      }
      return null;
    }
    const code = kept(async (model) => await find(model) ?? (encodes(model) ? encoded(model, await picture()) : null));
    return { label, code, known: find, src: () => picture().then((image) => image && Latent.film.address(image)) };
  };

  // RGBA of an image at another size.
  function resized(image, size) {
    if (image.width === size) return image.data;
    const given = new OffscreenCanvas(image.width, image.height), canvas = new OffscreenCanvas(size, size), context = canvas.getContext("2d");
    given.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingQuality = "high";
    context.drawImage(given, 0, 0, size, size);
    return context.getImageData(0, 0, size, size).data;
  }

  page.things = {
    // A picture that the page's first model has drawn, which the others encode as they would a photo.
    drawn(seed) {
      const [artist] = page.about.models, made = page.things.sample(seed);
      const picture = async () => {
        await Latent.local.with([artist.name]);
        return (await page.decode(artist, [await made.code(artist)]))[0];
      };
      const code = async (model) => (model === artist || !encodes(model) ? made.code(model) : encoded(model, await picture()));
      return { ...made, code: kept(code), src: async () => Latent.film.address(await picture()) };
    },

    sample: (seed, at = 0, count = 1, spread = 1) => thing(Latent.say("Sample {seed}·{n}", { seed, n: at + 1 }),
      async (model) => (await page.samples(model, count, seed, spread))[at]),

    point: (set, index) => thing(Latent.say("Point {n} of the map", { n: index + 1 }), async (model) => {
      const latents = (await engine()).models.get(model.name)?.latents;
      return model.set === set && latents && index < latents.count ? latents.code(index) : null;
    }),

    made: (label, codes) => thing(label, async (model) => codes.get(model.name) ?? null),

    // An address of a picture, cropped by hand.
    async photo(address, label) {
      const picture = new Image();
      picture.src = address;
      await picture.decode().catch(() => { throw new Error(Latent.say("{file} is not a picture that can be read", { file: label })); });
      const photo = Latent.crops(picture, page.about.models.some(({ description }) => description.images_of === "face"));
      const encode = async (model) => {
        const ready = await engine();
        return encodes(model) ? ready.encode(model.name, photo.cut(model.description.image_size)) : null;
      };
      const made = { label, photo, src: async () => photo.address(THUMB_PX) };
      made.cropped = (crop) => {
        photo.crop = crop;
        made.code = kept(encode);
      };
      made.cropped(photo.crop);
      return made;
    },
  };
}
