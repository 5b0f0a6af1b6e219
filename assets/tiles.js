// Grids of pictures, one a model, in step: value {columns, labels, size, panels: [{title, colour, src}]}.
Latent.tiles = function ({ element, props, trigger, watch, grid: name, what, empty }) {
  const { h } = Latent;
  let selected = null;
  const root = element.querySelector(".tiles");

  function draw() {
    const value = props.value;
    root.replaceChildren();
    if (!value || !value.panels.length) {
      root.append(h("p", { class: "empty" }, empty));
      return;
    }
    if (selected !== null && selected >= value.labels.length) selected = null;
    const board = h("div", { class: "enlarged" });
    const panels = value.panels.map((panel) => panelOf(panel, value));
    root.append(h("div", { class: "panels", style: `--models:${value.panels.length}` }, panels), board);
    if (selected !== null) enlarge(value, board);

    function panelOf(panel, { columns, labels }) {
      const rows = Math.ceil(labels.length / columns);
      const grid = h("div", { class: "grid", role: "group", "aria-label": `${what}, ${panel.title}`,
        style: `--columns:${columns};aspect-ratio:${columns}/${rows}` });
      const canvas = h("canvas", { "aria-hidden": "true" });
      grid.append(canvas, ...labels.map((label, index) => tile(label, index, panel)));
      grid.addEventListener("keydown", (event) => walk(event, grid, columns));
      sprite(canvas, panel.src, value);
      return h("section", { class: "panel" }, Latent.title(panel), grid);
    }

    function tile(label, index, panel) {
      const button = h("button", { type: "button", class: "tile", "data-index": index, tabindex: index ? -1 : 0,
        "aria-label": `${label}, ${panel.title}`, "aria-pressed": String(index === selected), title: label,
        onclick: () => select(index) });
      button.addEventListener("dragstart", (event) => event.dataTransfer.setDragImage(thumb(panel.src, index, value), 32, 32));
      return Latent.draggable(button, { grid: name, index });
    }

    function select(index) {
      selected = index;
      for (const button of root.querySelectorAll(".tile")) {
        button.setAttribute("aria-pressed", String(Number(button.dataset.index) === index));
      }
      enlarge(value, board);
      trigger("select", { grid: name, index });
    }
  }

  function enlarge(value, board) {
    const index = selected;
    const faces = value.panels.map((panel) => h("figure", {},
      Latent.draggable(thumb(panel.src, index, value, 512), { grid: name, index }),
      h("figcaption", {}, panel.title)));
    board.replaceChildren(
      h("div", { class: "faces" }, faces),
      h("div", { class: "about" }, h("h4", { "aria-live": "polite" }, value.labels[index]),
        Latent.sendButtons(() => ({ grid: name, index }), (data) => trigger("send", data))));
  }

  // Arrow keys move through a grid as through a table.
  function walk(event, grid, columns) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const at = Number(event.target.dataset?.index);
    const next = step && grid.querySelector(`[data-index="${at + step}"]`);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  Latent.live({ props, watch }, draw);
};

// One canvas for all tiles of a panel: each is drawn for itself, so that smoothing never mixes
// neighbours, and with a gap.
function sprite(canvas, src, { columns, labels, size }) {
  const picture = new Image();
  picture.onload = () => {
    const rows = Math.ceil(labels.length / columns);
    const px = Math.max(size, Math.min(256, Math.floor(1200 / columns)));
    canvas.width = columns * px;
    canvas.height = rows * px;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    const gap = Math.max(1, px / 50);
    labels.forEach((_, index) => {
      const [x, y] = [index % columns, Math.floor(index / columns)];
      context.drawImage(picture, x * size, y * size, size, size, x * px + gap, y * px + gap, px - 2 * gap, px - 2 * gap);
    });
  };
  picture.src = src;
}

// One tile of a sprite as its own canvas.
function thumb(src, index, { columns, size, labels }, px = 64) {
  const canvas = Latent.h("canvas", { class: "face", width: px, height: px, role: "img", "aria-label": labels[index] });
  const picture = new Image();
  picture.onload = () => {
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, (index % columns) * size, Math.floor(index / columns) * size, size, size, 0, 0, px, px);
  };
  picture.src = src;
  return canvas;
}
