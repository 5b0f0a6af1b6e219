// Paths as strips of frames, a panel for each model, a row for each kind of path.
// value {panels: [{title, colour, rows: [{kind, src, facts: [[name, value, meaning]], density, norm}]}
// or {title, colour, said, seconds}], count, every, keys, progress, stopped}, or {said}. src holds the
// `count` frames of a row side by side; each `every`-th is one of `keys` keyframes. Triggers send {grid,
// index, to}, stop while there is progress, and resume where it is said that the search was `stopped`.
Latent.filmstrip = function ({ element, props, trigger, watch, grid, what, empty }) {
  const { h } = Latent, FRAME_PX = 128, LARGE_PX = 512;
  const root = element.querySelector(".filmstrip");
  const DENSITY = Latent.say("Of the training codes the share around which they are no denser than here: 50 % is usual, 0 % is sparser than around any");
  const NORM = Latent.say("The length of the code before it is brought back to the prior");
  const [meanings, explain] = Latent.meanings();
  const act = (does, words) => h("button", { type: "button", class: "chip", onclick: () => trigger(does, {}) }, words);
  // A line that stays in its place while the search goes on: what is drawn anew under the pointer is not clicked.
  const bar = h("progress", { max: 1, "aria-label": Latent.say("{row}: progress", { row: Latent.say("geodesic") }) });
  const searching = h("p", { class: "running" }, bar, Latent.say("Geodesics are looked for"), act("stop", Latent.say("Stop")));
  let selected = null;  // {row, at}: a kind of path, and a frame's place in it
  const named = (at) => Latent.say("frame {n}", { n: String(at + 1) });
  const place = () => selected && selected.row * props.value.count + selected.at;  // among all frames, as `index`
  const kinds = () => props.value.panels.flatMap(({ rows }) => rows?.[selected.row]?.kind ?? []);  // of the models that have it
  const still = (src, at, px, attributes) => Latent.cutOut(src, props.value.count, [at, 0], px, { class: "still", ...attributes });

  function frame(panel, row, number, at) {
    const { count, every, keys } = props.value, label = `${row.kind}, ${named(at)}, ${panel.title}`, index = number * count + at, key = at % every === 0 && at / every < keys;
    const button = h("button", { type: "button", class: key ? "frame key" : "frame", title: label, "aria-label": label, "aria-pressed": String(index === place()),
      "data-index": index, onclick: () => select(index) }, still(row.src, at, FRAME_PX));
    return h("li", {}, Latent.draggable(button, { grid, index }),
      h("span", {}, row.density[at]), h("span", { class: "norm" }, row.norm[at]));
  }

  function rowOf(panel, row, number) {
    const facts = row.facts.map(([name, value, meaning]) => h("span", { title: meaning }, `${name} ${value}`));
    const names = h("li", { class: "names" }, h("span", { class: "still" }),
      h("span", { title: DENSITY }, Latent.say("density")), h("span", { title: NORM }, Latent.say("norm")));
    return h("div", { class: "path", "aria-label": row.kind, role: "group" },
      h("header", {}, h("h3", {}, row.kind), h("p", { class: "note" }, facts)),
      h("ol", {}, names, [...Array(props.value.count).keys()].map((at) => frame(panel, row, number, at))));
  }

  function panelOf(panel) {
    const rows = panel.rows ? panel.rows.map((row, number) => rowOf(panel, row, number)) : [Latent.reason(panel)];
    return h("section", { class: "panel", "aria-label": panel.title }, Latent.title(panel), rows);
  }

  // Choosing the same frame again, or Escape, closes its card.
  function select(index) {
    const { count } = props.value;
    selected = index === place() ? null : { row: Math.floor(index / count), at: index % count };
    for (const button of root.querySelectorAll(".frame")) button.setAttribute("aria-pressed", String(Number(button.dataset.index) === place()));
    if (!selected) root.querySelector(".enlarged").replaceChildren();
    else enlarge();
  }

  root.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !selected) return;
    if (root.querySelector(".enlarged").contains(document.activeElement)) root.querySelector(`.frame[data-index="${place()}"]`).focus();
    select(place());
  });

  // The frame in every model by every kind of path; the buttons send that of the kind that was chosen.
  function enlarge() {
    const { panels, count } = props.value, { at } = selected, [kind] = kinds();
    const faces = panels.flatMap(({ title, rows }) => (rows ?? []).map((row, number) => h("figure", {},
      Latent.draggable(still(row.src, at, LARGE_PX, { role: "img", "aria-label": `${row.kind}, ${title}` }), { grid, index: number * count + at }),
      h("figcaption", {}, `${title}, ${row.kind}`))));
    root.querySelector(".enlarged").replaceChildren(h("div", { class: "faces" }, faces), h("div", { class: "about" },
      h("h3", { "aria-live": "polite" }, Latent.say("{kind} path, frame {n}", { kind, n: String(at + 1) })),
      Latent.sendButtons(() => ({ grid, index: place() }), (data) => trigger("send", data))));
  }

  function draw() {
    const value = props.value, rows = (value?.panels ?? []).flatMap((panel) => panel.rows ?? []);
    explain(rows.length ? [...rows.flatMap(({ facts }) => facts.map(([name, , meaning]) => [name, meaning])),
      [Latent.say("density"), DENSITY], [Latent.say("norm"), NORM]] : []);
    if (!value?.panels?.length) {
      root.replaceChildren(h("p", { class: "empty" }, value?.said ?? empty));
      return;
    }
    if (selected && (selected.at >= value.count || !kinds().length)) selected = null;
    const scrolled = root.querySelector("ol")?.scrollLeft ?? 0;
    const goesOn = value.progress !== null && value.progress !== undefined;
    if (goesOn) bar.value = value.progress;
    if (!goesOn || searching.parentNode !== root) {
      const stopped = value.stopped ? [h("p", { class: "running" }, value.stopped, act("resume", Latent.say("Go on")))] : [];
      root.replaceChildren(...(goesOn ? [searching] : stopped));
    }
    root.querySelectorAll(":scope > :not(.running)").forEach((each) => each.remove());
    root.append(h("div", { class: "paths", role: "group", "aria-label": what }, value.panels.map(panelOf)), h("div", { class: "enlarged" }));
    if (selected) enlarge();
    const strips = [...root.querySelectorAll("ol")];
    for (const each of strips) {
      each.scrollLeft = scrolled;
      each.onscroll = () => strips.forEach((other) => { if (other.scrollLeft !== each.scrollLeft) other.scrollLeft = each.scrollLeft; });  // in step
    }
  }

  root.after(meanings);
  Latent.live({ element, watch }, draw);
  Latent.onTheme(() => Latent.keepFocus(element, draw));
};
