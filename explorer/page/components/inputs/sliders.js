Latent.peeked = {};  // by what sliders ask: takes the pictures under them away, as they are without what is set now

// One slider, number box and lock an attribute, in standard deviations. A slider goes from -limit to
// limit, and stands at first at the picture's own value, the mean of the models', which is written
// beside it for each where that is measured (`owned`); its number is by how much the picture is moved
// from there. Under the focused one are pictures at `looks`.
// value {amounts: {name: number}, held: [name], attributes: [{name, label, lacking: [{title, colour}],
//        figures: [{title, colour, value, auc, d, random, low, high, consistency, alike: [[label, cosine]]}]}]}. Asks `to` for changes
// {amounts, held}.
Latent.sliders = function ({ element, props, watch, server, limit, step, first, empty, to, looks = [], owned = true }) {
  const { h } = Latent;
  const root = element.querySelector(".sliders");
  const MEANING = Latent.say("Measured on held-out images. AUC: 1 is perfect separation, 0.5 is chance. Cohen's d: standard deviations between the means of images with and without the attribute; in brackets, the 95th percentile of random directions. Goes with: the most similar directions, by cosine; hold them to change this attribute alone.");
  let rows = {}, built = null;

  // The picture's own value on an attribute, as far as it is known, in steps of the slider.
  const mean = (numbers) => numbers.length ? numbers.reduce((sum, each) => sum + each, 0) / numbers.length : 0;
  const own = (figures) => Math.round(mean(figures.flatMap(({ value }) => value ?? [])) / step) * step;

  const chosen = (give) => Object.entries(rows).map(give).filter(([, value]) => value);
  const amounts = () => Object.fromEntries(chosen(([name, { range }]) => [name, Number(range.value)]));
  const held = () => chosen(([name, { lock }]) => [name, lock.checked]).map(([name]) => name);
  function send(name) {
    forget(name);
    Latent.ask(to, { changes: { amounts: amounts(), held: held() } });
  }

  function row({ name, label, figures, lacking }) {
    const described = `own-${to}-${name.replace(/\s/g, "_")}`;  // ids have no spaces
    const at = own(figures), attributes = { min: -limit, max: limit, step, value: 0 };
    const ends = { min: (-limit - at).toFixed(1), max: (limit - at).toFixed(1) };
    const range = h("input", { type: "range", ...attributes, ...ends, onfocus: () => peek(name, at, under), "aria-label": Latent.say("{label}, standard deviations", { label }), "aria-describedby": described, oninput: () => set(range.value, true) });
    const box = h("input", { type: "number", ...attributes, "aria-label": Latent.say("{label}, standard deviations, as a number", { label }), oninput: () => box.value !== "" && set(box.value, true), onblur: () => { box.value = range.value; } });
    const reset = h("button", { type: "button", class: "chip", title: Latent.say("Reset {label}", { label }), "aria-label": Latent.say("Reset {label}", { label }), onclick: () => set(0, true) }, "0");
    const lock = h("input", { type: "checkbox", class: "lock", "aria-label": Latent.say("Hold {label} still", { label }), title: Latent.say("Hold {label} still while others change", { label }), onchange: () => { fix(lock.checked); send(name); } });
    const facts = h("div", { class: "facts", hidden: true }, figures.map(fact), lacking.map(lack), h("p", { class: "note" }, MEANING));
    const about = h("button", { type: "button", class: "aucs", "aria-expanded": "false", "aria-label": called(figures, label), onclick: () => tell(facts.hidden) }, badges(figures), lacking.map(({ title, colour }) => h("span", { class: "auc", title: without(title) }, dot(colour), "–")));
    const written = h("span", { class: "own-value", id: described }, owned ? values(figures.filter(({ value }) => value !== undefined)) : []);
    const marks = h("span", { class: "marks", "aria-hidden": "true" }, h("i", { style: "left:50%" }), figures.filter(({ value }) => value !== undefined)
      .map(({ value, colour, title }) => h("b", { title: Latent.say("{title}: {value} before", { title, value: signed(value) }), style: `background:${colour};left:${place(value)}%` })));
    const under = h("div", { class: "looks", hidden: true });
    const line = h("div", { class: "slider" }, lock, h("span", { class: "name" }, label), about, written, h("span", { class: "track" }, range, marks), box, reset, under, facts);
    function set(amount, tell) {
      const value = Math.max(-2 * limit, Math.min(2 * limit, Number(amount) || 0));
      range.min = Math.min(ends.min, value);  // where a link moves it beyond
      range.max = Math.max(ends.max, value);
      range.value = value;
      if (document.activeElement !== box || !tell) box.value = value;
      line.classList.toggle("moved", value !== 0);
      range.setAttribute("aria-valuetext", owned ? Latent.say("{value}, moved by {amount}", { value: signed(at + value), amount: signed(value) }) : signed(value));
      line.style.setProperty("--own", `${place(at)}%`);
      line.style.setProperty("--at", `${place(at + value)}%`);
      if (tell) send(name);
    }
    function tell(on) {
      facts.hidden = !on;
      about.setAttribute("aria-expanded", String(on));
    }
    function fix(on) {
      lock.checked = on;
      line.classList.toggle("held", on);
      for (const control of [range, box, reset]) control.disabled = on;
    }
    rows[name] = { range, lock, facts, set, fix, tell, look: () => peek(name, at, under, null) };
    return line;
  }

  // The picture's own value, once where the models agree, else by each, and of many from least to most.
  function values(figures) {
    if (!figures.length) return [Latent.say("own value not measured yet")];
    const told = (value) => signed(value, 1), numbers = figures.map(({ value }) => told(value));
    if (new Set(numbers).size === 1) return [Latent.say("own value {value} sd", { value: numbers[0] })];
    if (figures.length > MOST) {
      const [low, high] = [Math.min, Math.max].map((pick) => told(pick(...figures.map(({ value }) => value))));
      return [Latent.say("own value {low} to {high} sd", { low, high })];
    }
    const each = figures.map(({ title, colour }, at) => h("span", { class: "auc" }, dot(colour), h("span", { class: "unseen" }, title), numbers[at]));
    return [Latent.say("own value"), ...each, Latent.say("sd")];
  }

  const stand = (value) => (value < 0 ? "−" : value ? "+" : "") + Math.abs(value);
  const place = (value) => Math.max(0, Math.min(100, 50 + (50 * value) / limit));

  // What the slider does: the pictures at `looks`, by each model that has the attribute, drawn in the
  // browser where that can be, else by the server. A click moves the slider there.
  let focused = null;  // {name, under} of the slider that has them
  async function peek(name, at, under, local = Latent.lines[to]?.local) {
    forget(name);
    const mine = focused = { name, under };
    if (!looks.length || !Latent.lines[to]) return;
    await Latent.lines[to].busy;
    const changes = looks.map((look) => ({ amounts: { ...amounts(), [name]: look - at }, held: held().filter((each) => each !== name) }));
    const drawn = await local?.peek?.(changes) ?? await asked(changes);
    if (focused !== mine || !drawn?.length) return;
    under.hidden = false;
    under.replaceChildren(...looks.map((look, i) => h("button", { type: "button", class: "look", "aria-label": Latent.say("Move to {value}", { value: stand(look) }),
      onclick: () => rows[name].set((look - at).toFixed(1), true) },
    h("span", { class: "faces" }, drawn.flatMap((images) => images[i] ? [Latent.image(images[i], "")] : [])), h("span", {}, stand(look)))));
  }

  // They are without what is set elsewhere: of an attribute other than `name`, or of all.
  function forget(name) {
    if (!focused || focused.name === name) return;
    focused.under.hidden = true;
    focused = null;
  }

  async function asked(changes) {
    const found = Latent.told(await server?.peek({ key: props.value.key, changes }).catch(() => null) ?? null);
    return found?.images ?? null;
  }

  const dot = (colour) => h("span", { class: "dot", style: `background:${colour}`, "aria-hidden": "true" });
  const weak = ({ d, random }) => Math.abs(d) < random;
  const short = ({ auc, consistency }) => auc ?? consistency;
  const called = (given, label) => {
    const figures = given.map((each) => Latent.fixed(short(each), 2)).join(" ");
    return labelled(given) ? Latent.say("{figures}: AUC. About the direction of {label}", { figures, label })
      : Latent.say("{figures}: consistency. About the direction of {label}", { figures, label });
  };
  const labelled = (figures) => figures.some(({ auc }) => auc !== undefined);
  const MOST = 2;  // figures that fit beside a slider: of more, their range
  const badges = (figures) => figures.length <= MOST ? figures.map(badge) : h("span", { class: "auc", title: labelled(figures) ? Latent.say("Held-out AUC of the models' directions, from worst to best") : Latent.say("Consistency of the models' directions, from worst to best") },
    [Math.min, Math.max].map((pick) => Latent.fixed(pick(...figures.map(short)), 2)).join("–"));
  const badge = (figure) => h("span", { class: weak(figure) ? "auc weak" : "auc", title: sentence(figure) }, dot(figure.colour), Latent.fixed(short(figure), 2));
  const signed = (value, digits = 2) => (value < 0 ? "−" : "+") + Latent.fixed(Math.abs(value), digits);
  const sentence = (figure) => {
    if (figure.auc === undefined) return Latent.say("{title}: consistency {consistency}, found without labels", { title: figure.title, consistency: Latent.fixed(figure.consistency, 2) });
    const values = { title: figure.title, auc: Latent.fixed(figure.auc, 2), d: Latent.fixed(figure.d, 2), random: Latent.fixed(figure.random, 2) };
    return weak(figure) ? Latent.say("{title}: AUC {auc}, Cohen's d {d} (random {random}: may be chance)", values)
      : Latent.say("{title}: AUC {auc}, Cohen's d {d} (random {random})", values);
  };
  const without = (title) => Latent.say("{title} has no direction of this: the slider does not move it", { title });
  const lack = ({ title, colour }) => h("p", {}, dot(colour), h("span", {}, without(title)));
  const fact = (figure) => h("p", {}, dot(figure.colour), h("span", {}, sentence(figure),
    figure.alike.length ? h("span", { class: "alike" }, Latent.say("Goes with {names}", { names: figure.alike.map(([label, cosine]) => `${label} ${signed(cosine)}`) })) : null));

  function build() {
    const open = root.querySelector("details")?.open;
    const kept = props.value && !Latent.upToDate(to, props.value);
    const [wanted, still] = kept ? [amounts(), held()] : [props.value?.amounts ?? {}, props.value?.held ?? []];
    const now = JSON.stringify(props.value?.attributes ?? []);
    if (now === built) return fill(wanted, still);  // nobody's pointer or focus loses what it is on
    built = now;
    const read = chosen(([name, { facts }]) => [name, !facts.hidden]).map(([name]) => name);
    rows = {};
    const lines = (props.value?.attributes ?? []).map(row);
    for (const name of read) rows[name]?.tell(true);
    if (!lines.length) {
      root.replaceChildren(h("p", { class: "empty" }, empty));
      return;
    }
    const more = lines.splice(first);
    root.replaceChildren(
      h("div", { class: "tools" },
        h("button", { type: "button", class: "chip", onclick: () => { fill({}, []); send(); } }, Latent.say("Reset all")),
        h("span", { class: "note" }, Latent.say("In standard deviations; the number is by how much the picture is moved from its own value. With coloured dots: how well each model's direction detects the attribute in held-out images (AUC), not what moving along it does; click for more. A lock holds an attribute still while others change."))),
      ...lines,
      more.length ? h("details", { open }, h("summary", {}, Latent.say("{count} more attributes", { count: more.length })), ...more) : "");
    fill(wanted, still);
  }

  // The focused slider's pictures are drawn anew by the server: what the browser draws with may come later.
  function fill(wanted, still) {
    forget();
    for (const [name, { set, fix }] of Object.entries(rows)) {
      set(wanted[name] ?? 0, false);
      fix(still.includes(name));
    }
    Object.values(rows).find(({ range }) => range === document.activeElement)?.look();
  }

  Latent.peeked[to] = () => forget();
  root.onpointerenter = () => Latent.lines[to]?.local?.prepare?.();
  Latent.live({ element, watch }, build);
};
