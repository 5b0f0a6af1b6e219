// Maps of encoded pictures: a point is decoded under the pointer, and kept by a click.
{
  const { h } = Latent, { page } = Latent;
  const REACH_PX = 24, MARGIN = 0.05;

  page.view("map", Latent.say("Map"), (root) => {
    const colour = h("select", { onchange: () => draw() });
    const panels = h("div", { class: "panels" }), faces = h("div", { class: "faces" });
    const said = h("p", { class: "note", role: "status" }, Latent.say("Move over a map, or use the arrow keys: its points are decoded."));
    const send = Latent.sendButtons(() => ({ grid: "map" }), page.send);
    send.hidden = true;  // until there is something to send
    root.append(h("div", { class: "controls" }, h("label", {}, Latent.say("Colour by"), colour)),
      h("div", { class: "latent maps" }, panels, h("section", { class: "outcome" }, said, faces, send)),
      h("p", { class: "note" }, Latent.say("A map by UMAP: pictures that lie near each other have similar codes; how far apart groups lie, and the axes, mean nothing.")));
    let charts = [], chosen = null, thing = null, stage = "";
    page.keep("map", async () => thing);

    // {model, latents, points: [[x, y]] in [0, 1], canvas}
    async function chartOf(model, engine) {
      const { latents } = engine.models.get(model.name), plane = model.description.code_length === 2;
      if (!latents || !(plane || latents.place(0))) return { model };
      const places = Array.from({ length: latents.count }, (_, i) => (plane ? latents.code(i) : latents.place(i)));
      const [low, high] = [Math.min, Math.max].map((pick) => [0, 1].map((way) => places.reduce((best, each) => pick(best, each[way]), places[0][way])));
      const span = Math.max(high[0] - low[0], high[1] - low[1]) || 1;
      const points = places.map((each) => [0, 1].map((way) => 0.5 + (1 - 2 * MARGIN) * (each[way] - (low[way] + high[way]) / 2) / span));
      points.forEach((each) => { each[1] = 1 - each[1]; });
      const chart = { model, latents, points, marks: latents.labels() };
      chart.canvas = h("canvas", { class: "chart", tabindex: 0, role: "application", onpointermove: (event) => look(chart, event), onpointerdown: (event) => look(chart, event),
        onkeydown: (event) => walk(chart, event), "aria-label": Latent.say("{what}, {model}: arrow keys walk from picture to picture", { what: Latent.say("Map of codes"), model: model.title }) });
      return chart;
    }

    function look(chart, { offsetX, offsetY }) {
      const { clientWidth: width, clientHeight: height } = chart.canvas;
      const far = chart.points.map(([x, y]) => Math.hypot(x * width - offsetX, y * height - offsetY));
      const nearest = far.reduce((best, each, at) => (each < far[best] ? at : best), 0);
      if (far[nearest] < REACH_PX) choose(chart, nearest);
    }

    // The nearest point that lies more in the arrow's direction than beside it.
    function walk(chart, event) {
      const [right, down] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
      if (right === undefined) return;
      event.preventDefault();
      const from = chosen?.set === chart.model.set ? chosen.index : 0, [x, y] = chart.points[from];
      let [best, least] = [from, Infinity];
      chart.points.forEach(([otherX, otherY], at) => {
        const [dx, dy] = [otherX - x, otherY - y], ahead = dx * right + dy * down, far = dx * dx + dy * dy;
        if (ahead > 0 && 2 * ahead * ahead >= far && far < least) [best, least] = [at, far];
      });
      choose(chart, best);
    }

    function choose({ model }, index) {
      if (chosen?.set === model.set && chosen.index === index) return;
      chosen = { set: model.set, index };
      thing = page.things.point(model.set, index);
      send.hidden = false;
      draw();
      decode();
    }

    const decode = Latent.newest(async () => {
      const now = thing, having = [];
      for (const model of page.chosen) {
        const code = await now.known(model);  // others would have to encode it
        if (code) having.push([model, (await page.decode(model, [code]))[0]]);
      }
      said.textContent = now.label;
      const figures = having.map(([model]) => page.figure(model, now.label));
      having.forEach(([, image], at) => page.paint(figures[at].canvas, image));
      faces.replaceChildren(...figures.map(({ node }) => node));
    });

    function draw() {
      const style = getComputedStyle(document.body), quiet = style.getPropertyValue("--body-text-color-subdued");
      for (const { model, canvas, points, latents, marks } of charts.filter((each) => each.canvas)) {
        const size = Math.round(canvas.clientWidth * devicePixelRatio), context = canvas.getContext("2d");
        if (!size) continue;
        [canvas.width, canvas.height] = [size, size];
        const column = latents.names.indexOf(colour.value), width = latents.names.length;
        const has = (i) => (!colour.value ? 1 : column < 0 ? undefined : marks[i * width + column]);  // undefined where nobody knows
        for (const [wanted, paint, alpha] of [[undefined, quiet, 0.2], [0, quiet, 0.35], [1, model.colour, 0.8]]) {
          context.fillStyle = paint;
          context.globalAlpha = alpha;
          points.forEach(([x, y], i) => {
            if (has(i) !== wanted) return;
            context.beginPath();
            context.arc(x * size, y * size, 2.4 * devicePixelRatio, 0, 2 * Math.PI);
            context.fill();
          });
        }
        const at = chosen?.set === model.set && points[chosen.index];
        if (!at) continue;
        context.globalAlpha = 1;
        context.lineWidth = 3 * devicePixelRatio;
        context.strokeStyle = style.getPropertyValue("--body-text-color");
        context.beginPath();
        context.arc(at[0] * size, at[1] * size, 9 * devicePixelRatio, 0, 2 * Math.PI);
        context.stroke();
      }
    }

    async function show() {
      const engine = await Latent.local.with(page.chosen.map(({ name }) => name)), key = page.chosen.map(({ name }) => name).join();
      if (key !== stage) {
        stage = key;
        charts = await Promise.all(page.chosen.map((model) => chartOf(model, engine)));
        panels.replaceChildren(...charts.map(({ model, canvas }) => h("section", { class: "panel" }, Latent.title(model),
          canvas ?? Latent.reason({ said: Latent.say("{model} comes without a map of its codes.", { model: model.title }) }))));
        const names = [...new Set(charts.flatMap(({ latents }) => latents?.names ?? []))];
        colour.closest("label").hidden = !names.length;
        const kept = colour.value;
        colour.replaceChildren(h("option", { value: "" }, Latent.say("Model")), ...names.map((name) => h("option", { value: name, selected: name === kept }, Latent.say(name.replaceAll("_", " ")))));
        const first = charts.find(({ canvas }) => canvas);
        if (first && !thing) choose(first, 0);
        else if (thing) decode();
      }
      draw();
    }

    Latent.onTheme(draw);
    new ResizeObserver(draw).observe(panels);
    return { show };
  });
}
