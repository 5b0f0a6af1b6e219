// What a search found: a strip of pictures, the nearest first, by each model and by each look.
// value {panels: [{title, colour, said, note, cards: [{src, label, far, index}]}], labelled}; a panel without cards has
// words. `labelled`: whether what is looked through has attributes to ask for.
// Event: send {grid, index, to}.
Latent.results = function ({ element, props, trigger, watch, grid, empty }) {
  const { h } = Latent;
  const root = element.querySelector(".results");
  const FAR = Latent.say("Under each picture: the L2 distance of its code, or in how many bits it differs.");
  let chosen = null, kept = null, form = "";

  function draw() {
    const panels = props.value?.panels ?? [], drawn = JSON.stringify(panels);
    root.classList.toggle("unlabelled", props.value?.labelled === false);
    if (drawn === form && root.firstChild) return;
    form = drawn;
    kept = chosen?.name;  // stays chosen where it is found again
    const focused = root.contains(document.activeElement);
    chosen = null;
    root.replaceChildren(...panels.length ? [...panels.map(panelOf), h("p", { class: "note" }, FAR)] : [h("p", { class: "empty" }, empty)]);
    if (focused) chosen?.button.focus({ preventScroll: true });
  }

  function panelOf(panel) {
    const bar = h("div", { class: "chosen" });
    return h("section", { class: "row", "aria-label": panel.title }, h("header", {}, Latent.title(panel), panel.note ? h("span", { class: "note" }, panel.note) : null),
      panel.said ? Latent.reason(panel) : h("ol", { class: "strip" }, panel.cards.map((card, at) => item(card, at, panel, bar))), bar);
  }

  function item({ src, label, far, index }, at, panel, bar) {
    const name = [panel.title, label, src].join();
    const said = Latent.say("{n}. {label}, {far}", { n: String(at + 1), label, far });
    const button = h("button", { type: "button", class: "thumb", title: said, "aria-label": said, "aria-pressed": "false", onclick: () => choose(button, name, index, bar) },
      Latent.image(src, ""));
    if (name === kept) choose(button, name, index, bar);
    return h("li", {}, Latent.draggable(button, { grid, index }), h("span", { class: "note" }, label), h("span", { class: "note far" }, far));
  }

  // Where the picture can go from here.
  function choose(button, name, index, bar) {
    chosen?.button.setAttribute("aria-pressed", "false");
    chosen?.bar.replaceChildren();
    if (chosen?.button === button) { chosen = null; return; }
    chosen = { button, name, bar };
    button.setAttribute("aria-pressed", "true");
    bar.replaceChildren(Latent.sendButtons(() => ({ grid, index }), (data) => trigger("send", data)));
  }

  Latent.live({ element, watch }, draw);
};
