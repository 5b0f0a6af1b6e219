// A walk from the samples of one seed to those of the next, in the browser.
// walk {seed, at, codes: [[model, base64, base64]]}: the share of the way, and once one has walked the
// codes of both seeds; null where there is no walk.
Latent.stroll = (line, walk, paint) => {
  const { h } = Latent;
  const range = h("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0, oninput: () => Latent.ask(line, { walk: Number(range.value) }) });
  const said = h("span", {}), node = h("label", { class: "stroll", hidden: true }, said, range);

  const draw = Latent.newest(async ({ engine, at, now }) => {
    const images = await Promise.all(now.codes.map(([model, ...ends]) => {
      const { code_length: width, prior } = engine.models.get(model);
      const [from, to] = ends.map((each) => Latent.codes.unpacked(each, width));
      const codes = from.map((code, i) => Latent.codes.between([code, to[i]], [1 - at, at], prior));
      return engine.decode(model, Float32Array.from(codes.flatMap((code) => [...code])));
    }));
    if (walk() === now) paint(images);
  });

  Latent.lines[line].local = ({ walk: at, ...others }) => {
    const now = walk();
    if (at === undefined || Object.keys(others).length || !now?.codes) return false;
    const engine = Latent.local.now(now.codes.map(([model]) => model));
    if (engine) draw({ engine, at, now });
    return Boolean(engine);
  };

  return [node, (value) => {
    node.hidden = !value.walk;
    if (!value.walk) return;
    const { seed, at } = value.walk;
    said.textContent = Latent.say("Walk from seed {seed} to {next}", { seed: String(seed), next: String(seed + 1) });
    if (Latent.upToDate(line, value)) range.value = at;
  }];
};
