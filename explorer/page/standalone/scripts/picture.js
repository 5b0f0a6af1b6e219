// A picture, what each model makes of it, and how attributes change that.
{
  const { h } = Latent, { page } = Latent;
  const FIRST = 43;  // the seed of the sample that is there at first
  const METHOD = "mean";

  page.view("picture", Latent.say("Picture"), (root) => {
    const { attributes = [], ...sizes } = page.about.sliders;
    let thing = page.things.drawn(FIRST), changes = { amounts: {}, held: [] }, figures = [], stage = "", before = new Map();
    const slot = page.component("slot", { pick }, { name: "picture", what: Latent.say("Your picture"), random: true });
    const crop = page.component("crop", {}, { to: "crop" });
    const sliders = page.component("sliders", {}, { to: "edit", owned: false, empty: Latent.say("None of the selected models has attribute directions."), ...sizes });
    const faces = h("div", { class: "faces" });
    const choose = h("button", { type: "button", class: "strong", onclick: () => slot.element.querySelector("input[type=file]").click() }, Latent.say("Choose a picture"));
    const shown = h("section", { class: "latent outcome" }, faces, Latent.sendButtons(() => ({ grid: "picture", to: "morph" }), page.send));
    root.append(h("div", { class: "editing" },
      h("div", { class: "source" }, slot.element, choose, crop.element), shown, sliders.element));
    page.line("crop", ({ crop: square }) => {
      thing.cropped(square);
      thing.photo.guessed = false;
      tell();
      return draw();
    });
    page.line("edit", ({ changes: now }) => { changes = now; return draw(); });
    page.keep("picture", async () => page.things.made(Latent.say("Changed"), before));

    async function pick(data) {
      try {
        take(await page.picked(data) ?? page.things.drawn(FIRST));
      } catch (error) {
        slot.show({ problem: error.message });
      }
    }

    function take(now) {
      thing = now;
      show();
    }

    function build() {
      const key = JSON.stringify([page.chosen.map(({ name }) => name), Boolean(thing.photo)]);
      if (key === stage) return;
      stage = key;
      const own = thing.photo ? [{ title: Latent.say("Original") }] : [];
      figures = [...own, ...page.chosen].map((model) => page.figure(model, Latent.say("Changed")));
      faces.style.setProperty("--columns", figures.length);
      faces.replaceChildren(...figures.map(({ node }) => node));
      const titles = page.chosen.map(({ title }) => title);
      const known = attributes.map((each) => ({ ...each, figures: each.figures.filter(({ title }) => titles.includes(title)) }));
      sliders.show({ ...changes, attributes: known.filter((each) => each.figures.length) });
    }

    // The picture after the changes, by every model.
    const draw = Latent.newest(async () => {
      const now = thing, stand = figures.slice(now.photo ? 1 : 0), engine = await Latent.local.with(page.chosen.map(({ name }) => name));
      if (now.photo) {
        const size = Math.max(...page.chosen.map(({ description }) => description.image_size));
        page.paint(figures[0].canvas, new ImageData(now.photo.cut(size), size, size));
      }
      const codes = new Map();
      await Promise.all(page.chosen.map(async (model, at) => {
        const code = await now.code(model);
        stand[at].node.classList.toggle("greyed", !code);
        if (!code) { stand[at].note.textContent = page.without(model).said; return; }
        const directions = engine.models.get(model.name).latents?.directions(METHOD) ?? {};
        const after = Latent.codes.moved(code, directions, changes.amounts, changes.held, model.description.prior);
        const [image] = await page.decode(model, [after]);
        codes.set(model.name, after);
        page.paint(stand[at].canvas, image);
        stand[at].note.textContent = now.photo && !Object.keys(changes.amounts).length ? error(now.photo, image) : "";
      }));
      before = codes;
    });

    // Mean squared error, for pixels in [0, 1].
    function error(photo, image) {
      const wanted = photo.cut(image.width);
      let sum = 0;
      wanted.forEach((each, at) => { sum += ((each - image.data[at]) / 255) ** 2; });
      return `MSE ${Latent.fixed(sum / wanted.length * 4 / 3, 4)}`;  // alpha is no channel
    }

    async function tell() {
      const shown = thing, { label, photo } = shown, src = await shown.src();
      if (shown !== thing) return;
      const asked = { picture: label };
      slot.show({ src, label: photo?.guessed
        ? Latent.say("{picture}: this page does not find faces. Move the square onto the face.", asked) : label });
    }

    async function show() {
      build();
      const { photo } = thing;
      [choose.hidden, crop.element.hidden] = [Boolean(photo), !photo];
      crop.show(photo ? { src: photo.src, width: photo.width, height: photo.height, crop: photo.crop } : null);
      const drawn = draw();
      await tell();
      return drawn;
    }

    return { show, take, thing: () => thing };
  });
}
