// What was learned, for each model; ticks for attributes that are projected out; what is kept.
// value {said, models: [{title, colour, said, rows: [[method, auc, low, high, d, random]]}],
//        apart: [{name, label, on, cosines: [number or null]}], kept: [{name, models: [title]}], key}.
// Triggers apart {name, on} and remove {gone}; the server function `exported` gives the file of one.
Latent.lesson = function ({ element, props, trigger, watch, server }) {
  const { h } = Latent;
  const root = element.querySelector(".lesson");
  const WORTH = Latent.say("AUC: by a direction that the other pictures teach, 1 is perfect separation, 0.5 is chance; in brackets the 95 % interval. Cohen's d: standard deviations between the means with and without; in brackets the 95th percentile of random directions: below it, it may be chance.");
  const signed = (value) => (value < 0 ? "−" : "+") + Latent.fixed(Math.abs(value), 2);

  const row = ([method, auc, low, high, d, random]) => h("tr", { class: Math.abs(d) < random || low <= 0.5 ? "weak" : null }, h("th", { scope: "row" }, method),
    h("td", {}, `${Latent.fixed(auc, 2)} (${Latent.fixed(low, 2)}–${Latent.fixed(high, 2)})`), h("td", {}, `${Latent.fixed(d, 2)} (${Latent.fixed(random, 2)})`));
  const model = (each) => h("section", { class: "worth" }, Latent.title(each, "h3"), each.said ? h("p", { class: "reason" }, each.said)
    : h("table", {}, h("thead", {}, h("tr", {}, ["", Latent.say("AUC"), Latent.say("Cohen's d")].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, each.rows.map(row))));

  const tick = ({ name, label, on, cosines }) => h("label", { class: "apart" },
    h("input", { type: "checkbox", value: name, checked: on, onchange: ({ target }) => trigger("apart", { name, on: target.checked }) }),
    h("span", {}, label), h("span", { class: "alike" }, cosines.map((each) => each === null ? "–" : signed(each)).join("  ")));

  async function save(name) {
    const found = Latent.told(await server.exported({ key: props.value.key, name }).catch(() => ({ problem: Latent.LOST })));
    if (found.problem) return Latent.toast(found.problem);
    Latent.file(new Blob([found.content], { type: "application/json" }), `${name.replace(/[^\p{L}\p{N} _-]/gu, "")}.attribute.json`);
  }
  const own = ({ name, models }) => h("li", {}, h("strong", {}, name), h("span", { class: "note" }, models.join(", ")),
    h("button", { type: "button", class: "chip", "aria-label": Latent.say("Save {name} as a file", { name }), onclick: () => save(name) }, Latent.say("Save as a file")),
    h("button", { type: "button", class: "chip", "aria-label": Latent.say("Remove {name}", { name }), onclick: () => trigger("remove", { gone: name }) }, Latent.say("Remove")));

  function draw() {
    const { said = "", models = [], apart = [], kept = [] } = props.value ?? {};
    const open = root.querySelector("details")?.open ?? false;
    root.replaceChildren(
      said ? h("p", { class: "reason", role: "status" }, said) : "",
      models.length ? h("div", { class: "worths" }, models.map(model)) : "",
      models.length ? h("p", { class: "note" }, WORTH) : "",
      models.length ? h("button", { type: "button", class: "chip", onclick: () => Latent.python({ grid: "teach" }) }, Latent.say("Copy as Python")) : "",
      apart.length ? h("details", { open }, h("summary", {}, Latent.say("Goes with known attributes: tick what it is to be apart from")), h("div", { class: "aparts" }, apart.map(tick))) : "",
      kept.length ? h("section", { class: "own" }, h("h3", {}, Latent.say("Your attributes, sliders in Edit")), h("ul", {}, kept.map(own))) : "");
  }

  Latent.live({ element, watch }, draw);
};
