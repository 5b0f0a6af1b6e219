// Sliders of attributes: the pictures follow in the browser, and the server says the rest when the
// sliders rest.
{
  const ROUNDS = 8, DEPENDENT = 1e-4;
  const dot = (a, b) => a.reduce((sum, each, i) => sum + each * b[i], 0);
  const add = (z, by, vector) => { z.forEach((_, i) => { z[i] += by * vector[i]; }); };

  // Orthonormal directions with the same span (Gram-Schmidt).
  function basis(vectors) {
    const found = [];
    for (const vector of vectors) {
      const rest = Float64Array.from(vector), whole = Latent.codes.norm(rest);
      for (const each of [...found, ...found]) add(rest, -dot(rest, each), each);  // twice is enough
      const length = Latent.codes.norm(rest);
      if (length > DEPENDENT * whole) found.push(rest.map((each) => each / length));
    }
    return found;
  }

  // As `verbs.edit.moved`: along `directions` by `amounts`, with `held` ones as they are.
  Latent.codes.moved = (code, directions, amounts, held, prior) => {
    const known = Object.entries(amounts).filter(([name]) => directions[name]);
    const still = held.filter((name) => directions[name]);
    if (!known.length && !still.length) return code;
    const start = Float64Array.from(code);
    for (const [name, by] of known) if (still.includes(name)) add(start, by, directions[name]);
    const from = Latent.codes.project(start, prior), end = Float64Array.from(from);
    for (const [name, by] of known) if (!still.includes(name)) add(end, by, directions[name]);
    const span = basis(still.map((name) => directions[name]));
    let moved = span.length ? end : Latent.codes.project(end, prior);
    for (let round = 0; span.length && round < ROUNDS; round++) {
      const back = Float64Array.from(moved);
      for (const each of span) add(back, dot(from, each) - dot(moved, each), each);
      moved = Latent.codes.project(back, prior);
    }
    return moved;
  };

  const directions = new Map();  // by model and method
  function known(engine, model, method) {
    const key = `${model} ${method}`;
    if (!directions.has(key)) directions.set(key, engine.models.get(model).latents?.directions(method) ?? {});
    return directions.get(key);
  }

  // What a line of controls does in the browser with {changes: {amounts, held}}: whether it draws them
  // there. `live` {method, codes: [[model, base64, {name: base64 of a further direction}, whether it
  // has others]]} is what the server gave; `paint` takes an image for each of these models.
  Latent.editing = (live, paint) => {
    // For each model the ImageData of several changes.
    const drawn = (engine, several, now) => Promise.all(now.codes.map(([model, base64, further = {}]) => {
      const { code_length: width, prior } = engine.models.get(model);
      const [code] = Latent.codes.unpacked(base64, width), own = Object.entries(further).map(([name, each]) => [name, Latent.codes.unpacked(each, width)[0]]);
      const directions = { ...known(engine, model, now.method), ...Object.fromEntries(own) };
      const after = several.map((each) => Latent.codes.moved(code, directions, each.amounts, each.held, prior));
      return engine.decode(model, Float32Array.from(after.flatMap((each) => [...each])));
    }));
    const draw = Latent.newest(async ({ engine, changes, now }) => {
      const images = await drawn(engine, [changes], now);
      if (live() === now) paint(images.map(([image]) => image));
    });
    // The engine, where it can draw what `now` says.
    const ready = (now) => {
      const engine = Latent.local.now(now.codes.map(([model]) => model));
      return engine && now.codes.every(([model, , , others]) => !others || engine.models.get(model).latents) ? engine : null;
    };
    const follow = ({ changes }) => {
      const now = live(), engine = changes && now ? ready(now) : null;
      if (engine) draw({ engine, changes, now });
      return Boolean(engine);
    };
    // Makes the engine ready for what is about to come.
    follow.prepare = () => live() && ready(live());
    // Pictures of several changes for each model, to be looked at; null where that cannot be here.
    follow.peek = async (several) => {
      const now = live(), engine = now?.codes.length && ready(now);
      return engine ? (await drawn(engine, several, now)).map((images) => images.map(Latent.film.address)) : null;
    };
    return follow;
  };
}
