// A picture with a box: drag over the picture to draw one, drag the box to move it, its corner to
// resize it, or use the keyboard. value {src, box: [left, top, width, height], shown}, the box in
// shares of the side. Asks `to` for the box while it moves, and triggers place at the end.
Latent.box = function ({ element, props, trigger, watch, to }) {
  const { h } = Latent, LEAST = 0.03, STEP = 0.02;
  const root = element.querySelector(".box");
  let box, frame, stage;

  function draw() {
    const value = props.value;
    if (!value?.src) { stage = null; return root.replaceChildren(); }
    if (!stage?.onpointermove && (!stage || Latent.upToDate(to, value))) box = [...value.box];
    if (stage?.dataset.src !== value.src) {
      frame = h("div", { class: "square drawn", tabindex: 0, role: "application", onkeydown: keys,
        "aria-label": Latent.say("The region: arrow keys move it, plus and minus resize it") }, h("span", { class: "handle", "aria-hidden": "true" }));
      stage = h("div", { class: "stage", "data-src": value.src, style: "aspect-ratio:1" }, Latent.image(value.src, Latent.say("The untouched picture")), frame);
      stage.addEventListener("pointerdown", grab);
      root.replaceChildren(stage);
    }
    place();
  }

  function place() {
    const [left, top, width, height] = box.map((share) => `${100 * share}%`);
    Object.assign(frame.style, { left, top, width, height });
    frame.hidden = !props.value.shown;
  }

  // Any two corners as a box within the picture.
  function between(x0, y0, x1, y1) {
    const inside = (share) => Math.max(0, Math.min(1, share));
    const [left, right] = [inside(Math.min(x0, x1)), inside(Math.max(x0, x1))], [top, bottom] = [inside(Math.min(y0, y1)), inside(Math.max(y0, y1))];
    return [left, top, Math.max(LEAST, right - left), Math.max(LEAST, bottom - top)];
  }

  function change(wanted, placed = false) {
    const [width, height] = [Math.min(1, wanted[2]), Math.min(1, wanted[3])];
    box = [Math.max(0, Math.min(1 - width, wanted[0])), Math.max(0, Math.min(1 - height, wanted[1])), width, height];
    place();
    const answered = Latent.ask(to, { box });
    if (placed) answered.then(() => trigger("place", {}));
  }

  function grab(event) {
    if (!props.value.shown) return;
    event.preventDefault();
    frame.focus();
    const seen = stage.getBoundingClientRect(), start = [...box];
    const at = (moved) => [(moved.clientX - seen.left) / seen.width, (moved.clientY - seen.top) / seen.height];
    const [x, y] = at(event), moves = event.target === frame, resizes = event.target.classList.contains("handle");
    stage.setPointerCapture(event.pointerId);
    stage.onpointermove = (moved) => {
      const [right, down] = at(moved);
      if (resizes) change(between(start[0], start[1], right, down));
      else if (moves) change([start[0] + right - x, start[1] + down - y, start[2], start[3]]);
      else change(between(x, y, right, down));
    };
    stage.onpointerup = stage.onpointercancel = () => {
      stage.onpointermove = stage.onpointerup = stage.onpointercancel = null;
      change(box, true);
    };
  }

  function keys(event) {
    const step = event.shiftKey ? 5 * STEP : STEP, [left, top, width, height] = box;
    const grow = (by) => [left - by, top - by, Math.max(LEAST, width + 2 * by), Math.max(LEAST, height + 2 * by)];
    const wanted = {
      ArrowLeft: [left - step, top, width, height], ArrowRight: [left + step, top, width, height],
      ArrowUp: [left, top - step, width, height], ArrowDown: [left, top + step, width, height],
      "+": grow(STEP), "=": grow(STEP), "-": grow(-STEP),
    }[event.key];
    if (!wanted) return;
    event.preventDefault();
    change(wanted, true);
  }

  Latent.live({ props, watch }, draw);
};
