// A square between the pictures of its corners: where the pointer is, every model draws.
// value {src, at: {right, down}, panels: [{title, colour, model, codes, src} or {title, colour, said,
// seconds}]}; `codes` are those of the four corners, base64 of float32. The models run in this
// browser once they are loaded, at the first move; until then, and where they cannot, the server
// draws. It is told of the last point when the square is left. Triggers send {grid, index, to}.
Latent.pad = function ({ element, props, watch, trigger, grid: name }) {
  const { h } = Latent;
  const root = element.querySelector(".pad");
  const STEP = 0.02, LEAP = 0.1, MOST_FRAMES = 300;
  let at = { right: 0.5, down: 0.5 }, told = at;  // the latter as far as the server knows
  let engine = null, loading = false, shape = null, panels = [], canvases = [], film = null;

  const handle = h("span", { class: "handle" });
  const square = h("div", { class: "square-of-codes", tabindex: 0, role: "application",
    "aria-keyshortcuts": "ArrowLeft ArrowRight ArrowUp ArrowDown", "aria-label": Latent.say("Walk between the four corners: move over the square, or use the arrow keys"),
    onpointerdown: press, onpointermove: point, onpointerenter: prepare, onfocus: prepare, onkeydown: step, onpointerleave: rest, onblur: rest }, handle);
  const faces = h("div", { class: "faces" }), said = h("span", { class: "note", role: "status" });
  const bar = h("progress", { max: 1, hidden: true, "aria-label": Latent.say("Progress") });
  const button = (text, onclick) => h("button", { type: "button", class: "chip", onclick }, text);
  const kind = Latent.film.kind();
  const record = button(Latent.say("Record the walk"), () => (film?.on ? stop() : start()));
  record.setAttribute("aria-pressed", "false");
  const saves = [button(Latent.say("Save as GIF"), () => save("gif", (frames) => Latent.film.gif(frames, Latent.local.gif))),
    ...(kind ? [button(kind === "MP4" ? Latent.say("Save as MP4") : Latent.say("Save as WebM"), () => save(kind.toLowerCase(), Latent.film.video))] : [])];
  root.append(square, h("div", { class: "walked" }, faces, h("div", { class: "tools" }, record, ...saves,
    Latent.sendButtons(() => { rest(); return { grid: name, index: 0 }; }, (data) => trigger("send", data))),
    h("p", { class: "running" }, bar, said)));

  const walkable = () => panels.filter((panel) => panel.codes);

  // At the first use: the models come into the browser.
  async function prepare() {
    if (engine || loading || !walkable().length) return;
    loading = true;
    const wanted = shape;
    const found = await Latent.local.with(walkable().map(({ model }) => model), tell);
    loading = false;
    tell({ said: "" });
    if (wanted !== shape) return prepare();
    engine = found;
    if (engine) paint(at);
  }

  function tell({ said: text, share }) {
    if (text !== undefined) said.textContent = text;
    bar.hidden = share === undefined;
    bar.value = share ?? 0;
  }

  const paint = Latent.newest(async ({ right, down }) => {
    const having = walkable(), stage = canvases;
    const images = await Promise.all(having.map(async ({ model, codes }) => {
      const { code_length: width, prior } = engine.models.get(model);
      const [image] = await engine.decode(model, Latent.codes.corners(Latent.codes.unpacked(codes, width), right, down, prior));
      return image;
    }));
    if (stage !== canvases) return;
    images.forEach((image, i) => draw(canvases[i], image));
    keep(images);
  });

  (Latent.lines[name] ??= {}).local = ({ at: now }) => {
    if (engine && now) paint(now);
    return engine && now;
  };

  function draw(canvas, image) {
    [canvas.width, canvas.height] = [image.width, image.height];
    if (image instanceof ImageData) canvas.getContext("2d").putImageData(image, 0, 0);
    else canvas.getContext("2d").drawImage(image, 0, 0);
  }

  function move(right, down) {
    const inside = (value) => Math.min(Math.max(value, 0), 1);
    at = { right: inside(right), down: inside(down) };
    place();
    prepare();
    if (engine) paint(at);
    else tellServer();
  }

  function tellServer() {
    told = at;
    Latent.ask(name, { at });
  }

  function rest() {
    if (told !== at) tellServer();
  }

  function place() {
    handle.style.left = `${100 * at.right}%`;
    handle.style.top = `${100 * at.down}%`;
  }

  function press(event) {
    square.setPointerCapture(event.pointerId);
    point(event);  // a tap does not move
  }

  function point({ clientX, clientY }) {
    const { left, top, width, height } = square.getBoundingClientRect();
    move((clientX - left) / width, (clientY - top) / height);
  }

  function step(event) {
    if (Latent.withModifier(event)) return;
    const [right, down] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (right === undefined) return;
    event.preventDefault();
    const by = event.shiftKey ? LEAP : STEP;
    move(at.right + by * right, at.down + by * down);
  }

  // Frames, from the start of a recording on, with a promise of what the page says then of how it is made.
  function start() {
    film = { on: true, frames: [], recipe: Latent.recipe() };
    prepare();
    listen();
    tell({ said: Latent.say("Move over the square: its pictures are recorded.") });
  }

  function keep(images) {
    const now = performance.now();
    if (!film?.on || now - (film.frames.at(-1)?.at ?? -Infinity) < Latent.film.LEAST_MS) return;
    film.frames.push({ at: now, images });
    if (film.frames.length === MOST_FRAMES) stop();
  }

  function stop() {
    film.on = false;
    listen();
    const count = film.frames.length;
    tell({ said: kind === "WebM" ? Latent.say("{count} pictures are recorded. This browser makes films as WebM, not as MP4.", { count })
      : Latent.say("{count} pictures are recorded.", { count }) });
  }

  function listen() {
    record.setAttribute("aria-pressed", String(Boolean(film?.on)));
    record.textContent = film?.on ? Latent.say("Stop") : Latent.say("Record the walk");
    saves.forEach((each) => { each.hidden = !film || film.on || !film.frames.length; });
  }

  async function save(form, write) {
    const { frames, recipe } = film;
    tell({ said: Latent.say("Making the film") });
    saves.forEach((each) => { each.disabled = true; });
    try {
      Latent.fileWith(await write(frames), `walk.${form}`, await recipe);
    } finally {
      saves.forEach((each) => { each.disabled = false; });
      tell({ said: "" });
    }
  }

  function build() {
    panels = props.value?.panels ?? [];
    root.hidden = !walkable().length;
    const now = JSON.stringify(panels.map(({ title, colour, model, said: why }) => [title, colour, model, why]));
    if (now !== shape) {
      const recorded = film;
      [shape, engine, film] = [now, null, null];
      canvases = walkable().map(({ title }) => h("canvas", { class: "face", role: "img", "aria-label": Latent.say("Where the pointer is, {model}", { model: title }) }));
      let next = 0;
      faces.replaceChildren(...panels.map((panel) => h("figure", {}, Latent.title(panel), panel.codes ? canvases[next++] : Latent.reason(panel))));
      if (recorded?.on) tell({ said: Latent.say("The recording has ended: other models are compared.") });
      listen();
      if (Latent.local.started) prepare();
    }
    if (root.hidden) return;
    if (told === at && Latent.upToDate(name, props.value)) {
      at = told = props.value.at;
      place();
    }
    square.style.backgroundImage = `url("${props.value.src}")`;
    if (engine) return paint(at);
    walkable().forEach(({ src }, i) => {
      const picture = new Image(), canvas = canvases[i];
      picture.onload = () => engine || draw(canvas, picture);
      picture.src = src;
    });
  }

  place();
  Latent.live({ element, watch }, build);
};
