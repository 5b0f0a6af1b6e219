// One slider, number box and lock an attribute, in standard deviations from -limit to limit.
// value {amounts: {name: number}, held: [name], attributes: [{name, label,
//        figures: [{title, colour, auc, d, random, alike: [[label, cosine]]}]}]}. Asks `to` for changes
// {amounts, held}.
Latent.sliders = function ({ element, props, watch, limit, step, first, empty, to }) {
  const { h } = Latent;
  const root = element.querySelector(".sliders");
  const MEANING = Latent.say("Measured on held-out images. AUC: 1 is perfect separation, 0.5 is chance. Cohen's d: standard deviations between the means of images with and without the attribute; in brackets, the 95th percentile of random directions. Goes with: the most similar directions, by cosine; hold them to change this attribute alone.");
  let rows = {};

  const chosen = (give) => Object.entries(rows).map(give).filter(([, value]) => value);
  const amounts = () => Object.fromEntries(chosen(([name, { range }]) => [name, Number(range.value)]));
  const held = () => chosen(([name, { lock }]) => [name, lock.checked]).map(([name]) => name);
  const send = () => Latent.ask(to, { changes: { amounts: amounts(), held: held() } });

  function row({ name, label, figures }) {
    const attributes = { min: -limit, max: limit, step, value: 0 };
    const range = h("input", { type: "range", ...attributes, "aria-label": Latent.say("{label}, standard deviations", { label }), oninput: () => set(range.value, true) });
    const box = h("input", { type: "number", ...attributes, "aria-label": Latent.say("{label}, standard deviations, as a number", { label }), oninput: () => box.value !== "" && set(box.value, true) });
    const reset = h("button", { type: "button", class: "chip", title: Latent.say("Reset {label}", { label }), "aria-label": Latent.say("Reset {label}", { label }), onclick: () => set(0, true) }, "0");
    const lock = h("input", { type: "checkbox", class: "lock", "aria-label": Latent.say("Hold {label} still", { label }), title: Latent.say("Hold {label} still while others change", { label }), onchange: () => { fix(lock.checked); send(); } });
    const facts = h("div", { class: "facts", hidden: true }, figures.map(fact), h("p", { class: "note" }, MEANING));
    const about = h("button", { type: "button", class: "aucs", "aria-expanded": "false", "aria-label": Latent.say("{figures}: AUC. About the direction of {label}", { figures: figures.map(({ auc }) => auc.toFixed(2)).join(" "), label }),
      onclick: () => about.setAttribute("aria-expanded", String(!(facts.hidden = !facts.hidden))) }, badges(figures));
    const line = h("div", { class: "slider" }, lock, h("span", { class: "name" }, label), about, range, box, reset, facts);
    function set(amount, tell) {
      const value = Math.max(-limit, Math.min(limit, Number(amount) || 0));
      range.value = value;
      if (document.activeElement !== box || !tell) box.value = value;
      line.classList.toggle("moved", value !== 0);
      line.style.setProperty("--at", `${50 + (50 * value) / limit}%`);
      if (tell) send();
    }
    function fix(on) {
      lock.checked = on;
      line.classList.toggle("held", on);
      for (const control of [range, box, reset]) control.disabled = on;
    }
    rows[name] = { range, lock, set, fix };
    return line;
  }

  const dot = (colour) => h("span", { class: "dot", style: `background:${colour}`, "aria-hidden": "true" });
  const weak = ({ d, random }) => Math.abs(d) < random;
  const MOST = 2;  // figures that fit beside a slider: of more, their range
  const badges = (figures) => figures.length <= MOST ? figures.map(badge) : h("span", { class: "auc", title: Latent.say("Held-out AUC of the models' directions, from worst to best") },
    [Math.min, Math.max].map((pick) => pick(...figures.map(({ auc }) => auc)).toFixed(2)).join("–"));
  const badge = (figure) => h("span", { class: weak(figure) ? "auc weak" : "auc", title: sentence(figure) }, dot(figure.colour), figure.auc.toFixed(2));
  const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
  const sentence = (figure) => {
    const values = { title: figure.title, auc: figure.auc.toFixed(2), d: figure.d.toFixed(2), random: figure.random.toFixed(2) };
    return weak(figure) ? Latent.say("{title}: AUC {auc}, Cohen's d {d} (random {random}: may be chance)", values)
      : Latent.say("{title}: AUC {auc}, Cohen's d {d} (random {random})", values);
  };
  const fact = (figure) => h("p", {}, dot(figure.colour), h("span", {}, sentence(figure),
    figure.alike.length ? h("span", { class: "alike" }, Latent.say("Goes with {names}", { names: figure.alike.map(([label, cosine]) => `${label} ${signed(cosine)}`) })) : null));

  function build() {
    const open = root.querySelector("details")?.open;
    const kept = props.value && !Latent.upToDate(to, props.value);
    const [wanted, still] = kept ? [amounts(), held()] : [props.value?.amounts ?? {}, props.value?.held ?? []];
    rows = {};
    const lines = (props.value?.attributes ?? []).map(row);
    if (!lines.length) {
      root.replaceChildren(h("p", { class: "empty" }, empty));
      return;
    }
    const more = lines.splice(first);
    root.replaceChildren(
      h("div", { class: "tools" },
        h("button", { type: "button", class: "chip", onclick: () => { fill({}, []); send(); } }, Latent.say("Reset all")),
        h("span", { class: "note" }, Latent.say("In standard deviations. With coloured dots: how well each model's direction detects the attribute in held-out images (AUC), not what moving along it does; click for more. A lock holds an attribute still while others change."))),
      ...lines,
      more.length ? h("details", { open }, h("summary", {}, Latent.say("{count} more attributes", { count: more.length })), ...more) : "");
    fill(wanted, still);
  }

  function fill(wanted, still) {
    for (const [name, { set, fix }] of Object.entries(rows)) {
      set(wanted[name] ?? 0, false);
      fix(still.includes(name));
    }
  }

  Latent.live({ props, watch }, build);
};
