// The maths of codes, as in training.codes: a code is a Float32Array, and `prior` the parts of
// model.json, [{kind, size}].
{
  const norm = (z) => Math.hypot(...z);
  const unit = (z) => scaled(z, 1 / Math.max(norm(z), 1e-12));
  const scaled = (z, by) => z.map((each) => by * each);
  const clamped = (low, high) => (z) => z.map((each) => Math.min(Math.max(each, low), high));

  // The nearest distribution over the classes, as in `priors.OneHot`.
  function simplex(z) {
    let sum = 0, threshold = 0;
    z.slice().sort().reverse().forEach((each, at) => {
      sum += each;
      if (each > (sum - 1) / (at + 1)) threshold = (sum - 1) / (at + 1);
    });
    return z.map((each) => Math.max(each - threshold, 0));
  }

  const ONTO = { sphere: unit, uniform: clamped(-1, 1), switches: clamped(0, 1), "one-hot": simplex };

  // Parts of codes between which others lie straight.
  const STRAIGHT = new Set(["one-hot", "switches", "mixture", "swiss-roll"]);

  // Sum of the codes, each by its weight.
  function mixed(codes, weights) {
    const sum = new Float32Array(codes[0].length);
    codes.forEach((code, at) => code.forEach((each, i) => { sum[i] += weights[at] * each; }));
    return sum;
  }

  function ofMeanNorm(codes, weights) {
    const length = codes.reduce((sum, code, at) => sum + weights[at] * norm(code), 0);
    return scaled(unit(mixed(codes, weights)), length);
  }

  Latent.codes = {
    norm,
    mixed,

    // On the prior's support.
    project(z, prior) {
      const found = Float32Array.from(z);
      let from = 0;
      for (const { kind, size } of prior) {
        if (ONTO[kind]) found.set(ONTO[kind](found.slice(from, from + size)), from);
        from += size;
      }
      return found;
    },

    // Between codes, on the prior's support, as its parts have it: `priors.Prior.between`.
    between(codes, weights, prior) {
      const found = new Float32Array(codes[0].length);
      let from = 0;
      for (const { kind, size } of prior) {
        const parts = codes.map((code) => code.slice(from, from + size));
        found.set((STRAIGHT.has(kind) ? mixed : ofMeanNorm)(parts, weights), from);
        from += size;
      }
      return Latent.codes.project(found, prior);
    },

    // Between top left, top right, bottom left and bottom right, at `right` and `down` in [0, 1].
    corners: (codes, right, down, prior) => Latent.codes.between(codes,
      [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down], prior),

    // Rows of `width` numbers, as base64 of float32.
    unpacked(base64, width) {
      const numbers = new Float32Array(Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)).buffer);
      return Array.from({ length: numbers.length / width }, (_, at) => numbers.subarray(at * width, (at + 1) * width));
    },
  };
}
