// A picture with the square that is cut out of it: drag to move, pull the corner to resize, or
// the knob above to turn it, or use two fingers or the keyboard; or choose one of the faces that were found. value
// {src, width, height, crop: {x, y, side, angle}, faces: [{box: [x, y, side], eyes: [[x, y]…], crop}]}
// in px of the picture.
// Asks `to` for the crop while the square moves, and triggers place when the last one is answered.
Latent.crop = function ({ element, props, trigger, watch, to }) {
  const { h } = Latent;
  const root = element.querySelector(".crop");
  const inputs = {}, down = new Map();  // where each pointer is that is down
  let crop, square, stage, moving = null, placing = null;
  const LABELS = { x: Latent.say("Left"), y: Latent.say("Top"), side: Latent.say("Size"), angle: Latent.say("Turn °") };

  function draw() {
    const value = props.value;
    const same = stage?.isConnected && value && stage.dataset.src === value.src;
    if (value && !moving && (!stage || Latent.upToDate(to, value))) crop = { ...value.crop };
    if (same) return place();  // the focus stays where it is
    root.replaceChildren();
    stage = null;
    if (!value) return;
    square = h("div", { class: "square", tabindex: 0, role: "application", onkeydown: keys,
      "aria-keyshortcuts": "ArrowLeft ArrowRight ArrowUp ArrowDown Plus - [ ]", "aria-label": Latent.say("The crop: arrow keys move it, plus and minus resize it, brackets turn it") },
      h("span", { class: "handle", "aria-hidden": "true" }), h("span", { class: "turn", "aria-hidden": "true" }));
    stage = h("div", { class: "stage", style: `aspect-ratio:${value.width}/${value.height}`, "data-src": value.src }, Latent.image(value.src, Latent.say("The whole picture")), found(value), square);
    Object.assign(stage, { onpointerdown: press, onpointermove: move, onpointerup: release, onpointercancel: release });
    const numbers = Object.entries(LABELS).map(([name, label]) => {
      inputs[name] = h("input", { type: "number", step: 1, oninput: () => {
        if (inputs[name].value === "") return;
        change({ [name]: Number(inputs[name].value) }, true);
      }, onblur: place });
      return h("label", {}, label, inputs[name]);
    });
    root.append(stage, ...faces(value), h("div", { class: "numbers" }, numbers));
    place();
  }

  // The boxes and eyes that the detector found, over the picture.
  function found({ width, height, faces = [] }) {
    const at = (x, y) => `left:${(100 * x) / width}%;top:${(100 * y) / height}%`;
    return faces.flatMap(({ box: [x, y, side], eyes }) => [
      h("span", { class: "seen-face", "aria-hidden": "true", style: `${at(x, y)};width:${(100 * side) / width}%` }),
      ...eyes.map(([right, down]) => h("span", { class: "seen-eye", "aria-hidden": "true", style: at(right, down) })),
    ]);
  }

  function faces({ faces = [] }) {
    return faces.length < 2 ? [] : [h("div", { class: "tools", role: "group", "aria-label": Latent.say("Faces that were found") },
      faces.map((face, at) => h("button", { type: "button", class: "chip", onclick: () => change(face.crop, true) }, Latent.say("Face {index}", { index: at + 1 }))))];
  }

  function place() {
    const { width, height } = props.value;
    Object.assign(square.style, { left: `${(100 * crop.x) / width}%`, top: `${(100 * crop.y) / height}%`,
      width: `${(100 * crop.side) / width}%`, transform: `rotate(${crop.angle}deg)` });
    const inside = (from, size) => {  // where the handle is seen, though the corner is beyond the edge
      const beyond = (100 * (from + crop.side - size)) / crop.side;
      return beyond > 0 ? `calc(${beyond}% + 2px)` : "-9px";
    };
    Object.assign(square.querySelector(".handle").style, { right: inside(crop.x, width), bottom: inside(crop.y, height) });
    const room = (crop.y / height) * stage.clientHeight > 26;  // for the knob above the square
    square.querySelector(".turn").style.top = room ? "-26px" : "4px";
    for (const [name, input] of Object.entries(inputs)) {
      if (document.activeElement !== input) input.value = Math.round(crop[name]);
    }
  }

  function change(wanted, placed = false) {
    const { width, height } = props.value;
    crop = { ...crop, ...wanted };
    crop.side = Math.max(8, Math.min(1.5 * Math.max(width, height), crop.side));
    crop.x = Math.max(-crop.side / 2, Math.min(width - crop.side / 2, crop.x));
    crop.y = Math.max(-crop.side / 2, Math.min(height - crop.side / 2, crop.y));
    place();
    const answered = Latent.ask(to, { crop: { ...crop } });
    if (placed) placing ??= answered.then(() => trigger("place", {})).finally(() => { placing = null; });
  }

  // A finger or the mouse drags the square, its corner or its knob; two fingers move, size and turn it.
  function press(event) {
    down.set(event.pointerId, event);
    if (down.size > 2 || (down.size === 1 && !square.contains(event.target))) return;
    event.preventDefault();
    square.focus();
    moving = down.size === 2 ? pinch() : drag(event);
    stage.setPointerCapture(event.pointerId);
  }

  function move(event) {
    if (!down.has(event.pointerId)) return;
    down.set(event.pointerId, event);
    if (moving) change(moving());
  }

  function release(event) {
    if (!down.delete(event.pointerId) || !moving) return;
    moving = null;
    change({}, true);
  }

  // What the pointers that are down want of the crop, in px of the picture.
  function drag({ target, pointerId }) {
    const start = { ...crop }, from = spot(pointerId), middle = [start.x + start.side / 2, start.y + start.side / 2];
    const part = ["handle", "turn"].find((name) => target.classList.contains(name));
    return () => {
      const to = spot(pointerId), [right, below] = [to[0] - from[0], to[1] - from[1]];
      if (part === "turn") return { angle: degrees(middle, to) };
      return part ? { side: start.side + Math.max(right, below) } : { x: start.x + right, y: start.y + below };
    };
  }

  function pinch() {
    const start = { ...crop }, between = () => [...down.keys()].map(spot), first = between();
    const apart = ([a, b]) => Math.max(1, Math.hypot(b[0] - a[0], b[1] - a[1])), centre = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    return () => {
      const now = between(), side = (start.side * apart(now)) / apart(first), [was, is] = [centre(first), centre(now)];
      const grown = (start.side - side) / 2;
      return { side, x: start.x + is[0] - was[0] + grown, y: start.y + is[1] - was[1] + grown, angle: start.angle + degrees(...now) - degrees(...first) };
    };
  }

  function spot(pointerId) {
    const { clientX, clientY } = down.get(pointerId), box = stage.getBoundingClientRect(), scale = props.value.width / stage.clientWidth;
    return [(clientX - box.left) * scale, (clientY - box.top) * scale];
  }

  // Of the way from a to b, clockwise from upright.
  const degrees = (a, b) => (Math.atan2(b[0] - a[0], a[1] - b[1]) * 180) / Math.PI;

  function keys(event) {
    if (Latent.withModifier(event)) return;
    const step = crop.side * (event.shiftKey ? 0.1 : 0.02);
    const grow = (by) => ({ side: crop.side + by, x: crop.x - by / 2, y: crop.y - by / 2 });
    const wanted = {
      ArrowLeft: { x: crop.x - step }, ArrowRight: { x: crop.x + step },
      ArrowUp: { y: crop.y - step }, ArrowDown: { y: crop.y + step },
      "+": grow(2 * step), "=": grow(2 * step), "-": grow(-2 * step),
      "[": { angle: crop.angle - 2 }, "]": { angle: crop.angle + 2 },
    }[event.key];
    if (!wanted) return;
    event.preventDefault();
    change(wanted, true);
  }

  Latent.live({ element, watch }, draw);
};
