// One slider and number box an attribute, in standard deviations from -limit to limit.
// value {amounts: {name: number}, attributes: [{name, label, auc: [{title, colour, value}]}]}.
Latent.sliders = function ({ element, props, trigger, watch, limit, step, first }) {
  const { h } = Latent;
  const root = element.querySelector(".sliders");
  let rows = {};

  const amounts = () => Object.fromEntries(Object.entries(rows)
    .map(([name, { range }]) => [name, Number(range.value)]).filter(([, amount]) => amount));
  const send = () => trigger("input", { amounts: amounts() });

  function row({ name, label, auc }) {
    const attributes = { min: -limit, max: limit, step, value: 0 };
    const range = h("input", { type: "range", ...attributes, "aria-label": `${label}, standard deviations`, oninput: () => set(range.value, true) });
    const box = h("input", { type: "number", ...attributes, "aria-label": `${label}, standard deviations, as a number`, oninput: () => box.value !== "" && set(box.value, true) });
    const reset = h("button", { type: "button", class: "chip", title: `Reset ${label}`, "aria-label": `Reset ${label}`, onclick: () => set(0, true) }, "0");
    const line = h("div", { class: "slider" }, h("span", { class: "name" }, label), h("span", { class: "aucs" }, auc.map(badge)), range, box, reset);
    function set(amount, tell) {
      const value = Math.max(-limit, Math.min(limit, Number(amount) || 0));
      range.value = value;
      if (document.activeElement !== box || !tell) box.value = value;
      line.classList.toggle("moved", value !== 0);
      line.style.setProperty("--at", `${50 + (50 * value) / limit}%`);
      if (tell) send();
    }
    rows[name] = { range, set };
    return line;
  }

  const badge = ({ title, colour, value }) => h("span", { class: "auc",
    title: `${title}: held-out AUC ${value.toFixed(2)} (1 finds the attribute always, 0.5 is guessing)` },
    h("span", { class: "dot", style: `background:${colour}`, "aria-hidden": "true" }), value.toFixed(2));

  function build() {
    rows = {};
    const lines = (props.value?.attributes ?? []).map(row);
    const more = lines.splice(first);
    root.replaceChildren(
      h("div", { class: "tools" },
        h("button", { type: "button", class: "chip", onclick: () => { fill({}); send(); } }, "Reset all"),
        h("span", { class: "note" }, "in standard deviations; coloured figures: AUC of each model's direction on held-out faces")),
      ...lines,
      more.length ? h("details", {}, h("summary", {}, `${more.length} more attributes`), ...more) : "");
    fill(props.value?.amounts ?? {});
  }

  function fill(wanted) {
    for (const [name, { set }] of Object.entries(rows)) set(wanted[name] ?? 0, false);
  }

  Latent.live({ props, watch }, build);
};
