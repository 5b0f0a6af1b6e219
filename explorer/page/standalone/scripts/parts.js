// What the page's views share: the app's components without a server, and pictures on canvases.
{
  const { h } = Latent, { page } = Latent;
  let count = 0;
  const kept = new Map();  // things behind pictures that can be sent on, by name of their grid

  // A component of the app: {element, show(value)}. `on` {event: (data) => …}.
  page.component = (script, on = {}, constants = {}) => {
    const props = { value: null }, reacts = [];
    const element = h("div", { class: `latent latent-${script}`, id: `part-${++count}` }, h("div", { class: script }));
    Latent[script]({
      element, props, server: {}, ...constants,
      watch: (name, react) => name === "value" && reacts.push(react),
      trigger: (event, data) => on[event]?.(data),
      upload: async (file) => ({ path: URL.createObjectURL(file) }),
    });
    return { element, show(value) { props.value = value; reacts.forEach((react) => react()); } };
  };

  // A line of controls: `draw` is called with what they were set to last.
  page.line = (name, draw) => { Object.assign(Latent.lines[name] ??= {}, { ask: async (set) => draw(set), show: () => {} }); };

  page.keep = (grid, thing) => kept.set(grid, thing);  // thing(index), null where there is none yet
  page.send = async ({ grid, index = 0, to }) => {
    const thing = await kept.get(grid)(index);
    if (!thing) return;
    page.open(to);
    page.views.get(to).take(thing);
  };

  // What a slot was given, as a thing.
  page.picked = async ({ path, name, random }) => {
    if (path) return page.things.photo(path, name);
    return random ? page.things.drawn(Math.floor(1e6 * Math.random())) : null;
  };

  // A dialog in which a photo is cropped; calls `changed` as the square moves.
  page.crop = (thing, changed) => {
    const { src, width, height, crop } = thing.photo;
    const square = page.component("crop", {}, { to: "corner" });
    page.line("corner", ({ crop: now }) => { thing.cropped(now); return changed(); });
    const dialog = h("dialog", { class: "cropping", "aria-label": Latent.say("Correct the crop"), onclose: () => dialog.remove() }, square.element,
      h("button", { type: "button", class: "strong", onclick: () => dialog.close() }, Latent.say("Done")));
    document.body.append(dialog);
    square.show({ src, width, height, crop });
    dialog.showModal();
  };

  // A figure of a model: {node, canvas, note}.
  page.figure = (model, said) => {
    const canvas = h("canvas", { class: "face", role: "img", "aria-label": `${said}, ${model.title}`, width: 1, height: 1 });
    const note = h("figcaption", { class: "note" });
    return { node: h("figure", {}, Latent.title(model), canvas, note), canvas, note };
  };

  page.paint = (canvas, image) => {
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").putImageData(image, 0, 0);
  };

  // Images of one size as one picture, `wide` of them in a row: its address.
  page.sheet = (images, wide) => {
    const [{ width: size }] = images, canvas = h("canvas", { width: wide * size, height: Math.ceil(images.length / wide) * size });
    const context = canvas.getContext("2d");
    images.forEach((image, at) => context.putImageData(image, (at % wide) * size, Math.floor(at / wide) * size));
    return canvas.toDataURL();
  };

  page.without = (model) => ({ ...page.column(model), said: Latent.say("{model} has no encoder: it draws samples, and reads no pictures.", { model: model.title }) });
  page.column = ({ title, colour }) => ({ title, colour });
}
