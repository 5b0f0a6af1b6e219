// A picture with a region. The box: drag over the picture to draw one, drag the box to move it, its
// corner to resize it, or use the keyboard. The brush: each stroke adds to what is painted; until
// there is some, the box counts. value {src, box: [left, top, width, height], mask, shown}, the box
// in shares of the side, the mask in bits as `brush.js` has them. Asks `to` for the box while it
// moves and for the mask after a stroke, and triggers place at the end, or refused.
Latent.region = function ({ element, props, trigger, watch, to, side }) {
  const { h } = Latent, LEAST = 0.03, STEP = 0.02, brush = Latent.brush(side);
  const root = element.querySelector(".region");
  let box, frame, stage, painting = false, placing = null;

  const chip = (text, onclick) => h("button", { type: "button", class: "chip", onclick }, text);
  const tools = [chip(Latent.say("Box"), () => choose(false)), chip(Latent.say("Brush"), () => choose(true))];
  const width = h("input", { type: "range", min: 4, max: 20, value: 8, oninput: resize });
  const size = h("label", { class: "brush-size" }, Latent.say("Width of the brush"), width);
  const clear = chip(Latent.say("Clear"), () => paint(""));
  const ring = h("span", { class: "ring", "aria-hidden": "true" });
  const bar = h("div", { class: "tools", role: "group", "aria-label": Latent.say("Painted-out region") }, tools, clear, size);

  function draw() {
    const value = props.value;
    if (!value?.src) { stage = null; return root.replaceChildren(); }
    if (!stage || (!stage.onpointermove && Latent.upToDate(to, value))) follow(value);
    if (stage?.dataset.src !== value.src) {
      frame = h("div", { class: "square drawn", tabindex: 0, role: "application", onkeydown: keys,
        "aria-keyshortcuts": "ArrowLeft ArrowRight ArrowUp ArrowDown Plus -", "aria-label": Latent.say("The region: arrow keys move it, plus and minus resize it") }, h("span", { class: "handle", "aria-hidden": "true" }));
      stage = h("div", { class: "stage", "data-src": value.src, style: "aspect-ratio:1" }, Latent.image(value.src, Latent.say("The untouched picture")), brush.canvas, frame, ring);
      stage.addEventListener("pointerdown", (event) => (painting ? press : grab)(event));
      stage.addEventListener("pointermove", (event) => point(at(event)));
      root.replaceChildren(stage, bar);
    }
    place();
  }

  function follow(value) {
    box = [...value.box];
    brush.bits = value.mask;
    painting ||= brush.any;
  }

  function place() {
    const [left, top, across, down] = box.map((share) => `${100 * share}%`), { shown } = props.value;
    Object.assign(frame.style, { left, top, width: across, height: down });
    frame.hidden = !shown || brush.any;
    brush.canvas.hidden = bar.hidden = !shown;
    stage.classList.toggle("painting", shown && painting);
    tools.forEach((tool, brushes) => tool.setAttribute("aria-pressed", String(painting === Boolean(brushes))));
    size.hidden = !painting;
    clear.hidden = !brush.any;
    resize();
  }

  function choose(now) {
    painting = now;
    if (!now && brush.any) paint("");
    place();
  }

  function ask(parts) {
    const answered = Latent.ask(to, parts);
    placing ??= answered.then((value) => trigger(value?.problem ? "refused" : "place", {})).finally(() => { placing = null; });
  }

  function paint(bits) {
    brush.bits = bits;
    place();
    ask({ mask: bits });
  }

  function resize() {
    ring.style.width = `${(100 * width.value) / side}%`;
  }

  function point([x, y]) {
    Object.assign(ring.style, { left: `${100 * x}%`, top: `${100 * y}%` });
  }

  // Where the pointer is, in shares of the side.
  function at({ clientX, clientY }) {
    const seen = stage.getBoundingClientRect();
    return [(clientX - seen.left) / seen.width, (clientY - seen.top) / seen.height];
  }

  // Follows the pointer until it is let go; `back` undoes that where the browser takes it, to scroll.
  function track(event, move, end, back) {
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    stage.onpointermove = (moved) => move(at(moved));
    const done = (act) => () => {
      stage.onpointermove = stage.onpointerup = stage.onpointercancel = null;
      act();
    };
    [stage.onpointerup, stage.onpointercancel] = [done(end), done(back)];
  }

  function press(event) {
    if (!props.value.shown || event.button) return;
    const before = brush.bits;
    let last = at(event);
    function move(now) {
      brush.stroke(last, now, Number(width.value));
      last = now;
    }
    frame.hidden = true;
    point(last);
    move(last);
    track(event, move, () => paint(brush.bits), () => {
      brush.bits = before;
      place();
    });
  }

  // Any two corners as a box within the picture.
  function between(x0, y0, x1, y1) {
    const inside = (share) => Math.max(0, Math.min(1, share));
    const [left, right] = [inside(Math.min(x0, x1)), inside(Math.max(x0, x1))], [top, bottom] = [inside(Math.min(y0, y1)), inside(Math.max(y0, y1))];
    return [left, top, Math.max(LEAST, right - left), Math.max(LEAST, bottom - top)];
  }

  function change(wanted, placed = false) {
    const [across, down] = [Math.min(1, wanted[2]), Math.min(1, wanted[3])];
    box = [Math.max(0, Math.min(1 - across, wanted[0])), Math.max(0, Math.min(1 - down, wanted[1])), across, down];
    place();
    if (placed) ask({ box });
    else Latent.ask(to, { box });
  }

  function grab(event) {
    if (!props.value.shown || event.button) return;
    frame.focus();
    const start = [...box], [x, y] = at(event);
    const moves = event.target === frame, resizes = event.target.classList.contains("handle");
    track(event, ([right, down]) => {
      if (resizes) change(between(start[0], start[1], right, down));
      else if (moves) change([start[0] + right - x, start[1] + down - y, start[2], start[3]]);
      else change(between(x, y, right, down));
    }, () => change(box, true), () => change(start, true));
  }

  function keys(event) {
    if (Latent.withModifier(event)) return;
    const step = event.shiftKey ? 5 * STEP : STEP, [left, top, across, down] = box;
    const grow = (by) => [left - by, top - by, Math.max(LEAST, across + 2 * by), Math.max(LEAST, down + 2 * by)];
    const wanted = {
      ArrowLeft: [left - step, top, across, down], ArrowRight: [left + step, top, across, down],
      ArrowUp: [left, top - step, across, down], ArrowDown: [left, top + step, across, down],
      "+": grow(STEP), "=": grow(STEP), "-": grow(-STEP),
    }[event.key];
    if (!wanted) return;
    event.preventDefault();
    change(wanted, true);
  }

  Latent.live({ element, watch }, draw);
};
