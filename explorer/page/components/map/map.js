// Maps of encoded pictures, one a model, in step. value {d3, shows, note, models: [name], look, own: [{id, label,
// src}], labels: {name: base64 bits} of the first `labelled` rows, groups, panels: [{title, colour, model, points, own: {x, y}, late: why
// these come later, plane, regions: [{x, y, names}]} or {title, colour, model, said, seconds}]}; `points` are float32 in base64, all x, then all y; `plane`,
// of codes of two numbers, is {x: [from, to], y: [from, to], density: [[0 to 255]]}: any point on it decodes.
// Props from now on: look {colour: an attribute or `classes` for all labels, rows: base64 bits of those that are
// shown, "" for all, pictures, regions, near}; groups {names: [[name, count]], chosen, rows: base64 bits}.
// A visitor's own picture i has index -1 - i. Charts tell of the pointer by the events of Latent.scatter.
Latent.map = function ({ element, props, trigger, watch, server, what, empty }) {
  const { h, maps } = Latent;
  const root = element.querySelector(".map");
  const STEPS = 40, NEAR_PX = 12, MARGIN = 0.04;  // of an arrow key, across a plane; of an own picture; of a map
  const hover = maps.hover({ props, server }), seen = maps.seen(), wait = maps.waiting({ root, props, server, trigger });
  // `selected` is a picture's index, or {at, z}: a point of the plane in panel `at`
  let charts = [], plots = [], legend, away, said, reached, chips, selected = null, neighbours = null;

  let later = {};  // props that are newer than the value
  const look = () => later.look ?? props.value.look;
  const groups = () => later.groups ?? props.value.groups;
  const state = () => ({ look: look(), lit: groups().rows });

  async function draw() {
    const value = props.value;
    root.replaceChildren();
    root.classList.toggle("uncoded", value?.models?.length === 0);
    root.classList.toggle("unmapped", Boolean(value?.panels?.every((panel) => panel.said && !panel.seconds)));
    root.classList.toggle("unlabelled", !Object.keys(value?.labels ?? {}).length);
    root.classList.toggle("own", Boolean(value?.own?.length));
    seen.note(plots);
    [charts, plots] = [[], []];
    hover.clear();
    if (!value?.panels?.length) {
      root.append(h("p", { class: "empty" }, empty));
      return;
    }
    away = h("button", { type: "button", class: "chip", hidden: true, onclick: remove, "aria-keyshortcuts": "Delete" });
    charts = value.panels.map(chartOf);
    legend = h("p", { class: "note legend" });
    said = h("p", { class: "note", role: "status" });
    reached = h("p", { class: "unseen", role: "status" });
    const chosen = h("div", { class: "groups", role: "group", "aria-label": Latent.say("Groups") });
    chips = maps.groups({ root: chosen, server, key: () => props.value.key, act: (act, name, to = "") => trigger("group", { act, name, to }),
      teach: (name) => trigger("teach", { name }) });
    root.append(h("div", { class: "panels", style: `--models:${value.panels.length}` }, value.panels.map((panel, at) =>
      h("div", { class: "panel", role: "figure", "aria-label": `${what}, ${panel.title}` }, Latent.title(panel),
        charts[at] ? [tools(at), charts[at]] : Latent.reason(panel),
        panel.plane ? h("p", { class: "note" }, Latent.say("Two-dimensional codes: any point of the plane decodes. Shaded: the density of the prior.")) : null,
        panel.late ? h("p", { class: "note" }, Latent.say("Your pictures: {why}", { why: panel.late })) : null))),
      away, said, reached, chosen, legend, value.panels.some((panel) => panel.points && !panel.plane) ? h("p", { class: "note" }, value.note) : "", hover.card);
    root.classList.toggle("many", value.panels.length > 2);
    wait(value);
    await Latent.script(window.gradio_config.root + value.d3);
    if (props.value !== value) return;
    value.panels.forEach((panel, at) => charts[at] && plot(panel, at));
    tell(plots.filter((each) => each?.moved).map((each) => maps.between.told(each, value.panels)).join(" "));
    explain();
    chips(groups());
    redraw();
    connect();
  }

  function chartOf(panel) {
    if (panel.said) return null;
    return h("div", { class: panel.plane ? "chart plane" : "chart", tabindex: 0, role: "application",
      "aria-label": panel.plane ? Latent.say("{what}, {model}: arrow keys walk over the plane", { what, model: panel.title })
        : Latent.say("{what}, {model}: arrow keys walk from picture to picture, P to your own ones, L draws a lasso", { what, model: panel.title }) });
  }

  function tools(at) {
    const tool = (sign, title, act, more = {}) => h("button", { type: "button", class: "chip", title, "aria-label": title, onclick: act, ...more }, sign);
    const by = (key) => ({ tabindex: -1, "aria-keyshortcuts": key });  // which the chart takes
    const other = following(at), { plane } = props.value.panels[at];
    return h("div", { class: "zoom" }, plane ? null : tool(Latent.say("Lasso"), Latent.say("Lasso: draw around points to group them"), () => lasso(at), by("L")),
      other === null ? null : tool("▶", Latent.say("Move the points to where {model} has them, and back", { model: props.value.panels[other].title }), () => play(at, other)),
      tool("+", Latent.say("Zoom in"), () => plots[at]?.by(1), by("Plus")), tool("−", Latent.say("Zoom out"), () => plots[at]?.by(-1), by("-")),
      tool("⤢", Latent.say("Show all"), () => plots[at]?.whole(), by("0")), tool("PNG", Latent.say("Download PNG"), () => plots[at] && maps.save.png(plots[at], legend)),
      tool("SVG", Latent.say("Download SVG"), () => plots[at] && maps.save.svg(plots[at], legend)));
  }

  // The next panel with another map of the same pictures; null without one.
  function following(at) {
    const { panels } = props.value, others = panels.map((_, step) => (at + step) % panels.length).slice(1);
    return panels[at].plane ? null : others.find((other) => panels[other].points && !panels[other].plane) ?? null;
  }

  function plot(panel, at) {
    const chart = charts[at], laid = unpacked(panel.points), colours = maps.painter(laid.x.length, panel, props.value, state);
    const still = Boolean(panel.plane), shown = (index) => colours().shown(index);
    const drawn = () => ({ ...colours(), dots: still || !look().pictures, under: maps.marks.shade(panel), marks: marks(panel, at) });
    const moved = (view) => plots.forEach((other, index) => other && index !== at && !props.value.panels[index].plane && !still && other.show(view));
    const grabs = (event) => plots[at].lasso.grabs(event);
    const { view: first, moved: film } = seen.of(panel, props.value.panels);
    const made = Latent.scatter(chart, { points: laid, box: panel.plane ?? around(laid), still, swipes: Latent.touch, look: drawn, moved, grabs, first });
    const pictures = maps.thumbs(made, { model: panel.model, server, shown, changed: () => made.draw() });
    const done = (rows) => {
      tell(rows.length ? "" : Latent.say("The lasso holds no point: draw it around some."));
      if (rows.length) trigger("lasso", { rows: maps.packed(rows, laid.x.length) });
    };
    plots[at] = Object.assign(made, { panel, laid, stars: () => props.value.panels[at].own, colours, pictures, moved: film });
    if (film) made.use(film);
    plots[at].lasso = maps.lasso(chart, made, { shown, done, changed: () => outlined(at) });
    chart.plot = plots[at];
    chart.addEventListener("keydown", (event) => press(event, at));
    const index = (spot) => still ? null : near(at, spot);
    chart.addEventListener("spot", ({ detail }) => index(detail) === null ? hover.spot(panel, at, made.points(), detail) : hover.point(index(detail), detail.pointer));
    chart.addEventListener("pick", ({ detail }) => index(detail) === null ? choose(at, [detail.x, detail.y]) : select(index(detail)));
    chart.addEventListener("away", hover.hide);
  }

  function unpacked(packed) {
    const both = new Float32Array(maps.bytes(packed).buffer), count = both.length / 2;
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
    const [px, py] = d3.pointer(pointer, charts[at]), own = plots[at].stars();
    const mine = own.x.findIndex((x, i) => { const [ox, oy] = plots[at].at(x, own.y[i]); return Math.hypot(ox - px, oy - py) < NEAR_PX; });
    return mine >= 0 ? -1 - mine : index < 0 ? null : index;
  }

  // Where a picture is on a map, null if it is not there.
  function spotOf(index, at) {
    const { x, y } = index < 0 ? plots[at].stars() : plots[at].points(), i = index < 0 ? -1 - index : index;
    return i < x.length ? [x[i], y[i]] : null;
  }

  // Where the chosen point is, null if it is none of the panel's.
  const chosen = (at) => selected === null || selected.z ? (selected?.at === at ? selected.z : null) : spotOf(selected, at);

  function marks(panel, at) {
    if (!plots[at]) return [];
    const found = chosen(at), outline = plots[at].lasso.outline(), { inks, which } = plots[at].colours();
    const ends = (found && neighbours?.of === selected && neighbours.rows[panel.model] || []).map((row) => spotOf(row, at)).filter(Boolean);
    return [
      ...(look().pictures && !panel.plane ? plots[at].pictures.marks((row) => inks[which[row]]) : []),
      ...panel.own.x.map((x, i) => maps.marks.star(x, panel.own.y[i], panel.colour)),
      ...(ends.length ? [maps.marks.lines(...found, ends)] : []),
      ...(found ? [maps.marks.ring(...found)] : []),
      ...(look().regions && !plots[at].moved ? panel.regions.map(maps.marks.words) : []),
      ...(outline?.length > 1 ? [maps.marks.outline(outline)] : []),
    ];
  }

  function press(event, at) {
    if (Latent.withModifier(event)) return;
    const { lasso: circle } = plots[at], { plane } = props.value.panels[at], [width, height] = plots[at].size(), found = chosen(at);
    if (!plane && circle.press(event, found ? plots[at].at(...found) : [width / 2, height / 2])) return event.preventDefault();
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const act = { "+": () => plots[at].by(1), "-": () => plots[at].by(-1), 0: () => plots[at].whole(), p: () => own(at), P: () => own(at), Delete: remove }[event.key];
    if (!way && !act) return;
    event.preventDefault();
    if (act) act();
    else (plane ? step : walk)(way, at);
  }

  // The nearest picture that lies more in the arrow's direction than beside it.
  function walk([right, up], at) {
    const { x, y } = plots[at].points(), stars = plots[at].stars(), { shown } = plots[at].colours();
    const from = Number.isInteger(selected) && spotOf(selected, at) ? selected : 0, [a, b] = spotOf(from, at);
    let [best, least] = [from, Infinity];
    const consider = (other, dx, dy) => {
      const ahead = dx * right + dy * up, far = dx * dx + dy * dy;
      if (ahead > 0 && 2 * ahead * ahead >= far && far < least) [best, least] = [other, far];
    };
    for (let i = 0; i < x.length; i++) if (shown(i)) consider(i, x[i] - a, y[i] - b);
    stars.x.forEach((across, i) => consider(-1 - i, across - a, stars.y[i] - b));
    reach(best);
  }

  // The visitor's own pictures, in turn.
  function own(at) {
    const { length } = plots[at].stars().x;
    if (length) reach(Number.isInteger(selected) && selected < 0 && -selected < length ? selected - 1 : -1);
    else tell(Latent.say("No picture of yours is here: put some on the shelf or on the map."));
  }

  // Chosen by keyboard, a picture or a point is told of.
  function reach(index) {
    select(index);
    reached.textContent = hover.called(index);
  }

  // A step over the plane.
  function step([right, up], at) {
    const { x, y } = props.value.panels[at].plane, [a, b] = selected?.at === at ? selected.z : [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    const z = [a + (right * (x[1] - x[0])) / STEPS, b + (up * (y[1] - y[0])) / STEPS], [across, high] = z.map((each) => Latent.fixed(each, 2));
    choose(at, z);
    reached.textContent = Latent.say("Point ({x}, {y})", { x: across, y: high });
  }

  function lasso(at) {
    plots[at].lasso.turn(!plots[at].lasso.on);
    charts[at].focus();
    tell(!plots[at].lasso.on ? "" : Latent.touch ? Latent.say("Draw around points: they become a group.")
      : Latent.say("Draw around points, or press L for a circle that the arrow keys move: its points become a group."));
  }

  function outlined(at) {
    const held = plots[at].lasso?.held();
    if (held !== null && held !== undefined) tell(Latent.say("{count} pictures are in the circle: arrow keys move it, + and − size it, Enter groups them.", { count: String(held) }));
    plots[at].draw();
  }

  // From this map to another one, or back.
  async function play(at, other) {
    const each = plots[at], back = each.moved;
    each.moved = back ? null : { ...maps.between.fitted(each.laid, plots[other].laid), to: props.value.panels[other].model };
    tell(back ? "" : maps.between.told(each, props.value.panels));
    await maps.between.go(each, each.points(), each.moved ?? each.laid);
  }

  function explain() {
    const { colour, rows } = look(), { labels } = props.value, each = plots.find(Boolean)?.colours();
    const shown = each && rows ? each.which.reduce((sum, ink) => sum + (ink !== maps.HIDDEN), 0) : null;
    if (colour === "*" && each) {
      legend.replaceChildren(...Object.keys(labels).map((label, at) => Latent.key(maps.called(label), maps.PALETTE[at % maps.PALETTE.length])));
    } else legend.textContent = colour && each ? Latent.say("Coloured: {name}. Grey: not {name}.", { name: maps.called(colour) }) : "";
    if (each?.unknown) legend.append(" ", Latent.say("Faint: not known."));
    if (shown !== null) legend.append(" ", h("span", {}, Latent.say("{count} of {all} are shown.", { count: String(shown), all: String(each.which.length) })));
  }

  function tell(words) { said.textContent = words; }

  function redraw() {
    const mine = Number.isInteger(selected) && selected < 0 ? props.value.own[-1 - selected] : null;
    away.hidden = !mine;
    away.textContent = mine ? Latent.say("Remove {label} from the map", { label: mine.label }) : "";
    plots.forEach((each) => each?.draw());
  }

  // The pictures whose codes are nearest to a chosen one's, in each model.
  async function connect() {
    const of = selected, { models, key } = props.value;
    if (!look().near || !Number.isInteger(of) || neighbours?.of === of) return;
    const told = await server.neighbours({ key, index: of, models }).then(Latent.told).catch(() => null);
    if (!told || selected !== of) return;
    neighbours = { of, rows: told.rows };
    redraw();
  }

  function select(index) {
    selected = index;
    redraw();
    connect();
    plots.forEach((each, at) => {  // each map moves until it shows the chosen point
      const found = each && chosen(at);
      if (found && !each.shows(...found)) each.centre(...found);
    });
    trigger("select", { index });
  }

  function choose(at, z) {
    selected = { at, z };
    redraw();
    const { model, plane } = props.value.panels[at];
    trigger("select", plane ? { model, z } : Latent.spots.around(plots[at].points(), ...z));
  }

  // The chosen picture, if it is one of the visitor's own, off the maps.
  function remove() {
    if (!away.hidden) trigger("remove", { id: props.value.own[-1 - selected].id });
  }

  draw();
  let last = props.value;
  watch("value", () => {
    [selected, neighbours, last] = [maps.kept(selected, last, props.value), null, props.value];
    later = Object.fromEntries(Object.entries(later).filter(([, each]) => Latent.older(props.value, each)));
    const at = charts.findIndex((chart) => chart?.contains(document.activeElement)), held = at >= 0 || away === document.activeElement;
    draw();
    if (held) charts[Math.max(at, 0)]?.focus({ preventScroll: true });
  });
  watch("look", () => {
    later.look = props.look;
    if (!plots.length) return;
    neighbours = look().near ? neighbours : null;
    redraw();
    explain();
    connect();
  });
  watch("groups", () => {
    later.groups = props.groups;
    if (!plots.length) return;
    redraw();
    Latent.keepFocus(element, () => chips(groups()));
  });
  Latent.onTheme(() => plots.length && redraw());
};
