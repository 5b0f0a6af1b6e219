Latent.RETRY_MS = 30000;  // from a failure to the next attempt: `now` asks at every move

// Loads the models of this server into the browser as they are wanted, and says so where the browser
// cannot run them: then the server answers as ever.
Latent.networks = function ({ element, server }) {
  const { h } = Latent;
  const badge = element.querySelector(".networks");
  const LATENTS = "latents.safetensors";
  const address = (path) => new URL(`${window.gradio_config.root}/live/${path}`, window.location.href).href;
  const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  const loading = new Map();  // {once, it: {news, tell}}, by model
  const engine = Latent.once(start, Latent.RETRY_MS);
  let ready = null;  // the engine, once it has started

  // Bytes, with how many of them have come so far.
  async function bytes(url, came = () => {}) {
    const response = await fetch(url), parts = [];
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts).arrayBuffer();
      parts.push(value);
      came(value.length / Number(response.headers.get("content-length")));
    }
  }

  async function start(tell) {
    tell({ said: Latent.say("The browser is made ready to run models") });
    let share = 0;
    const packed = await bytes(address("onnxruntime/ort-wasm-simd-threaded.wasm.gz"), (more) => tell({ share: share += more }));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const wasm = await new Response(unpacked).arrayBuffer();
    const made = new Latent.Engine({ script: address("onnxruntime/ort.wasm.bundle.min.mjs"), wasm });
    await made.started;
    return made;
  }

  // What the server has of a model, once it has it; it is told which are asked for after that one.
  async function known(model, after, tell) {
    for (;;) {
      const found = Latent.told(await server.pair({ model, after }));
      if (!found.seconds) return found;
      tell({ said: Latent.say("{model} is made ready for the browser, about {seconds} s", { model, seconds: found.seconds }), seconds: found.seconds });
      await wait(1);
    }
  }

  async function load(model, after, tell) {
    const { problem, at, files, description } = await known(model, after, tell);
    if (problem) throw Object.assign(new Error(problem), { problem });
    tell({ said: Latent.say("Loading {model}", { model: description.name }) });
    const networks = {};
    for (const file of files.filter((each) => each.endsWith(".onnx"))) {
      let share = 0;
      networks[file.replace(".onnx", "")] = () => bytes(address(at + file), (more) => tell({ share: share += more }));
    }
    const latents = files.includes(LATENTS) ? Latent.latents(await bytes(address(at + LATENTS))) : null;
    await ready.load(model, networks, { ...description, latents });
  }

  // Loads a model once, and tells whoever asked last what is waited for.
  function loaded(model, after, tell) {
    if (!loading.has(model)) {
      const it = { news: {} }, hear = (news) => it.tell(it.news = { said: it.news.said, ...news });
      loading.set(model, { it, once: Latent.once(() => load(model, after, hear), Latent.RETRY_MS) });
    }
    const { it, once } = loading.get(model);
    it.tell = tell;
    if (!ready.models.has(model)) tell(it.news);
    return once();
  }

  function failed(error) {
    console.warn(error);
    badge.replaceChildren(h("span", { class: "badge", role: "status", title: error.problem ?? Latent.say("This browser cannot run the models itself.") }, Latent.say("drawn by the server")));
    return null;
  }

  Latent.local = {
    gif: address("gifenc/gifenc.esm.js"),
    started: false,

    // The engine with these models, null where one of them cannot run here. Tells {said, seconds,
    // share} of what it waits for.
    async with(models, tell = () => {}) {
      Latent.local.started = true;
      try {
        ready = await engine(tell);
        const begin = (at, told) => loaded(models[at], models.slice(at + 1), told);
        for (const at of models.keys()) {
          const done = begin(at, tell);
          if (at + 1 < models.length) begin(at + 1, () => {}).catch(() => {});  // thrown in its turn
          await done;
        }
        badge.replaceChildren();
        return ready;
      } catch (error) {
        return failed(error);
      }
    },

    // The engine if it has these models by now; else it is made ready.
    now(models) {
      if (models.every((model) => ready?.models.has(model))) return ready;
      Latent.local.with(models);
      return null;
    },
  };
};
