// Grids of pictures, one a model, in step: value {columns, labels, size,
//   of: what is chosen stays while this is the same, walk, as `Latent.stroll` has it, panels: [{title, colour, model, note, columns, heads, src}, {…, said, seconds}
//   or {…, stays}, whose pictures stay those of before]}.
// A panel may have fewer columns than the value: a tile's index is that of its row and column there.
Latent.tiles = function ({ element, props, trigger, watch, grid: name, what, empty }) {
  const { h } = Latent;
  let selected = null, canvases = [], form = "", value = null;
  const root = element.querySelector(".tiles"), board = h("div", { class: "enlarged" });
  const [strip, follow] = Latent.lines[name] ? Latent.stroll(name, () => props.value?.walk, paint) : ["", () => {}];
  root.before(strip);

  function draw() {
    if (props.value?.of !== value?.of) selected = null;
    value = kept(props.value, value);
    follow(value ?? {});
    if (!value?.labels || selected >= value.labels.length) selected = null;
    if (form !== (form = formOf(value))) build();
    for (const [canvas, shape, at] of canvases) {
      const { src, stays } = value.panels[at];
      canvas.parentElement.ariaBusy = String(Boolean(stays));
      if (src) sprite(canvas, src, shape);
    }
    if (selected !== null) enlarge();
  }

  // All but the pictures, which change more often than what they are of.
  const formOf = (value) => value && JSON.stringify({ ...value, walk: null, key: null, serial: null,
    panels: value.panels?.map(({ src, stays, ...panel }) => ({ ...panel, drawn: Boolean(src || stays) })) });

  function build() {
    canvases = [];
    board.replaceChildren();
    if (!value?.panels?.length) {
      root.replaceChildren(h("p", { class: "empty" }, empty));
      return;
    }
    root.replaceChildren(h("div", { class: "panels", style: `--models:${value.panels.length}` }, value.panels.map(panelOf)), board);

    function panelOf(panel, at) {
      const note = panel.note ? h("p", { class: "note" }, panel.note) : null;
      if (!panel.src && !panel.stays) return h("section", { class: "panel" }, Latent.title(panel), Latent.reason(panel));
      const shape = shapeOf(panel, value);
      const grid = h("div", { class: "grid", role: "group", "aria-label": `${what}, ${panel.title}`,
        style: `--columns:${shape.columns};aspect-ratio:${shape.columns}/${shape.rows}` });
      const canvas = h("canvas", { "aria-hidden": "true" });
      const heads = panel.heads?.length ? h("div", { class: "heads", style: `--columns:${shape.columns}`, "aria-hidden": "true" },
        panel.heads.map((name) => h("span", { title: name }, name))) : null;
      grid.append(canvas, ...shape.indices.map((index) => tile(value.labels[index], index, panel.title, at)));
      grid.addEventListener("keydown", (event) => walk(event, grid, value.columns));
      canvases.push([canvas, shape, at]);
      return h("section", { class: "panel" }, Latent.title(panel), note, heads, grid);
    }

    function tile(label, index, title, at) {
      const button = h("button", { type: "button", class: "tile", "data-index": index, tabindex: index ? -1 : 0,
        "aria-label": `${label}, ${title}`, "aria-pressed": String(index === selected), title: label,
        onclick: ({ detail }) => detail > 1 || select(index) });  // a double click is one
      button.addEventListener("dragstart", (event) =>
        event.dataTransfer.setDragImage(thumb(value.panels[at], index, value), 32, 32));
      return Latent.draggable(button, { grid: name, index });
    }
  }

  // Choosing the same tile again, or Escape, closes its card.
  function select(index) {
    selected = index === selected ? null : index;
    for (const button of root.querySelectorAll(".tile")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.index) === selected));
    }
    if (selected === null) return board.replaceChildren();
    enlarge();
    trigger("select", { grid: name, index });
  }

  root.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || selected === null) return;
    if (board.contains(document.activeElement)) root.querySelector(`.tile[data-index="${selected}"]`).focus();
    select(selected);
  });

  function enlarge() {
    const index = selected;
    const having = value.panels.filter((panel) => panel.src && shapeOf(panel, value).indices.includes(index));
    const faces = having.map((panel) => h("figure", {},
      Latent.draggable(thumb(panel, index, value, 512), { grid: name, index }),
      h("figcaption", {}, panel.title)));
    board.replaceChildren(
      h("div", { class: "faces" }, faces),
      h("div", { class: "about" }, h("h3", { "aria-live": "polite" }, value.labels[index]),
        Latent.sendButtons(() => ({ grid: name, index }), (data) => trigger("send", data))));
  }

  // Other pictures, ImageData of each tile of each panel.
  function paint(panels) {
    panels.forEach((images, at) => {
      const [canvas, shape] = canvases[at], { width: side } = images[0], all = new OffscreenCanvas(side * shape.columns, side * shape.rows);
      const context = all.getContext("2d");
      images.forEach((image, index) => { const [x, y] = shape.place(index); context.putImageData(image, x * side, y * side); });
      lay(canvas, all, side, shape);
    });
  }

  // Arrow keys move through a grid as through a table.
  function walk(event, grid, columns) {
    if (Latent.withModifier(event)) return;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const at = Number(event.target.dataset?.index);
    const next = step && grid.querySelector(`[data-index="${at + step}"]`);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  Latent.live({ element, watch }, draw);
  Latent.onTheme(draw);
};

// A value whose panels that stay have the pictures and the note that they had, if of as many tiles.
function kept(value, before) {
  const alike = value?.labels?.length === before?.labels?.length && value?.columns === before?.columns;
  const had = ({ model }) => (alike && before?.panels?.find((panel) => panel.model === model)) || {};
  return value && { ...value, panels: value.panels?.map((panel) => {
    const { src, note = "" } = panel.stays ? had(panel) : panel;
    return { ...panel, src, note };
  }) };
}

// Which tiles a panel has, by their indices, and how they lie in its picture.
function shapeOf({ columns }, { columns: wide, labels, size }) {
  const indices = labels.map((_, index) => index).filter((index) => index % wide < columns);
  const place = (index) => [index % wide, Math.floor(index / wide)];
  return { columns, rows: Math.ceil(labels.length / wide), indices, place, size };
}

// One canvas for all tiles of a panel, with a gap between them.
function sprite(canvas, src, shape) {
  const picture = canvas.shown = new Image();  // the newest, should an earlier one load later
  picture.onload = () => canvas.shown === picture && lay(canvas, picture, picture.naturalWidth / shape.columns, shape);  // models may differ in the size of their images
  picture.src = src;
}

function lay(canvas, picture, side, { columns, rows, indices, place, size }) {
  const wide = canvas.clientWidth * devicePixelRatio || 1200;  // none while its tab is closed
  const px = Math.max(size, Math.min(256, Math.ceil(wide / columns)));
  canvas.width = columns * px;
  canvas.height = rows * px;
  const context = canvas.getContext("2d"), gap = Math.max(1, Math.round(px / 50));
  indices.forEach((index) => {
    const [x, y] = place(index);
    Latent.tile(context, picture, [x * side, y * side, side], [x * px + gap, y * px + gap, px - 2 * gap]);
  });
}

// One tile of a panel as its own canvas.
function thumb(panel, index, value, px = 64) {
  return Latent.cutOut(panel.src, panel.columns, shapeOf(panel, value).place(index), px, { class: "face", role: "img", "aria-label": value.labels[index] });
}
