// The page's own bytes, and the models that run of them: in the place of the app's server.
Latent.page = { about: Latent.told(window.latentAbout), chosen: [], views: new Map() };
{
  const { about } = Latent.page;
  const models = new Map(about.models.map((model) => [model.name, model]));
  const LATENTS = "latents.safetensors";

  // Unpacked bytes by path: from inside the page, else from beside it.
  async function bytes(path, tell) {
    const inside = document.getElementById(path);
    const packed = inside ? Uint8Array.from(atob(inside.textContent), (each) => each.charCodeAt(0)) : await fetched(`${path}.bin`, tell);
    inside?.remove();
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  async function fetched(path, tell) {
    if (location.protocol === "file:") throw new Error(Latent.say("A browser reads this folder from a web server only: open it there, or send the page that is one file."));
    const response = await fetch(path), parts = [], whole = Number(response.headers.get("content-length"));
    if (!response.ok) throw new Error(Latent.say("{file} is missing beside this page.", { file: path }));
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts);
      parts.push(value);
      if (whole) tell({ share: parts.reduce((sum, each) => sum + each.length, 0) / whole });
    }
  }

  const address = (script) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([script], { type: "text/javascript" }));
  });

  async function start(tell) {
    tell({ said: Latent.say("The browser is made ready to run models") });
    Latent.local.gif = await address(await bytes(about.runtime.gif, tell));
    const [script, wasm] = [await address(await bytes(about.runtime.script, tell)), await bytes(about.runtime.wasm, tell)];
    const engine = new Latent.Engine({ script, wasm });
    await engine.started;
    return engine;
  }

  async function load(name, tell) {
    const { title, at, files, description } = models.get(name), networks = {};
    tell({ said: Latent.say("Loading {model}", { model: title }) });
    for (const file of files.filter((each) => each.endsWith(".onnx"))) {
      networks[file.replace(".onnx", "")] = () => bytes(at + file, tell);
    }
    const latents = files.includes(LATENTS) ? Latent.latents(await bytes(at + LATENTS, tell)) : null;
    await ready.load(name, networks, { ...description, latents });
  }

  const engine = Latent.once(start), loading = new Map();  // gives promises, by model
  let ready = null;  // the engine, once it has started
  Latent.local = {
    started: true,

    // The engine with these models. Tells {said, share} of what it waits for.
    async with(names, tell = () => {}) {
      ready = await engine(tell);
      for (const name of names) {
        if (!loading.has(name)) loading.set(name, Latent.once((told) => load(name, told)));
        await loading.get(name)(tell);
      }
      return ready;
    },

    now: (names) => (names.every((name) => ready?.models.has(name)) ? ready : null),
  };
}
Latent.page.view = (id, title, build) => Latent.page.views.set(id, { title, build });
