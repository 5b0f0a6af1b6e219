// Maps of encoded pictures, one a model, in step. value {plotly, models: [name], colour,
// panels: [{title, colour, model, x, y, own: {x, y}, plane} or {title, colour, said}],
// own: [{label, src}], labels: {name: base64 bits}}; `plane`, of codes of two numbers, is
// {x: [from, to], y: [from, to], density: [[0 to 255]]}: any point on it decodes.
// prop colour: the attribute that colours the points from now on, or `classes` for all labels.
// A visitor's own picture i has index -1 - i.
Latent.map = function ({ element, props, trigger, watch, server, what, empty, classes }) {
  const { h } = Latent;
  const root = element.querySelector(".map");
  const PALETTE = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"];
  const TOUCH = matchMedia("(pointer: coarse)").matches;  // a swipe scrolls the page
  const NEARNESS = Latent.say("A map by UMAP: pictures that lie near each other have similar codes; how far apart groups lie, and the axes, mean nothing.");
  const STEPS = 40;  // of an arrow key, across a plane
  const GL_CHARTS = 6;  // a browser keeps 16 WebGL contexts, and a chart takes two
  const pictures = new Map();  // what hovering has fetched, by point
  // `selected` is a picture's index, or {at, z}: a point of the plane in panel `at`
  let charts = [], whole = [], zooming = false, legend, hover, selected = null, asked = null;

  async function draw() {
    const value = props.value;
    root.replaceChildren();
    [charts, whole] = [[], []];
    pictures.clear();
    if (!value?.panels?.length) {
      root.append(h("p", { class: "empty" }, empty));
      return;
    }
    hover = h("div", { class: "hover", "aria-hidden": "true", hidden: true });
    charts = value.panels.map((panel, at) => panel.said ? null : h("div", { class: panel.plane ? "chart plane" : "chart",
      tabindex: 0, role: "application", onkeydown: (event) => (panel.plane ? step : walk)(event, at),
      "aria-label": panel.plane ? Latent.say("{what}, {model}: arrow keys walk over the plane", { what, model: panel.title })
        : Latent.say("{what}, {model}: arrow keys walk from picture to picture", { what, model: panel.title }) }));
    legend = h("p", { class: "note legend" });
    root.append(h("div", { class: "panels", style: `--models:${value.panels.length}` }, value.panels.map((panel, at) =>
      h("div", { class: "panel", role: "figure", "aria-label": `${what}, ${panel.title}` }, Latent.title(panel),
        charts[at] ?? Latent.reason(panel),
        panel.plane ? h("p", { class: "note" }, Latent.say("Two-dimensional codes: hover or drag to decode any point. Shaded: the density of the prior.")) : null))),
      legend, value.panels.some((panel) => panel.x && !panel.plane) ? h("p", { class: "note" }, NEARNESS) : "", hover);
    root.classList.toggle("many", value.panels.length > 2);
    await Latent.script(window.gradio_config.root + value.plotly);
    value.panels.forEach((panel, at) => charts[at] && plot(panel, at));
    explain();
  }

  function plot(panel, at) {
    const chart = charts[at];
    Plotly.newPlot(chart, traces(panel, at), layout(panel), { responsive: true, displaylogo: false, scrollZoom: true,
      modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]] });
    if (panel.plane) return explore(panel, at);
    whole[at] = { x: [...chart._fullLayout.xaxis.range], y: [...chart._fullLayout.yaxis.range] };
    chart.on("plotly_relayout", () => zoomWith(at));
    const index = ({ points: [point] }) => point.data.name === "own" ? -1 - point.pointIndex : point.pointIndex;
    chart.on("plotly_click", (event) => select(index(event)));
    chart.on("plotly_hover", (event) => show(index(event), event.event));
    chart.on("plotly_unhover", hide);
  }

  // Every map shows the part of its whole that map `at` shows of its own.
  function zoomWith(at) {
    if (zooming) return;
    zooming = true;
    const ranges = charts[at]._fullLayout;
    const part = (way) => ranges[`${way}axis`].range.map((edge) => (edge - whole[at][way][0]) / (whole[at][way][1] - whole[at][way][0]));
    const parts = { x: part("x"), y: part("y") };
    const moved = charts.map((chart, other) => whole[other] && other !== at && Plotly.relayout(chart, edges(other, (way) =>
      parts[way].map((share) => whole[other][way][0] + share * (whole[other][way][1] - whole[other][way][0])))));
    Promise.all(moved).finally(() => { zooming = false; });
  }

  const edges = (at, give) => ({ "xaxis.range": give("x"), "yaxis.range": give("y") });

  // Moves each map that does not show the chosen point until it does.
  function seek() {
    zooming = true;
    const moved = charts.map((chart, at) => {
      const ring = whole[at] && ringOf(props.value.panels[at], at);
      if (!ring?.x.length) return null;
      const range = (way) => chart._fullLayout[`${way}axis`].range, within = (way) => range(way)[0] <= ring[way][0] && ring[way][0] <= range(way)[1];
      if (within("x") && within("y")) return null;
      return Plotly.relayout(chart, edges(at, (way) => { const half = (range(way)[1] - range(way)[0]) / 2; return [ring[way][0] - half, ring[way][0] + half]; }));
    });
    Promise.all(moved).finally(() => { zooming = false; });
  }

  // A plane decodes wherever the pointer is, and keeps the point that is clicked.
  function explore(panel, at) {
    const chart = charts[at];
    const code = ({ clientX, clientY }) => {
      const { left, top } = chart.getBoundingClientRect(), { xaxis, yaxis } = chart._fullLayout;
      return [xaxis.p2d(clientX - left - xaxis._offset), yaxis.p2d(clientY - top - yaxis._offset)];
    };
    const outside = ({ target }) => target.closest(".modebar");
    let wanted = null, busy = false;
    async function look(event) {
      wanted = outside(event) ? null : event;
      asked = at;
      if (busy) return;
      busy = true;
      while (wanted) {
        const pointer = wanted;
        wanted = null;
        const seen = Latent.told(await server.decode_point({ model: panel.model, z: code(pointer) }));
        if (asked === at) reveal(seen, wanted ?? pointer);
      }
      busy = false;
    }
    chart.addEventListener("pointermove", look);
    chart.addEventListener("pointerdown", look);
    chart.addEventListener("pointerleave", () => { wanted = null; hide(); });
    chart.addEventListener("click", (event) => outside(event) || choose(at, code(event)));
  }

  // Where the chosen point is, nowhere if it is none of the panel's.
  function ringOf(panel, at) {
    if (selected?.z) return selected.at === at ? { x: [selected.z[0]], y: [selected.z[1]] } : { x: [], y: [] };
    if (selected === null) return { x: [], y: [] };
    const [from, index] = selected < 0 ? [panel.own, -1 - selected] : [panel, selected];
    return index < from.x.length ? { x: [from.x[index]], y: [from.y[index]] } : { x: [], y: [] };
  }

  function traces(panel, at) {
    const type = charts.length > GL_CHARTS ? "scatter" : "scattergl";
    const strong = Latent.isDark() ? "#fff" : "#111";
    const ring = ringOf(panel, at);
    const rest = { type, mode: "markers", hoverinfo: panel.plane ? "skip" : "none" };
    return [
      ...shade(panel),
      { ...rest, x: panel.x, y: panel.y, name: "encoded", marker: { size: 5, opacity: 0.75, color: paints(panel) } },
      { ...rest, x: panel.own.x, y: panel.own.y, name: "own",
        marker: { size: 13, symbol: "star", color: strong, line: { width: 1, color: panel.colour } } },
      { ...rest, ...ring, hoverinfo: "skip", name: "chosen", marker: { size: 18, symbol: "circle-open", color: strong, line: { width: 3 } } },
    ];
  }

  // The prior's density behind the points of a plane.
  function shade({ plane }) {
    if (!plane) return [];
    const { x, y, density } = plane, cells = density.length;
    const along = ([from, to]) => ({ from: from + (to - from) / cells / 2, by: (to - from) / cells });
    const [across, up] = [along(x), along(y)], ink = Latent.isDark() ? "148,163,184" : "71,85,105";
    return [{ type: "heatmap", z: density, x0: across.from, dx: across.by, y0: up.from, dy: up.by, zsmooth: "best", showscale: false,
      hoverinfo: "skip", colorscale: [[0, `rgba(${ink},0)`], [1, `rgba(${ink},0.55)`]], name: "prior" }];
  }

  // The colour of every point, by its labels.
  function paints(panel) {
    const count = panel.x.length, labels = props.value.labels, quiet = Latent.isDark() ? "#64748b" : "#a8b3c4";
    if (colour() === classes) {
      const paint = new Array(count).fill(quiet);
      Object.values(labels).forEach((packed, label) => bits(packed, count).forEach((has, at) => {
        if (has) paint[at] = PALETTE[label % PALETTE.length];
      }));
      return paint;
    }
    const on = bits(labels[colour()], count);
    return on ? on.map((has) => (has ? panel.colour : quiet)) : panel.colour;
  }

  function layout(panel) {
    const axis = (range) => ({ visible: false, ...(range ? { range } : {}) });
    const same = panel.plane ? { scaleanchor: "x", constrain: "domain" } : {};
    return { margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, dragmode: panel.plane || TOUCH ? false : "pan",
      modebar: { bgcolor: "rgba(0,0,0,0)", color: "#94a3b8", activecolor: "#6366f1" }, hovermode: "closest",
      xaxis: axis(panel.plane?.x), yaxis: { ...axis(panel.plane?.y), ...same },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", uirevision: "kept" };
  }

  const colour = () => props.colour ?? props.value.colour;

  // The nearest picture that lies more in the arrow's direction than beside it.
  function walk(event, at) {
    const [right, up] = arrow(event);
    if (right === undefined) return;
    const { x, y } = props.value.panels[at], from = Number.isInteger(selected) ? Math.max(selected, 0) : 0;
    let [best, least] = [from, Infinity];
    for (let other = 0; other < x.length; other++) {
      const [dx, dy] = [x[other] - x[from], y[other] - y[from]], ahead = dx * right + dy * up;
      const far = dx * dx + dy * dy;
      if (ahead > 0 && 2 * ahead * ahead >= far && far < least) [best, least] = [other, far];
    }
    select(best);
  }

  // A step over the plane.
  function step(event, at) {
    const [right, up] = arrow(event), { x, y } = props.value.panels[at].plane;
    if (right === undefined) return;
    const [a, b] = selected?.at === at ? selected.z : [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    choose(at, [a + (right * (x[1] - x[0])) / STEPS, b + (up * (y[1] - y[0])) / STEPS]);
  }

  function arrow(event) {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
    if (way.length) event.preventDefault();
    return way;
  }

  function explain() {
    const name = colour(), called = (label) => Latent.say(label.replaceAll("_", " "));
    if (name === classes) {
      legend.replaceChildren(...Object.keys(props.value.labels).map((label, at) =>
        Latent.key(called(label), PALETTE[at % PALETTE.length])));
    } else legend.textContent = name ? Latent.say("Coloured: {name}. Grey: not {name}.", { name: called(name) }) : "";
  }

  const redraw = () => charts.forEach((chart, at) => chart?.data && Plotly.react(chart, traces(props.value.panels[at], at), layout(props.value.panels[at])));

  function select(index) {
    selected = index;
    redraw();
    seek();
    trigger("select", { index });
  }

  function choose(at, z) {
    selected = { at, z };
    redraw();
    trigger("select", { model: props.value.panels[at].model, z });
  }

  function reveal({ label, images }, { clientX, clientY }) {
    hover.replaceChildren(h("div", { class: "faces" }, images.map((src) => Latent.image(src, ""))), h("span", {}, label));
    hover.style.width = `${Math.min(images.length, 4) * 96 + 18}px`;
    hover.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = hover;
    const [left, top] = [clientX + 14 + width > innerWidth ? clientX - 14 - width : clientX + 14, clientY + 14 + height > innerHeight ? clientY - 14 - height : clientY + 14];
    Object.assign(hover.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
  }

  function hide() {
    hover.hidden = true;
    asked = null;
  }

  async function show(index, pointer) {
    asked = index;
    if (index < 0) {
      const { label, src } = props.value.own[-1 - index];
      pictures.set(index, { label, images: [src] });
    } else if (!pictures.has(index)) {
      await new Promise((resolve) => setTimeout(resolve, 30));  // a passing pointer asks nothing
      if (asked !== index) return;
      pictures.set(index, Latent.told(await server.preview_point({ index, models: props.value.models })));
    }
    if (asked === index) reveal(pictures.get(index), pointer);
  }

  // The labels of the first `count` points for one attribute, a bit each.
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
