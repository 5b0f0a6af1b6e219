// What all components share: words, building DOM, dragging pictures, sending them to other tabs.
window.Latent = {
  WORDS: window.gradio_config?.i18n_translations?.en ?? {},  // in the visitor's language, by the English

  // English words in the visitor's language, with values for the names in braces.
  say: (key, values = {}) => (Latent.WORDS[key] ?? key).replace(/{(\w+)}/g, (name) => {
    const value = Latent.told(values[name.slice(1, -1)] ?? name);
    return Array.isArray(value) ? value.join(Latent.say(", ")) : value;
  }),

  // A number, perhaps with its unit, from English text, or with so many digits after the decimal sign.
  numeral: (text) => text.replace(".", Latent.say(".")),
  fixed: (value, digits) => Latent.numeral(value.toFixed(digits)),

  // What the server sends, with its words {say, with} and numbers {numeral} told.
  told(value) {
    if (value === null || typeof value !== "object" || typeof value[0] === "number") return value;
    if (Array.isArray(value)) return value.map(Latent.told);
    if (typeof value.say === "string") return Latent.say(value.say, value.with);
    if (typeof value.numeral === "string") return Latent.numeral(value.numeral);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, Latent.told(each)]));
  },

  DRAG: "application/x-latent",
  PLACES: [["shelf", "To shelf"]],  // where pictures can be sent; the server adds the tabs

  touch: matchMedia("(pointer: coarse)").matches,  // a swipe scrolls the page, nothing hovers, and there are no keys

  maps: {},  // what a map is made of, by `map/*.js`

  // h("button", {class: "x", onclick: f, "aria-label": "…"}, "text", child, …)
  h(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "style") node.style.cssText = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  },

  // `picture` says which one: {id} on the shelf or among the examples, {grid, index} for a tile.
  draggable(node, picture) {
    node.draggable = true;
    node.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData(Latent.DRAG, JSON.stringify(picture));
      event.dataTransfer.effectAllowed = "copy";
      Latent.dragging(true);
    });
    node.addEventListener("dragend", () => Latent.dragging(false));
    return node;
  },

  dragging(on) {
    document.body.classList.toggle("latent-dragging", on);
    Latent.showLanding(on);
  },

  dropTarget(node, onPicture, onFiles) {
    const accepts = (event) => event.dataTransfer &&
      [...event.dataTransfer.types].some((type) => type === Latent.DRAG || type === "Files");
    node.addEventListener("dragover", (event) => {
      if (!accepts(event)) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = "copy";
      node.classList.add("over");
      Latent.dragging(true);
    });
    node.addEventListener("dragleave", (event) => {
      if (!node.contains(event.relatedTarget)) node.classList.remove("over");
      if (!event.relatedTarget) Latent.dragging(false);
    });
    node.addEventListener("drop", (event) => {
      node.classList.remove("over");
      Latent.dragging(false);
      if (!accepts(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const picture = event.dataTransfer.getData(Latent.DRAG);
      if (picture) onPicture(JSON.parse(picture));
      else if (event.dataTransfer.files.length) onFiles([...event.dataTransfer.files]);
    });
  },

  // Buttons that send one picture on, once the server knows how it is set. `picture` is a function, so
  // that it may change.
  sendButtons(picture, send) {
    return Latent.h("div", { class: "send", role: "group", "aria-label": Latent.say("Send this picture on") },
      Latent.PLACES.map(([to, text]) => Latent.h("button",
        { type: "button", class: "chip", title: to === "shelf" ? Latent.say("Keep it on the shelf") : Latent.say("Open it in {tab}", { tab: Latent.say(text) }),
          onclick: async () => {
            const data = { ...picture(), to };
            await Latent.settled();
            send(data);
          } }, Latent.say(text))),
      Latent.takeButtons?.(picture) ?? []);
  },

  title({ title, colour }, level = "h2") {
    return Latent.h(level, { class: "model-title" },
      colour ? Latent.h("span", { class: "dot", style: `background:${colour}`, "aria-hidden": "true" }) : null, title);
  },

  // An entry of a legend.
  key: (name, colour) => Latent.h("span", { class: "key" },
    Latent.h("span", { class: "dot", style: `background:${colour}`, "aria-hidden": "true" }), name),

  // Words in the place of a picture: why there is none, or how many seconds it takes until there is.
  reason({ said, seconds }) {
    return Latent.h("p", { class: "reason", role: "note" }, Latent.h("span", {}, Latent.prose(said)),
      seconds ? Latent.h("span", { class: "wait", "aria-hidden": "true", style: `--seconds:${Math.max(1, seconds)}s` }) : null);
  },

  // Words in which `this` is a command.
  prose: (said) => said.split("`").map((part, at) => at % 2 ? Latent.h("code", {}, part) : part),

  image: (src, alt) => Latent.h("img", { src, alt, class: "face", draggable: "false" }),

  // Runs a component's script with its content as props.value: what lies in gradio's own props is a
  // name, for which the server gives the content once. Late answers are left out, and so are names
  // that come again, or after later ones: with the end of its event gradio repeats what it sent last,
  // and of what it sent before a tab first opened it tells the earlier after the later.
  mount(script, { props, watch, server, ...rest }) {
    Latent.themed ??= Latent.restoreTheme();  // by now gradio has set its own
    const shown = Object.create(props, { value: { value: null, writable: true } }), watchers = [];
    let fetched = Promise.resolve(), latest = 0;
    function show(value) {
      if (Latent.older(value, shown.value)) return;
      shown.value = value;
      if (value?.key) Latent.kept("sessionStorage").setItem("latent-key", value.key);  // for a reload of this page
      watchers.forEach((react) => react());
    }
    function fetch() {
      const name = props.value, number = Number.parseInt(name);
      if (name === "" || number <= latest) return;  // "" is what gradio begins with
      latest = number || latest;
      fetched = fetched.then(async () => {
        const content = name ? Latent.told(await server.take(name)) : null;
        if (content?.key) Latent.meet(content.key);
        if (content !== null || !name) show(content);
      }).catch(Latent.lost);
    }
    const key = () => shown.value?.key ?? Latent.kept("sessionStorage").getItem("latent-key");  // controls may be there before the content
    if (server.ask) Latent.lines[rest.grid] = { ask: async (parts, moving) => Latent.told(await server.ask({ key: key(), parts, moving })), show };
    const follow = (name, react) => name === "value" ? watchers.push(react) : watch(name, react);
    script({ props: shown, watch: follow, server, ...rest });
    watch("value", fetch);
    if (props.value) fetch();
  },

  // Whether the server made one thing before another, for the same session.
  older: (one, other) => one?.key === other?.key && one?.serial < other?.serial,

  // Events tell a page of one session, by its key; of another one where the server has lost that.
  met: new Set(),
  meet(key) {
    if (Latent.met.size && !Latent.met.has(key)) Latent.toast(Latent.say("The server has started anew: reload the page."));
    Latent.met.add(key);
  },

  // The slots, and how often one was filled: what is used or dropped anywhere lands in the first empty
  // one that is seen, or else in the one filled longest ago.
  slots: [],
  fills: 0,
  places: () => Latent.slots.filter(({ root }) => root.offsetParent).sort((one, other) => one.since - other.since),
  landing: () => Latent.places()[0],

  showLanding(on) {
    for (const { root } of Latent.slots) root.classList.remove("landing");
    if (on) Latent.landing()?.root.classList.add("landing");
  },

  // A file on the server, as events speak of it. What is pasted may have no name.
  async uploaded(upload, file) {
    const named = file.name ? file : new File([file], `pasted.${file.type.split("/")[1] ?? "png"}`, { type: file.type });
    return { path: (await upload(named)).path, name: named.name };
  },

  REST_MS: 250,
  lines: {},  // by name, the components that answer controls

  // What controls are set to from now on. One question is under way for each component; when it is
  // answered, what was last set meanwhile is asked. Where `line.local` draws it in the browser, the
  // server is asked when the controls rest. Resolves with the last answer.
  ask(name, parts) {
    const line = Latent.lines[name];
    line.wanted = { ...line.wanted, ...parts };
    line.drawn = Boolean(line.local?.(line.wanted));
    return line.busy ??= Latent.settle(line);
  },

  async settle(line) {
    let value;
    try {
      while (line.wanted) {
        const parts = line.wanted;
        if (line.drawn) await new Promise((resolve) => setTimeout(resolve, Latent.REST_MS));
        if (line.wanted !== parts) continue;
        line.wanted = null;
        value = await line.ask(parts, !line.drawn).catch(Latent.lost);
        if (value?.problem) Latent.toast(value.problem);
        else if (value && !(line.wanted && line.drawn)) line.show(value);
        if (value?.serial) line.answered = value;
      }
    } finally {
      line.busy = null;
    }
    if (value?.partial) setTimeout(Latent.complete, Latent.REST_MS, line, value);
    return value;
  },

  // Asks for what a partial answer left out, unless the controls have moved since: nobody waits for it,
  // and it sets nothing.
  async complete(line, partial) {
    if (line.busy || line.answered !== partial) return;
    const whole = await line.ask({}, false).catch(Latent.lost);
    if (whole && !whole.problem && !line.busy) line.show(whole);
  },

  // What was set by hand has reached the server.
  settled: () => Promise.all(Object.values(Latent.lines).map((line) => line.busy)),

  // Whether controls are to follow `value`: nothing was set since the server made it.
  upToDate(name, value) {
    const line = Latent.lines[name];
    return !line?.busy && !Latent.older(value, line?.answered);
  },

  // Draws now and whenever there is other content.
  live({ element, watch }, draw) {
    draw();
    watch("value", () => Latent.keepFocus(element, draw));
  },

  lost: () => Latent.toast(Latent.LOST),

  // Until the models of the header are shown anew.
  busy: () => document.body.classList.add("latent-busy"),

  // A sentence that people are to see, for some seconds.
  toast(text) {
    const note = Latent.h("p", { class: "latent-toast", role: "alert" }, text);
    (document.querySelector(".toast-wrap") ?? document.body).append(note);  // gradio's own
    setTimeout(() => note.remove(), 6000);
  },

  script(url) {  // loads a script once; resolves when it has run
    const run = (onload, onerror) => document.head.append(Latent.h("script", { src: url, onload, onerror }));
    Latent.scripts ??= {};
    Latent.scripts[url] ??= Latent.once(() => new Promise(run));
    return Latent.scripts[url]();
  },

  // What the browser keeps for the page, in localStorage or sessionStorage; until it is left, where
  // site data are blocked.
  kept(kind) {
    try {
      return window[kind];
    } catch {
      const values = (Latent.values ??= { localStorage: new Map(), sessionStorage: new Map() })[kind];
      return { getItem: (name) => values.get(name) ?? null, setItem: (name, value) => values.set(name, value) };
    }
  },

  // A file for the visitor.
  file(blob, name) {
    const url = URL.createObjectURL(blob);
    Latent.h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  },

  // A dialog with a text that is selected.
  offer(said, text) {
    const { h } = Latent;
    const field = h("textarea", { readonly: true, rows: 3, "aria-label": Latent.say("Text"), onfocus: () => field.select() }, text);
    const dialog = h("dialog", { class: "offer", "aria-label": said, onclose: () => dialog.remove() }, h("p", {}, said), field,
      h("button", { type: "button", class: "chip", onclick: () => dialog.close() }, Latent.say("Close")));
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  },
};

Latent.LOST = Latent.say("The server does not answer: try again, or reload the page.");
document.documentElement.lang = Latent.say("en");

// A line on what was found or done.
Latent.status = function ({ element, props, watch }) {
  const line = element.querySelector(".status");
  line.setAttribute("role", "status");
  Latent.live({ element, watch }, () => { line.textContent = props.value ?? ""; });
};
