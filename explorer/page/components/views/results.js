// What a search found: a strip of pictures, the nearest first, by each model and by each look.
// value {panels: [{title, colour, said, note, cards: [{src, label, far, index}]}]}; a panel without cards has words.
// Event: send {grid, index, to}.
Latent.results = function ({ element, props, trigger, watch, grid, empty }) {
  const { h } = Latent;
  const root = element.querySelector(".results");
  let chosen = null;

  function draw() {
    const panels = props.value?.panels ?? [];
    chosen = null;
    root.replaceChildren(...panels.length ? panels.map(panelOf) : [h("p", { class: "empty" }, empty)]);
  }

  function panelOf(panel) {
    const bar = h("div", { class: "chosen" });
    return h("section", { class: "row", "aria-label": panel.title }, h("header", {}, Latent.title(panel), panel.note ? h("span", { class: "note" }, panel.note) : null),
      panel.said ? Latent.reason(panel) : h("ol", { class: "strip" }, panel.cards.map((card, at) => item(card, at, bar))), bar);
  }

  function item({ src, label, far, index }, at, bar) {
    const said = Latent.say("{n}. {label}, {far}", { n: String(at + 1), label, far });
    const button = h("button", { type: "button", class: "thumb", title: said, "aria-label": said, "aria-pressed": "false", onclick: () => choose(button, index, bar) },
      Latent.image(src, ""));
    return h("li", {}, Latent.draggable(button, { grid, index }), h("span", { class: "note" }, label), h("span", { class: "note far" }, far));
  }

  // Where the picture can go from here.
  function choose(button, index, bar) {
    chosen?.button.setAttribute("aria-pressed", "false");
    chosen?.bar.replaceChildren();
    if (chosen?.button === button) { chosen = null; return; }
    chosen = { button, bar };
    button.setAttribute("aria-pressed", "true");
    bar.replaceChildren(Latent.sendButtons(() => ({ grid, index }), (data) => trigger("send", data)));
  }

  Latent.live({ props, watch }, draw);
};
