// What a Web Worker runs: ONNX networks, by onnxruntime-web. The worker is made of this function's
// text, which knows nothing of the page, so that it also runs where there is no server (file://).
Latent.worker = function () {
  const sessions = new Map();
  let ort, last = Promise.resolve();

  const tasks = {
    async start({ script, wasm }) {
      ort = await import(script);
      Object.assign(ort.env.wasm, { wasmBinary: wasm, numThreads: 1 });
      ort.env.logLevel = "error";
    },

    async load({ key, bytes }) {
      sessions.set(key, await ort.InferenceSession.create(bytes));
    },

    // Rows of `width` numbers -> rows of numbers.
    async map({ key, rows, width }) {
      return (await run(key, rows, [rows.length / width, width])).data;
    },

    // Codes of `width` numbers -> RGBA, one square picture after the other.
    async decode({ key, rows, width }) {
      const { data, dims: [count, , high, wide] } = await run(key, rows, [rows.length / width, width]);
      const area = high * wide, pixels = new Uint8ClampedArray(4 * area * count).fill(255);
      for (let image = 0; image < count; image++) {
        for (let channel = 0; channel < 3; channel++) {
          const from = (3 * image + channel) * area, to = 4 * image * area + channel;
          for (let at = 0; at < area; at++) pixels[to + 4 * at] = 255 * data[from + at];
        }
      }
      return pixels;
    },

    // RGBA, one square picture of `size` px after the other -> rows of numbers.
    async encode({ key, pixels, size }) {
      const area = size * size, count = pixels.length / 4 / area, x = new Float32Array(3 * area * count);
      for (let image = 0; image < count; image++) {
        for (let channel = 0; channel < 3; channel++) {
          const to = (3 * image + channel) * area, from = 4 * image * area + channel;
          for (let at = 0; at < area; at++) x[to + at] = pixels[from + 4 * at] / 255;
        }
      }
      return (await run(key, x, [count, 3, size, size])).data;
    },
  };

  async function run(key, data, dims) {
    const session = sessions.get(key), input = new ort.Tensor("float32", data, dims);
    return (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
  }

  async function answer({ id, task, ...given }) {
    try {
      const found = await tasks[task](given);
      postMessage({ id, found }, found ? [found.buffer] : []);
    } catch (error) {
      postMessage({ id, error: String(error) });
    }
  }

  onmessage = ({ data }) => { last = last.then(() => answer(data)); };
};
