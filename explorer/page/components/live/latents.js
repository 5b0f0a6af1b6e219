// latents.safetensors in the browser: codes of encoded images, their map, attribute directions.
{
  // Half precision as numbers.
  function halves(bits) {
    return Float32Array.from(bits, (each) => {
      const sign = each & 0x8000 ? -1 : 1, exponent = (each >> 10) & 31, fraction = each & 1023;
      if (exponent === 31) return fraction ? NaN : sign * Infinity;
      return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
    });
  }
  const READ = {
    F32: (buffer) => new Float32Array(buffer), F16: (buffer) => halves(new Uint16Array(buffer)),
    I8: (buffer) => new Int8Array(buffer), U8: (buffer) => new Uint8Array(buffer),
  };

  // {names, count, code(i), labels(), place(i) -> [x, y] or null, directions(method) -> {name: vector}}
  // of the file's bytes.
  Latent.latents = (file) => {
    const length = Number(new DataView(file).getBigUint64(0, true)), start = 8 + length;
    const { __metadata__: about, ...entries } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
    const tensor = (name) => {
      const { dtype, data_offsets: [from, to] } = entries[name];
      return READ[dtype](file.slice(start + from, start + to));
    };
    const [count, width] = entries.codes.shape, names = JSON.parse(about.names);
    const codes = tensor("codes"), scale = tensor("codes.scale"), map = entries.map && tensor("map");
    const code = (i) => Float32Array.from(codes.subarray(i * width, (i + 1) * width), (each) => scale[i] * each);
    return {
      names, count, code,
      labels: () => tensor("labels"),  // (count, names) of 0 and 1
      place: (i) => map && [map[2 * i], map[2 * i + 1]],

      // Of the attributes that could be measured.
      directions(method) {
        if (!entries[`${method}.vectors`]) return {};
        const vectors = tensor(`${method}.vectors`), figures = ["auc", "cohens_d", "random_d"].map((each) => tensor(`${method}.${each}`));
        return Object.fromEntries(names.map((name, row) => [name, vectors.subarray(row * width, (row + 1) * width)])
          .filter((_, row) => figures.every((each) => Number.isFinite(each[row]))));
      },
    };
  };
}
