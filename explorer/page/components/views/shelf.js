// Thumbnails to click or drag: value [{id, label, src, marked}]; `removable` for the shelf itself,
// on which pictures can be marked.
Latent.shelf = function ({ element, props, trigger, watch, upload, what, empty, removable }) {
  const { h } = Latent;
  const root = element.querySelector(".shelf");

  function draw() {
    const items = props.value ?? [];
    root.replaceChildren(h("h2", {}, what), items.length
      ? h("ul", { class: "thumbs", "aria-label": what }, items.map(thumbnail))
      : h("p", { class: "empty" }, empty));
    if (removable && items.length) {
      root.append(h("button", { type: "button", class: "chip", onclick: () => trigger("remove", { id: null }) }, Latent.say("Clear the shelf")));
    }
  }

  // Into the open tab's next slot; where it has none, to the tab that the server chooses.
  function land(picture) {
    const slot = Latent.landing();
    if (slot) slot.pick(picture);
    else trigger("use", picture);
    Latent.showLanding(false);
  }

  // As many as the tab has slots go there, though another one may be open by then; the others onto the
  // shelf. A place for several takes all.
  async function drop(files) {
    const places = Latent.places();
    if (places[0]?.several) return places[0].take(files);
    for (const [at, place] of places.slice(0, files.length).entries()) await place.take([files[at]]);
    await keep(files.slice(places.length), places.length ? "shelf" : undefined);
  }

  async function keep(files, to) {
    for (const file of files) {
      try {
        trigger("keep", { ...await Latent.uploaded(upload, file), to });
      } catch (error) {
        Latent.toast(error.message.replace(/^Error: /, "") || Latent.say("The upload failed: try again."));
      }
    }
  }

  function thumbnail({ id, label, src, marked }) {
    const use = h("button", { type: "button", class: "thumb", title: Latent.say("{label}: click to use it in the open tab, or drag it", { label }),
      "aria-label": Latent.say("Use {label} in the open tab", { label }), onclick: () => land({ id }),
      onpointerenter: () => Latent.showLanding(true), onpointerleave: () => Latent.showLanding(false),
      onfocus: () => Latent.showLanding(true), onblur: () => Latent.showLanding(false) }, Latent.image(src, ""));
    Latent.draggable(use, { id });
    const remove = removable && h("button", { type: "button", class: "remove", title: Latent.say("Remove {label}", { label }),
      "aria-label": Latent.say("Remove {label} from the shelf", { label }), onclick: () => trigger("remove", { id }) }, "×");
    const mark = removable && h("button", { type: "button", class: "mark", title: Latent.say("Favourites stay when the shelf is full or cleared"),
      "aria-label": Latent.say("Favourite: {label}", { label }), "aria-pressed": String(marked), onclick: () => trigger("mark", { id }) }, marked ? "★" : "☆");
    return h("li", {}, use, mark || null, remove || null);
  }

  if (removable) {
    Latent.dropTarget(element, (picture) => trigger("keep", { ...picture, to: "shelf" }), (files) => keep(files, "shelf"));
    // The rest of the page takes drops, too: no file opens in the place of the app.
    Latent.dropTarget(document.body, land, drop);
  }
  Latent.live({ element, watch }, draw);
};
