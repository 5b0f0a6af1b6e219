// A Web Worker that runs networks. Every promise is rejected where the browser cannot run it.
Latent.Worker = class {
  constructor(runtime) {
    this.waiting = new Map();
    this.count = 0;
    const code = new Blob([`(${Latent.worker})()`], { type: "text/javascript" });
    this.worker = new Worker(URL.createObjectURL(code));
    this.worker.onmessage = ({ data: { id, found, error } }) => {
      const [resolve, reject] = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) reject(new Error(error));
      else resolve(found);
    };
    this.worker.onerror = ({ message }) => this.waiting.forEach(([, reject]) => reject(new Error(message)));
    this.started = this.ask("start", runtime).catch((error) => {
      this.worker.terminate();
      throw error;
    });
  }

  ask(task, given) {
    return new Promise((resolve, reject) => {
      this.waiting.set(++this.count, [resolve, reject]);
      this.worker.postMessage({ id: this.count, task, ...given });
    });
  }
};

// Models in the browser, with nothing of the server or of gradio.
// runtime {script, wasm}: the address of onnxruntime-web's module, as http: or data:, and the bytes
// of its WebAssembly.
Latent.Engine = class {
  constructor(runtime) {
    this.runtime = runtime;
    this.models = new Map();  // name -> description, as in model.json
    this.networks = new Map();  // "name encoder", "name decoder", "name prior" -> gives the worker that has it
    this.workers = [new Latent.Worker(runtime)];
    this.placed = 0;  // models, also those that are being loaded
    this.started = this.workers[0].started;
  }

  // networks {decoder, encoder, prior}: of those that there are, functions that give their bytes;
  // description: model.json. An encoder is opened when it is first run: what only draws needs none.
  async load(name, networks, description) {
    const worker = this.place();
    await worker.started;
    for (const [part, bytes] of Object.entries(networks)) {
      const key = `${name} ${part}`, open = Latent.once(async () => {
        await worker.ask("load", { key, bytes: await bytes() });
        return worker;
      });
      this.networks.set(key, open);
      if (part !== "encoder") await open();
    }
    this.models.set(name, description);
  }

  // The worker for another model: one runs two as fast as the hand moves, more share two cores.
  place() {
    const { workers, placed } = this, cores = navigator.hardwareConcurrency ?? 1;
    if (placed >= 2 && workers.length < Math.min(2, cores)) {
      const other = new Latent.Worker(this.runtime);
      workers.push(other);
      other.started.catch(() => workers.splice(workers.indexOf(other), 1));  // the next model begins another
    }
    this.placed++;
    return workers[(placed + 1) % workers.length];
  }

  // What a network gives.
  async run(key, task, given) {
    return (await this.networks.get(key)()).ask(task, { key, ...given });
  }

  // Codes (B * n), one after the other -> ImageData of each.
  async decode(name, codes) {
    const { code_length: width, image_size: size } = this.models.get(name), length = 4 * size * size;
    const pixels = await this.run(`${name} decoder`, "decode", { rows: codes, width });
    return Array.from({ length: pixels.length / length }, (_, at) =>
      new ImageData(pixels.subarray(at * length, (at + 1) * length), size, size));
  }

  // RGBA of pictures of the model's size, one after the other -> codes (B * n) on the prior's support.
  async encode(name, pixels) {
    const { code_length, image_size: size, prior } = this.models.get(name);
    const found = await this.run(`${name} encoder`, "encode", { pixels, size });
    for (let at = 0; at < found.length; at += code_length) {
      found.set(Latent.codes.project(found.subarray(at, at + code_length), prior), at);
    }
    return found;
  }

  close() {
    for (const { worker } of this.workers) worker.terminate();
  }
};

// A function that does `work` once, and gives its promise again; after a failure it is tried anew,
// `pause` ms later at the earliest.
Latent.once = (work, pause = 0) => {
  let made = null;
  return (...given) => made ??= work(...given).catch((error) => {
    setTimeout(() => { made = null; }, pause);
    throw error;
  });
};

// A function that does `work` with the last value it was given: what comes while it works waits, and
// is left out where another comes. Gives a promise that all is done, which fails where any of it did.
Latent.newest = (work) => {
  let wanted = null, busy = null;
  async function settle() {
    let failed = null;
    while (wanted) {
      const [value] = wanted;
      wanted = null;
      await work(value).catch((error) => { failed = error; });
    }
    busy = null;
    if (failed) throw failed;
  }
  return (value) => {
    wanted = [value];
    return busy ??= settle();
  };
};
