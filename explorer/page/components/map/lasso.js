// A lasso around points of a map: by the pointer, while it is switched on or Shift is held, or by the
// keyboard, as a circle: L begins, arrow keys move it, + and − size it, Enter takes what is in it.
//
// done(rows): what lies in it and is shown, perhaps nothing; changed(): the outline is another one.
Latent.maps.lasso = function (chart, plot, { shown, done, changed }) {
  const STEP = 14, LEAST = 8, SIDES = 40;  // px; corners of the circle
  let on = false, path = null, circle = null;  // path: points of the map [[x, y]]; circle: {px, py, radius}

  const outline = () => circle ? Array.from({ length: SIDES }, (_, at) => {
    const turn = (2 * Math.PI * at) / SIDES;
    return plot.from(circle.px + circle.radius * Math.cos(turn), circle.py + circle.radius * Math.sin(turn));
  }) : path;

  // Ray casting, of the points within the outline's box.
  function inside(corners) {
    const { x, y } = plot.points(), rows = [], xs = corners.map(([a]) => a), ys = corners.map(([, b]) => b);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    for (let row = 0; row < x.length; row++) {
      const [a, b] = [x[row], y[row]];
      if (a < left || a > right || b < low || b > high || !shown(row)) continue;
      let within = false;
      for (let at = 0, before = corners.length - 1; at < corners.length; before = at++) {
        if ((ys[at] > b) !== (ys[before] > b) && a < xs[before] + ((b - ys[before]) * (xs[at] - xs[before])) / (ys[at] - ys[before])) within = !within;
      }
      if (within) rows.push(row);
    }
    return rows;
  }

  function finish() {
    const corners = outline();
    turn(false);
    if (corners.length > 2) done(inside(corners));
  }

  chart.addEventListener("pointerdown", (event) => {
    if (event.button || !(on || event.shiftKey) || event.target.closest("button")) return;
    chart.setPointerCapture(event.pointerId);
    event.stopImmediatePropagation();
    path = [plot.under(event)];
  }, true);
  chart.addEventListener("pointermove", (event) => {
    if (!path) return;
    event.stopImmediatePropagation();
    path.push(plot.under(event));
    changed();
  }, true);
  chart.addEventListener("pointerup", (event) => {
    if (!path) return;
    event.stopImmediatePropagation();
    const swallow = (click) => click.stopImmediatePropagation();
    chart.addEventListener("click", swallow, true);  // of a mouse; a touch that has moved sends none
    setTimeout(() => chart.removeEventListener("click", swallow, true));
    finish();
  }, true);
  chart.addEventListener("pointercancel", () => { path = null; changed(); });

  function turn(now) {
    on = now;
    chart.classList.toggle("lasso", on);
    [path, circle] = [null, null];
    changed();
  }

  return {
    outline,
    get on() { return on; },
    turn,
    grabs: (event) => on || event.shiftKey,

    // Whether a key was the lasso's. `start`: where the circle begins, in px.
    press({ key }, start) {
      if (key === "l" || key === "L") {
        turn(!on);
        circle = on ? { px: start[0], py: start[1], radius: 60 } : null;
      } else if (!circle) return false;
      else if (key === "Escape") turn(false);
      else if (key === "Enter") finish();
      else {
        const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key], more = { "+": 1, "-": -1 }[key];
        if (!way && !more) return false;
        if (way) { circle.px += way[0] * STEP; circle.py += way[1] * STEP; } else circle.radius = Math.max(LEAST, circle.radius + more * STEP);
      }
      changed();
      return true;
    },

    // How many the circle holds, null without one.
    held: () => circle && inside(outline()).length,
  };
};
