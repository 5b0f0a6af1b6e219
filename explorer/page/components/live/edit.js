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
    if (!directions.has(key)) directions.set(key, engine.models.get(model).latents.directions(method));
    return directions.get(key);
  }

  // What a line of controls does in the browser with {changes: {amounts, held}}: whether it draws them
  // there. `live` {method, codes: [[model, base64]]} is what the server gave; `paint` takes an image
  // for each of these models.
  Latent.editing = (live, paint) => {
    const draw = Latent.newest(async ({ engine, changes, now }) => {
      const images = await Promise.all(now.codes.map(async ([model, base64]) => {
        const { code_length: width, prior } = engine.models.get(model);
        const [code] = Latent.codes.unpacked(base64, width);
        const after = Latent.codes.moved(code, known(engine, model, now.method), changes.amounts, changes.held, prior);
        return (await engine.decode(model, after))[0];
      }));
      if (live() === now) paint(images);
    });
    return ({ changes }) => {
      const now = live();
      if (!changes || !now) return false;
      const models = now.codes.map(([model]) => model), engine = Latent.local.now(models);
      const known = Boolean(engine) && models.every((model) => engine.models.get(model).latents);
      if (known) draw({ engine, changes, now });
      return known;
    };
  };
}
