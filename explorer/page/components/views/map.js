// Maps of encoded pictures, one a model, in step. value {d3, shows, models: [name], colour, own: [{id, label,
// src}], labels: {name: base64 bits}, panels: [{title, colour, model, points, own: {x, y}, plane} or
// {title, colour, said}]}; `points` are float32 in base64, all x, then all y; `plane`, of codes of two
// numbers, is {x: [from, to], y: [from, to], density: [[0 to 255]]}: any point on it decodes.
// prop colour: the attribute that colours the points from now on, or `classes` for all labels.
// A visitor's own picture i has index -1 - i. Charts tell of the pointer by the events of Latent.scatter.
Latent.map = function ({ element, props, trigger, watch, server, what, empty, classes }) {
  const { h } = Latent;
  const root = element.querySelector(".map");
  const PALETTE = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"];
  const TOUCH = matchMedia("(pointer: coarse)").matches;  // a swipe scrolls the page
  const NEARNESS = Latent.say("A map by UMAP: pictures that lie near each other have similar codes; how far apart groups lie, and the axes, mean nothing.");
  const STEPS = 40, NEAR_PX = 12, MARGIN = 0.04;  // of an arrow key, across a plane; of an own picture; of a map
  const pictures = new Map();  // what hovering has fetched, by point
  // `selected` is a picture's index, or {at, z}: a point of the plane in panel `at`
  let charts = [], plots = [], legend, hover, away, selected = null, asked = null;

  async function draw() {
    const value = props.value;
    root.replaceChildren();
    [charts, plots] = [[], []];
    pictures.clear();
    if (!value?.panels?.length) {
      root.append(h("p", { class: "empty" }, empty));
      return;
    }
    hover = h("div", { class: "hover", "aria-hidden": "true", hidden: true });
    away = h("button", { type: "button", class: "chip", hidden: true, onclick: remove });
    charts = value.panels.map(chartOf);
    legend = h("p", { class: "note legend" });
    root.append(h("div", { class: "panels", style: `--models:${value.panels.length}` }, value.panels.map((panel, at) =>
      h("div", { class: "panel", role: "figure", "aria-label": `${what}, ${panel.title}` }, Latent.title(panel),
        charts[at] ? h("div", { class: "framed" }, charts[at], tools(at)) : Latent.reason(panel),
        panel.plane ? h("p", { class: "note" }, Latent.say("Two-dimensional codes: hover or drag to decode any point. Shaded: the density of the prior.")) : null))),
      away, legend, value.panels.some((panel) => panel.points && !panel.plane) ? h("p", { class: "note" }, NEARNESS) : "", hover);
    root.classList.toggle("many", value.panels.length > 2);
    await Latent.script(window.gradio_config.root + value.d3);
    if (props.value === value) value.panels.forEach((panel, at) => charts[at] && plot(panel, at));
    explain();
  }

  function chartOf(panel) {
    if (panel.said) return null;
    return h("div", { class: panel.plane ? "chart plane" : "chart", tabindex: 0, role: "application",
      "aria-label": panel.plane ? Latent.say("{what}, {model}: arrow keys walk over the plane", { what, model: panel.title })
        : Latent.say("{what}, {model}: arrow keys walk from picture to picture", { what, model: panel.title }) });
  }

  // What the keys + - 0 do, too.
  function tools(at) {
    const tool = (sign, title, act) => h("button", { type: "button", class: "chip", tabindex: -1, title, "aria-label": title, onclick: act }, sign);
    return h("div", { class: "zoom" }, tool("+", Latent.say("Zoom in"), () => plots[at]?.by(1)), tool("−", Latent.say("Zoom out"), () => plots[at]?.by(-1)),
      tool("⤢", Latent.say("Show all"), () => plots[at]?.whole()), tool("↓", Latent.say("Download PNG"), () => plots[at]?.canvas.toBlob(save)));
  }

  function save(picture) {
    const href = URL.createObjectURL(picture);
    h("a", { href, download: "latent_map.png" }).click();
    URL.revokeObjectURL(href);
  }

  function plot(panel, at) {
    const chart = charts[at], points = unpacked(panel.points), paint = painter(points.x.length, panel);
    const still = Boolean(panel.plane), box = panel.plane ?? around(points);
    const look = () => ({ ...paint(), under: shade(panel), marks: marks(panel, at) });
    const moved = (view) => plots.forEach((other, index) => other && index !== at && !props.value.panels[index].plane && !still && other.show(view));
    plots[at] = Object.assign(Latent.scatter(chart, { points, box, still, swipes: TOUCH, look, moved }), { points, own: panel.own });
    chart.plot = plots[at];
    chart.addEventListener("keydown", (event) => press(event, at));
    const index = (spot) => still ? null : near(at, spot);
    chart.addEventListener("spot", ({ detail }) => index(detail) === null ? decode(panel, at, detail) : show(index(detail), detail.pointer));
    chart.addEventListener("pick", ({ detail }) => index(detail) === null ? choose(at, [detail.x, detail.y]) : select(index(detail)));
    chart.addEventListener("away", hide);
  }

  function unpacked(packed) {
    const both = new Float32Array(bytes(packed).buffer), count = both.length / 2;
    return { x: both.subarray(0, count), y: both.subarray(count) };
  }

  // The box of all points, with a margin.
  function around({ x, y }) {
    const along = (values) => {
      const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
      const margin = MARGIN * (most - least) || 1;
      return [least - margin, most + margin];
    };
    return { x: along(x), y: along(y) };
  }

  // The picture at the pointer, one of the visitor's own first; null without one.
  function near(at, { index, pointer }) {
    const [px, py] = d3.pointer(pointer, charts[at]), { own } = plots[at];
    const mine = own.x.findIndex((x, i) => { const [ox, oy] = plots[at].at(x, own.y[i]); return Math.hypot(ox - px, oy - py) < NEAR_PX; });
    return mine >= 0 ? -1 - mine : index < 0 ? null : index;
  }

  let wanted = null, busy = false;
  async function decode(panel, at, spot) {
    const mine = `spot of ${at}`;
    [wanted, asked] = [spot, mine];
    if (busy) return;
    busy = true;
    while (wanted) {
      const { x, y, pointer } = wanted;
      wanted = null;
      const seen = await decoded(panel, at, x, y);
      if (asked === mine) seen ? reveal(seen, wanted?.pointer ?? pointer) : hide();
    }
    busy = false;
  }

  // What a spot decodes to, in the browser once it has the models. The server knows planes alone.
  async function decoded({ model, plane }, at, x, y) {
    if (!plane) return Latent.spots.among(props.value.models, Latent.spots.around(plots[at].points, x, y));
    return await Latent.spots.point(model, [x, y]) ?? Latent.told(await server.decode_point({ model, z: [x, y] }));
  }

  // Where the chosen point is, null if it is none of the panel's.
  function chosen(panel, at) {
    if (selected === null || selected.z) return selected?.at === at ? selected.z : null;
    const { x, y } = selected < 0 ? panel.own : plots[at].points, index = selected < 0 ? -1 - selected : selected;
    return index < x.length ? [x[index], y[index]] : null;
  }

  const strong = () => Latent.isDark() ? "#ffffff" : "#111111";

  // The visitor's own pictures as stars, and a ring around what is chosen.
  function marks(panel, at) {
    const found = plots[at] ? chosen(panel, at) : null;
    const stars = panel.own.x.map((x, i) => ({ x, y: panel.own.y[i], draw: (context) => star(context, panel.colour) }));
    return found ? [...stars, { x: found[0], y: found[1], draw: ring }] : stars;
  }

  function star(context, edge) {
    context.beginPath();
    for (let tip = 0; tip < 10; tip++) {
      const far = tip % 2 ? 3.6 : 8.5, turn = (tip * Math.PI) / 5;
      context.lineTo(far * Math.sin(turn), -far * Math.cos(turn));
    }
    context.closePath();
    Object.assign(context, { fillStyle: strong(), strokeStyle: edge, lineWidth: 1 });
    context.fill();
    context.stroke();
  }

  function ring(context) {
    context.beginPath();
    context.arc(0, 0, 9, 0, 2 * Math.PI);
    Object.assign(context, { strokeStyle: strong(), lineWidth: 3 });
    context.stroke();
  }

  // The prior's density behind the points of a plane.
  function shade({ plane }) {
    if (!plane) return null;
    const { density } = plane, cells = density.length, picture = new ImageData(cells, cells), ink = Latent.isDark() ? [148, 163, 184] : [71, 85, 105];
    density.forEach((row, up) => row.forEach((level, right) => picture.data.set([...ink, 0.55 * level], 4 * ((cells - 1 - up) * cells + right))));
    const drawn = new OffscreenCanvas(cells, cells);
    drawn.getContext("2d").putImageData(picture, 0, 0);
    return drawn;
  }

  // What colours the points have, by their labels: found anew when another attribute is chosen.
  function painter(count, panel) {
    let name, which, some;
    return () => {
      if (name !== colour()) [name, [which, some]] = [colour(), kinds(count)];
      const quiet = Latent.isDark() ? "#64748b" : "#a8b3c4";
      return { which, inks: some ? [quiet, ...(name === classes ? PALETTE : [panel.colour])] : [panel.colour] };
    };
  }

  function kinds(count) {
    const which = new Uint8Array(count), { labels } = props.value;
    const packed = colour() === classes ? Object.values(labels) : labels[colour()] ? [labels[colour()]] : [];
    packed.forEach((each, label) => {
      const bits = bytes(each), known = Math.min(count, 8 * bits.length);
      for (let i = 0; i < known; i++) if (bits[i >> 3] & (128 >> (i & 7))) which[i] = 1 + (label % PALETTE.length);
    });
    return [which, packed.length > 0];
  }

  const colour = () => props.colour ?? props.value.colour;

  function press(event, at) {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const act = { "+": () => plots[at].by(1), "-": () => plots[at].by(-1), 0: () => plots[at].whole(), Delete: remove }[event.key];
    if (!way && !act) return;
    event.preventDefault();
    if (act) act();
    else (props.value.panels[at].plane ? step : walk)(way, at);
  }

  // The nearest picture that lies more in the arrow's direction than beside it.
  function walk([right, up], at) {
    const { x, y } = plots[at].points, from = Number.isInteger(selected) ? Math.max(selected, 0) : 0;
    let [best, least] = [from, Infinity];
    for (let other = 0; other < x.length; other++) {
      const [dx, dy] = [x[other] - x[from], y[other] - y[from]], ahead = dx * right + dy * up;
      const far = dx * dx + dy * dy;
      if (ahead > 0 && 2 * ahead * ahead >= far && far < least) [best, least] = [other, far];
    }
    select(best);
  }

  // A step over the plane.
  function step([right, up], at) {
    const { x, y } = props.value.panels[at].plane, [a, b] = selected?.at === at ? selected.z : [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    choose(at, [a + (right * (x[1] - x[0])) / STEPS, b + (up * (y[1] - y[0])) / STEPS]);
  }

  function explain() {
    const name = colour();
    if (name === classes) {
      legend.replaceChildren(...Object.keys(props.value.labels).map((label, at) =>
        Latent.key(called(label), PALETTE[at % PALETTE.length])));
    } else legend.textContent = name ? Latent.say("Coloured: {name}. Grey: not {name}.", { name: called(name) }) : "";
  }

  function redraw() {
    const mine = Number.isInteger(selected) && selected < 0 ? props.value.own[-1 - selected] : null;
    away.hidden = !mine;
    away.textContent = mine ? Latent.say("Remove {label} from the map", { label: mine.label }) : "";
    plots.forEach((each) => each?.draw());
  }

  function select(index) {
    selected = index;
    redraw();
    plots.forEach((each, at) => {  // each map moves until it shows the chosen point
      const found = chosen(props.value.panels[at], at);
      if (found && !each.shows(...found)) each.centre(...found);
    });
    trigger("select", { index });
  }

  function choose(at, z) {
    selected = { at, z };
    redraw();
    const { model, plane } = props.value.panels[at];
    trigger("select", plane ? { model, z } : Latent.spots.around(plots[at].points, ...z));
  }

  // The chosen picture, if it is one of the visitor's own, off the maps.
  function remove() {
    if (!away.hidden) trigger("remove", { id: props.value.own[-1 - selected].id });
  }

  function reveal({ label, images, notes = [] }, { clientX, clientY }) {
    hover.replaceChildren(h("div", { class: "faces" }, images.map((src, at) => h("div", {}, Latent.image(src, ""), notes[at] ?? ""))), h("span", {}, label));
    hover.style.width = `${Math.min(images.length, 4) * 96 + 18}px`;
    hover.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = hover;
    const [left, top] = [clientX + 14 + width > innerWidth ? clientX - 14 - width : clientX + 14, clientY + 14 + height > innerHeight ? clientY - 14 - height : clientY + 14];
    Object.assign(hover.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
  }

  function hide() {
    hover.hidden = true;
    asked = wanted = null;
  }

  async function show(index, pointer) {
    if (index === null) return hide();
    asked = index;
    if (index < 0) pictures.set(index, { label: props.value.own[-1 - index].label, images: [props.value.own[-1 - index].src] });
    else if (!pictures.has(index)) {
      await new Promise((resolve) => setTimeout(resolve, 30));  // a passing pointer asks nothing
      if (asked !== index) return;
      const { models } = props.value, images = await Latent.spots.pictures(models, index);
      pictures.set(index, images ? { label: labelOf(index), images } : Latent.told(await server.preview_point({ index, models })));
    }
    if (asked === index) reveal(pictures.get(index), pointer);
  }

  function labelOf(index) {
    const has = Object.entries(props.value.labels).filter(([, packed]) => bytes(packed)[index >> 3] & (128 >> (index & 7)));
    const picture = Latent.say("{shows} {index}", { shows: props.value.shows, index: String(index) });
    return Latent.say("{picture}: {names}", { picture, names: has.map(([name]) => called(name)) });
  }

  const called = (label) => Latent.say(label.replaceAll("_", " "));

  function bytes(packed) {
    const text = atob(packed), found = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) found[at] = text.charCodeAt(at);
    return found;
  }

  draw();
  watch("value", () => { selected = null; draw(); });
  watch("colour", () => { redraw(); explain(); });
  Latent.onTheme(redraw);
};
