// The steps of a refinement: a slider that goes back over them, and under it a small chart of each
// figure with a line for every model and the values at the step that is looked at.
// value {steps, chosen, models: [{title, colour}], figures: [{title, meaning, digits, mark, lines}],
//        traded: {said, rows: [{title, chosen, cells: [[error, sharpness] or null]}]} or null}
// Gives the node, and what shows another value; `choose` is asked for a step.
Latent.ladder = function (choose) {
  const { h } = Latent, [WIDE, HIGH] = [100, 34];
  let value;
  const slider = h("input", { type: "range", min: 0, step: 1, "aria-label": Latent.say("Step of the refinement"),
    oninput: () => { mark(); choose(value.steps[slider.value]); } });
  const said = h("output", {}), charts = h("div", { class: "gauges" }), traded = h("details", { class: "traded" });
  const root = h("div", { class: "ladder", role: "group", "aria-label": Latent.say("Steps of the refinement") },
    h("label", { class: "rail" }, h("span", {}, Latent.say("Step")), slider, said), charts, traded);
  const svg = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, each]) => node.setAttribute(name, each));
    return node;
  };

  function chart({ title, meaning, digits, mark, lines }) {
    const all = [...lines.flat(), mark], [low, high] = [Math.min(...all), Math.max(...all)];
    const last = value.steps.at(-1) || 1, x = (step) => (WIDE * step) / last;
    const y = (each) => HIGH - 2 - ((HIGH - 4) * (each - low)) / (high - low || 1);
    const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    drawing.append(svg("line", { class: "mark", x1: 0, x2: WIDE, y1: y(mark), y2: y(mark) }));
    lines.forEach((line, at) => drawing.append(svg("polyline", { stroke: value.models[at].colour,
      points: line.map((each, i) => `${x(value.steps[i])},${y(each)}`).join(" ") })));
    drawing.append(svg("line", { class: "now", y1: 0, y2: HIGH }));
    const values = lines.map((line, at) => line.length ? h("span", { class: "key", "data-at": at }) : null);
    const node = h("figure", { title: meaning }, h("figcaption", {}, title), drawing, h("div", { class: "values" }, values));
    return [node, (rung) => {
      for (const side of ["x1", "x2"]) drawing.lastChild.setAttribute(side, x(value.steps[rung]));
      values.forEach((each, at) => each?.replaceChildren(...Latent.key(Latent.fixed(lines[at][rung], digits), value.models[at].colour).childNodes));
    }];
  }

  const table = ({ said, rows }) => [h("summary", {}, said), h("table", {},
    h("thead", {}, h("tr", {}, h("td"), value.models.map(({ title, colour }) => h("th", { scope: "col" }, Latent.key(title, colour))))),
    h("tbody", {}, rows.map(({ title, chosen, cells }) => h("tr", { class: chosen ? "chosen" : null }, h("th", { scope: "row" }, title),
      cells.map((cell) => h("td", {}, cell?.join(" · ") ?? "–"))))))];

  let marks = [];
  function mark() {
    const rung = Number(slider.value);
    said.textContent = value.steps[rung];
    slider.setAttribute("aria-valuetext", Latent.say("step {step} of {done}", { step: value.steps[rung], done: value.steps.at(-1) }));
    marks.forEach((each) => each(rung));
  }

  return [root, (now, held) => {
    root.hidden = !now || now.steps.length < 2;
    if (root.hidden) return;
    value = now;
    slider.max = now.steps.length - 1;
    if (!held) slider.value = now.steps.indexOf(now.chosen);
    const drawn = now.figures.map(chart);
    charts.replaceChildren(...drawn.map(([node]) => node));
    marks = drawn.map(([, each]) => each);
    traded.hidden = !now.traded;
    if (now.traded) traded.replaceChildren(...table(now.traded));
    mark();
  }];
};
