// Four pictures, and the walk between them.
{
  const { h } = Latent, { page } = Latent;
  const WIDE = 7;
  const FIRST = [8, 12, 2, 50];  // seeds of the samples that are there at first

  page.view("morph", Latent.say("Morph"), (root) => {
    const things = FIRST.map((seed) => page.things.drawn(seed));
    let next = 0;
    const titles = [Latent.say("Top left"), Latent.say("Top right"), Latent.say("Bottom left"), Latent.say("Bottom right")];
    const slots = titles.map((what, at) => page.component("slot", { pick: (data) => pick(at, data) }, { name: `corner-${at}`, what, random: true }));
    const pad = page.component("pad", { send: page.send }, { grid: "morph" });
    slots.forEach(({ element }, at) => element.classList.add("corner", `corner-${at}`));
    root.append(h("p", { class: "invitation" }, Latent.say("Move over the square, and put pictures of your own into its corners.")),
      h("div", { class: "morph" }, ...slots.map(({ element }) => element), pad.element));
    let at = { right: 0.5, down: 0.5 }, walked = [];  // [model, its codes of the corners]
    page.line("morph", ({ at: now }) => { at = now; });

    async function pick(corner, data) {
      try {
        set(corner, await page.picked(data) ?? page.things.drawn(FIRST[corner]));
      } catch (error) {
        slots[corner].show({ problem: error.message });
      }
    }

    function set(corner, thing) {
      things[corner] = thing;
      show();
      if (thing.photo) page.crop(thing, show);
    }

    const show = Latent.newest(async () => {
      const models = page.chosen, codes = await Promise.all(models.map((model) => Promise.all(things.map((thing) => thing.code(model)))));
      const able = codes.map((each) => each.every(Boolean)), first = able.indexOf(true);
      await Promise.all(slots.map(async (slot, corner) => slot.show({ src: await things[corner].src(), label: things[corner].label })));
      const between = (model, four, right, down) => Latent.codes.corners(four, right, down, model.description.prior);
      const panels = await Promise.all(models.map(async (model, i) => {
        if (!able[i]) return page.without(model);
        const [middle] = await page.decode(model, [between(model, codes[i], at.right, at.down)]);
        return { ...page.column(model), model: model.name, codes: packed(codes[i]), src: Latent.film.address(middle) };
      }));
      walked = models.flatMap((model, i) => (able[i] ? [[model, codes[i]]] : []));
      if (first < 0) return pad.show({ src: "", at, panels });
      const t = Array.from({ length: WIDE }, (_, i) => i / (WIDE - 1));
      const tiles = await page.decode(models[first], t.flatMap((down) => t.map((right) => between(models[first], codes[first], right, down))));
      pad.show({ src: page.sheet(tiles, WIDE), at, panels });
      page.keep("morph", async () => page.things.made(Latent.say("Morph"), new Map(models.flatMap((model, i) =>
        able[i] ? [[model.name, between(model, codes[i], at.right, at.down)]] : []))));
    });

    // A film of the walk says which models drew it, and between which codes: the app has them again.
    Latent.recipe = async () => {
      const weights = Object.fromEntries(walked.map(([model]) => [model.name, model.weights]));
      const slots = Object.fromEntries(things.map(({ label }, corner) => [`corner-${corner}`,
        { label, codes: Object.fromEntries(walked.map(([model, codes]) => [model.name, packed([codes[corner]])])) }]));
      const [[{ set }]] = walked, query = new URLSearchParams({ tab: "morph", set, models: Object.keys(weights).map(listed).join() });
      return JSON.stringify({ weights, slots, query: String(query) });
    };

    // A name as links list it.
    const listed = (name) => name.replace(/[%,:]/g, encodeURIComponent);

    // Base64 of float32.
    function packed(codes) {
      const bytes = new Uint8Array(Float32Array.from(codes.flatMap((code) => [...code])).buffer);
      return btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(""));
    }

    return {
      show,
      take: (thing) => set(next++ % FIRST.length, thing),
    };
  });
}
