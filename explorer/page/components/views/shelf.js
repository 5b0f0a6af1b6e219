// Thumbnails to click or drag: value [{id, label, src}]; `removable` for the shelf itself.
Latent.shelf = function ({ element, props, trigger, watch, what, empty, removable }) {
  const { h } = Latent;
  const root = element.querySelector(".shelf");

  function draw() {
    const items = props.value ?? [];
    root.replaceChildren(h("h2", {}, what), items.length
      ? h("ul", { class: "thumbs", "aria-label": what }, items.map(thumbnail))
      : h("p", { class: "empty" }, empty));
    if (removable && items.length) {
      root.append(h("button", { type: "button", class: "chip", onclick: () => trigger("remove", { id: null }) }, "Clear the shelf"));
    }
  }

  function thumbnail({ id, label, src }) {
    const use = h("button", { type: "button", class: "thumb", title: `${label}: click to use it in the open tab, or drag it`,
      "aria-label": `Use ${label} in the open tab`, onclick: () => trigger("use", { id }) }, Latent.image(src, ""));
    Latent.draggable(use, { id });
    const remove = removable && h("button", { type: "button", class: "remove", title: `Remove ${label}`,
      "aria-label": `Remove ${label} from the shelf`, onclick: () => trigger("remove", { id }) }, "×");
    return h("li", {}, use, remove || null);
  }

  if (removable) {
    Latent.dropTarget(element, (picture) => trigger("keep", { ...picture, to: "shelf" }), () => {});
  }
  Latent.live({ props, watch }, draw);
};
