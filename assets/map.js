// Maps of encoded faces, one a model, in step. value {plotly, models: [name], colour,
// panels: [{title, colour, x, y, own: {x, y}}], own: [{label, src}], labels: {name: base64 bits}};
// prop colour: the attribute that colours the points from now on. A visitor's own picture i has index -1 - i.
Latent.map = function ({ element, props, trigger, watch, server, what, empty }) {
  const { h } = Latent;
  const root = element.querySelector(".map");
  const faces = new Map();  // what hovering has fetched, by point
  let charts = [], legend, selected = null, asked = null;

  async function draw() {
    const value = props.value;
    root.replaceChildren();
    charts = [];
    faces.clear();
    if (!value?.panels?.length) {
      root.append(h("p", { class: "empty" }, empty));
      return;
    }
    const hover = h("div", { class: "hover", "aria-hidden": "true", hidden: true });
    charts = value.panels.map(({ title }, at) => h("div", { class: "chart", tabindex: 0, role: "application",
      "aria-label": `${what}, ${title}: arrow keys walk from face to face`, onkeydown: (event) => walk(event, at) }));
    legend = h("p", { class: "note" });
    root.append(h("div", { class: "panels", style: `--models:${value.panels.length}` }, value.panels.map((panel, at) =>
      h("section", { class: "panel", role: "figure", "aria-label": `${what}, ${panel.title}` }, Latent.title(panel), charts[at]))), legend, hover);
    await Latent.script(window.gradio_config.root + value.plotly);
    value.panels.forEach((panel, at) => plot(panel, charts[at], hover));
    explain();
  }

  function plot(panel, chart, hover) {
    Plotly.newPlot(chart, traces(panel), layout(), { responsive: true, displaylogo: false, scrollZoom: true,
      modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]] });
    const index = ({ points: [point] }) => point.curveNumber === 1 ? -1 - point.pointIndex : point.pointIndex;
    chart.on("plotly_click", (event) => select(index(event)));
    chart.on("plotly_hover", (event) => show(index(event), hover, event.event));
    chart.on("plotly_unhover", () => { hover.hidden = true; asked = null; });
  }

  function traces(panel) {
    const on = bits(props.value.labels[colour()], panel.x.length);
    const quiet = Latent.isDark() ? "#64748b" : "#a8b3c4";
    const ring = { x: [], y: [] };
    if (selected !== null) {
      const [from, at] = selected < 0 ? [panel.own, -1 - selected] : [panel, selected];
      ring.x.push(from.x[at]);
      ring.y.push(from.y[at]);
    }
    return [
      { type: "scattergl", mode: "markers", x: panel.x, y: panel.y, hoverinfo: "none", name: "faces",
        marker: { size: 5, opacity: 0.75, color: on ? on.map((has) => (has ? panel.colour : quiet)) : panel.colour } },
      { type: "scattergl", mode: "markers", x: panel.own.x, y: panel.own.y, hoverinfo: "none", name: "my pictures",
        marker: { size: 13, symbol: "star", color: Latent.isDark() ? "#fff" : "#111", line: { width: 1, color: panel.colour } } },
      { type: "scattergl", mode: "markers", x: ring.x, y: ring.y, hoverinfo: "skip", name: "chosen",
        marker: { size: 18, symbol: "circle-open", color: Latent.isDark() ? "#fff" : "#111", line: { width: 3 } } },
    ];
  }

  function layout() {
    const axis = () => ({ visible: false });
    return { margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false,
      modebar: { bgcolor: "rgba(0,0,0,0)", color: "#94a3b8", activecolor: "#6366f1" }, hovermode: "closest", dragmode: "pan",
      xaxis: axis(), yaxis: axis(), paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", uirevision: "kept" };
  }

  const colour = () => props.colour ?? props.value.colour;

  // The nearest face that lies more in the arrow's direction than beside it.
  function walk(event, at) {
    const [right, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
    if (right === undefined) return;
    event.preventDefault();
    const { x, y } = props.value.panels[at], from = Math.max(selected ?? 0, 0);
    let [best, least] = [from, Infinity];
    for (let other = 0; other < x.length; other++) {
      const [dx, dy] = [x[other] - x[from], y[other] - y[from]], ahead = dx * right + dy * up;
      const far = dx * dx + dy * dy;
      if (ahead > 0 && 2 * ahead * ahead >= far && far < least) [best, least] = [other, far];
    }
    select(best);
  }

  function explain() {
    const name = colour().replaceAll("_", " ");
    legend.textContent = name ? `Coloured: ${name}. Grey: not.` : "";
  }

  const redraw = () => charts.forEach((chart, at) => chart.data && Plotly.react(chart, traces(props.value.panels[at]), layout()));

  function select(index) {
    selected = index;
    redraw();
    trigger("select", { index });
  }

  async function show(index, hover, { clientX, clientY }) {
    asked = index;
    Object.assign(hover.style, { left: `${clientX + 14}px`, top: `${clientY + 14}px` });
    if (index < 0) {
      const { label, src } = props.value.own[-1 - index];
      faces.set(index, { label, images: [src] });
    } else if (!faces.has(index)) {
      await new Promise((resolve) => setTimeout(resolve, 30));  // a passing pointer asks nothing
      if (asked !== index) return;
      faces.set(index, await server.preview_face({ index, models: props.value.models }));
    }
    if (asked !== index) return;
    const { label, images } = faces.get(index);
    hover.replaceChildren(h("div", { class: "faces" }, images.map((src) => Latent.image(src, ""))), h("span", {}, label));
    hover.hidden = false;
  }

  // The labels of all points for one attribute, a bit each.
  function bits(packed, count) {
    if (!packed) return null;
    const bytes = Uint8Array.from(atob(packed), (each) => each.charCodeAt(0));
    return Array.from({ length: count }, (_, at) => Boolean(bytes[at >> 3] & (128 >> (at & 7))));
  }

  draw();
  watch("value", () => { selected = null; draw(); });
  watch("colour", () => { redraw(); explain(); });
  Latent.onTheme(redraw);
};
