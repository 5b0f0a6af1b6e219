// Samples of every model's prior, by a seed.
{
  const { h } = Latent, { page } = Latent;
  const COUNT = 24, WIDE = 6;

  page.view("samples", Latent.say("Sample"), (root) => {
    const seed = h("input", { type: "number", min: 0, max: 999999, step: 1, value: 1, oninput: () => show() });
    const spread = h("input", { type: "range", min: 0, max: 2, step: 0.05, value: 1, oninput: () => show() });
    const told = h("output", {}, "1");
    const tiles = page.component("tiles", { send: page.send }, { grid: "samples", what: Latent.say("Samples"), empty: "" });
    const fresh = h("button", { type: "button", class: "strong", onclick: () => { seed.value = Math.floor(1e6 * Math.random()); show(); } }, Latent.say("New samples"));
    root.append(h("div", { class: "controls" }, fresh, h("label", {}, Latent.say("Seed"), seed), h("label", {}, Latent.say("Spread"), spread, told)), tiles.element);
    const asked = () => [Math.max(0, Math.floor(Number(seed.value) || 0)), Number(spread.value)];
    page.keep("samples", async (index) => page.things.sample(asked()[0], index, COUNT, asked()[1]));

    const show = Latent.newest(async () => {
      const [number, wide] = asked();
      told.value = Latent.fixed(wide, 2);
      const panels = await Promise.all(page.chosen.map(async (model) => {
        const images = await page.decode(model, await page.samples(model, COUNT, number, wide));
        return { ...page.column(model), columns: WIDE, src: page.sheet(images, WIDE) };
      }));
      tiles.show({
        columns: WIDE, panels, size: Math.max(...page.chosen.map(({ description }) => description.image_size)),
        labels: Array.from({ length: COUNT }, (_, at) => Latent.say("Sample {seed}·{n}", { seed: number, n: at + 1 })),
      });
    });
    return { show };
  });
}
