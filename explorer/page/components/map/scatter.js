// Points on a canvas that is panned and zoomed, by d3-zoom. They are counted for each pixel, so that
// many show their density, and drawn in 4 ms (50,000) or 15 ms (a million) without a graphics card:
// WebGL, emulated in software, takes 250 ms for 50,000, and a browser keeps 16 contexts of it.
//
// points: {x, y}, Float32Array each, in a `box` {x: [from, to], y: [from, to]}; `still`: the pointer
// does not pan, and both axes have one scale. look(): {inks: [colour], which: Uint8Array of indices in
// them, others are not shown, dots: whether there are any, under: a canvas or image that fills the box,
// marks: [{x, y, draw: (context, to) => …}], where to(x, y) is a point as the mark sees it}.
// moved(view): the view after the visitor has changed it; grabs(event): whether another takes a drag;
// `first`: the view at first, the whole box where none is given.
//
// Events of the element, which bubble: `spot` and `pick` where the pointer is and where it clicks,
// {x, y, index: of the point there, -1 without one, pointer}, and `away`.
Latent.scatter = function (element, { points, box, still, swipes, look, moved, grabs, first = { k: 1, x: 0, y: 0 } }) {
  const REACH = 10, LARGEST = 2.5, SHARE = 0.35, STEP = 1.6;  // px; part of the room that a point has
  const count = points.x.length;
  const canvas = element.appendChild(document.createElement("canvas"));
  const context = canvas.getContext("2d"), selection = d3.select(element);
  const zoom = d3.zoom().scaleExtent([0.5, 4000]).filter(pans).on("zoom", ({ sourceEvent }) => {
    if (sourceEvent) moved(view());
    draw();
  });
  let { x, y } = points, width = 0, height = 0, image, inks, counts, drawn = null, due = false;

  function pans(event) {
    if (event.type === "wheel") return true;
    if (grabs(event)) return false;
    return event.touches ? !swipes && !still || event.touches.length > 1 : !still && !event.button;
  }

  // From the box to px, before pan and zoom: [of 0, of 1] along each axis.
  function base() {
    const [wide, high] = [box.x[1] - box.x[0], box.y[1] - box.y[0]];
    let [across, up] = [width / wide, height / high];
    if (still) across = up = Math.min(across, up);
    return { across, up, left: (width - across * wide) / 2 - across * box.x[0], top: (height + up * high) / 2 + up * box.y[0] };
  }

  function scales() {
    const { k, x: dx, y: dy } = d3.zoomTransform(element), { across, up, left, top } = base();
    return { across: k * across, up: -k * up, left: k * left + dx, top: k * top + dy };
  }

  const hidden = (i) => drawn && drawn.which[i] >= drawn.inks.length;
  const from = (px, py) => { const { across, up, left, top } = scales(); return [(px - left) / across, (py - top) / up]; };
  const at = (a, b) => { const { across, up, left, top } = scales(); return [across * a + left, up * b + top]; };

  // Pan and zoom as parts of the size, so that elements of other sizes can show the same.
  function view() {
    if (!width) return first;
    const { k, x: dx, y: dy } = d3.zoomTransform(element);
    return { k, x: dx / width, y: dy / height };
  }

  function show(wanted) {
    element.__zoom = d3.zoomIdentity.translate(wanted.x * width, wanted.y * height).scale(wanted.k);  // no event
    draw();
  }

  function resize() {
    if (!element.clientWidth) return;
    const before = view();
    [width, height] = [element.clientWidth, element.clientHeight];
    const dense = Math.min(devicePixelRatio, 2);
    [canvas.width, canvas.height] = [Math.round(width * dense), Math.round(height * dense)];
    image = context.createImageData(canvas.width, canvas.height);
    inks = new Uint32Array(image.data.buffer);
    counts = new Uint16Array(inks.length);
    show(before);
  }

  function draw() {
    if (due || !width) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      drawn = look();
      paint(context, drawn);
    });
  }

  // A round point: the pixels that it covers, as steps from its middle, and 4 for each that it covers whole.
  function disc(radius) {
    const reach = Math.ceil(radius - 0.5), covered = [];
    for (let down = -reach; down <= reach; down++) {
      for (let right = -reach; right <= reach; right++) {
        const part = Math.round(4 * Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(right, down))));
        if (part) covered.push([down * canvas.width + right, part]);
      }
    }
    return { reach, steps: Int32Array.from(covered, ([step]) => step), parts: Uint8Array.from(covered, ([, part]) => part) };
  }

  function paint(context, shown) {
    const dense = canvas.width / width, { across, up, left, top } = scales();
    const room = Math.sqrt((width * height * d3.zoomTransform(element).k ** 2) / Math.max(count, 1));
    const radius = Math.min(LARGEST, Math.max(0.5, SHARE * room)) * dense;
    splat(disc(radius), shown, [across * dense, left * dense, up * dense, top * dense]);
    shade(Math.min(0.7, Math.max(0.12, radius / dense / 2.5)));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.putImageData(image, 0, 0);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    if (shown.under) {
      const [[x0, y0], [x1, y1]] = [at(box.x[0], box.y[1]), at(box.x[1], box.y[0])];
      context.globalCompositeOperation = "destination-over";
      context.drawImage(shown.under, x0, y0, x1 - x0, y1 - y0);
      context.globalCompositeOperation = "source-over";
    }
    for (const mark of shown.marks) {
      const [px, py] = at(mark.x, mark.y);
      context.save();
      context.translate(px, py);
      mark.draw(context, (a, b) => { const [qx, qy] = at(a, b); return [qx - px, qy - py]; });
      context.restore();
    }
  }

  // Counts the points at each pixel, whose colour is that of the last.
  function splat({ reach, steps, parts }, shown, [across, left, up, top]) {
    const wide = canvas.width, [right, low] = [wide - reach, canvas.height - reach];
    const colours = Uint32Array.from(shown.inks, rgb), { which } = shown;
    inks.fill(0);
    counts.fill(0);
    for (let i = 0; i < count && shown.dots; i++) {
      if (which[i] >= colours.length) continue;
      const column = (across * x[i] + left) | 0, row = (up * y[i] + top) | 0;
      if (column < reach || row < reach || column >= right || row >= low) continue;
      const middle = row * wide + column, colour = colours[which[i]];
      for (let step = 0; step < steps.length; step++) {
        const pixel = middle + steps[step];
        inks[pixel] = colour;
        counts[pixel] = Math.min(65535, counts[pixel] + parts[step]);
      }
    }
  }

  // Opacity by the logarithm of the count: from `least` of a single point to that of most.
  function shade(least) {
    const most = counts.reduce((a, b) => (a > b ? a : b), 0), range = Math.log(Math.max(most / 4, 2));
    const opacity = Uint32Array.from({ length: most + 1 }, (_, n) => Math.round(255 * (n < 4 ? least * n / 4 : least + (1 - least) * 0.9 * Math.log(n / 4) / range)));
    for (let pixel = 0; pixel < inks.length; pixel++) inks[pixel] |= opacity[counts[pixel]] << 24;
  }

  // What is shown now, or another look, as a canvas of its own.
  function picture(shown) {
    const made = document.createElement("canvas");
    [made.width, made.height] = [canvas.width, canvas.height];
    paint(made.getContext("2d"), shown);
    return made;
  }

  const rgb = (colour) => { const hex = parseInt(colour.slice(1), 16); return (hex & 255) << 16 | hex & 0xff00 | hex >> 16; };

  // Where a pointer is, and the nearest point within reach of it.
  function seen(pointer) {
    const [px, py] = d3.pointer(pointer, element), { across, up, left, top } = scales();
    let [index, least] = [-1, REACH * REACH];
    for (let i = 0; i < count; i++) {
      if (hidden(i)) continue;
      const far = (across * x[i] + left - px) ** 2 + (up * y[i] + top - py) ** 2;
      if (far < least) [index, least] = [i, far];
    }
    return { x: (px - left) / across, y: (py - top) / up, index, pointer };
  }

  function tell(name, pointer) {
    const detail = name === "away" ? { pointer } : seen(pointer);
    element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  selection.call(zoom).on("dblclick.zoom", null);
  element.addEventListener("pointermove", (event) => still || !event.buttons ? tell("spot", event) : tell("away", event));
  element.addEventListener("pointerdown", (event) => still && tell("spot", event));
  element.addEventListener("pointerleave", (event) => tell("away", event));
  element.addEventListener("click", (event) => tell("pick", event));
  new ResizeObserver(resize).observe(element);

  return {
    draw, view, show, at, from, look, picture,
    points: () => ({ x, y }),
    use(others) { ({ x, y } = others); draw(); },  // as many points, elsewhere
    size: () => [width, height],
    scale: () => { const { across, up } = base(), { k } = d3.zoomTransform(element); return { k, across: k * across, up: k * up }; },
    under: (pointer) => from(...d3.pointer(pointer, element)),
    by: (part) => zoom.scaleBy(selection, part > 0 ? STEP : 1 / STEP, undefined, {}),
    whole: () => zoom.transform(selection, d3.zoomIdentity, undefined, {}),
    shows: (a, b) => { const [px, py] = at(a, b); return px >= 0 && py >= 0 && px <= width && py <= height; },
    centre(a, b) { const { across, up, left, top } = base(); zoom.translateTo(selection, across * a + left, top - up * b); },
  };
};
