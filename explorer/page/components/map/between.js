// One map turned into another: where points lie on the other map, turned and mirrored so that it fits this
// one best (Procrustes), since the axes of a map mean nothing; and the way there. It is scaled to this one's
// spread: the scale that fits best shrinks what hardly correlates to a blob.
Latent.maps.between = {
  WAY_MS: 1600,

  fitted(here, there) {
    const count = Math.min(here.x.length, there.x.length), mean = (values) => values.subarray(0, count).reduce((sum, each) => sum + each, 0) / count;
    const [ax, ay, bx, by] = [mean(here.x), mean(here.y), mean(there.x), mean(there.y)];
    const gain = (sign) => {  // of turning the other, mirrored by the sign: [cosine, sine]
      let [cosine, sine] = [0, 0];
      for (let i = 0; i < count; i++) {
        const [x, y, u, v] = [here.x[i] - ax, here.y[i] - ay, there.x[i] - bx, sign * (there.y[i] - by)];
        cosine += u * x + v * y;
        sine += u * y - v * x;
      }
      return [cosine, sine];
    };
    const spread = ({ x, y }, mx, my) => {  // root mean square about the mean
      let squares = 0;
      for (let i = 0; i < count; i++) squares += (x[i] - mx) ** 2 + (y[i] - my) ** 2;
      return Math.sqrt(squares / count);
    };
    const [plain, mirrored] = [gain(1), gain(-1)], sign = Math.hypot(...plain) >= Math.hypot(...mirrored) ? 1 : -1;
    const [cosine, sine] = sign > 0 ? plain : mirrored, turn = Math.atan2(sine, cosine);
    const scale = spread(here, ax, ay) / (spread(there, bx, by) || 1), [c, s] = [scale * Math.cos(turn), scale * Math.sin(turn)];
    const turned = { x: new Float32Array(here.x), y: new Float32Array(here.y) };  // what the other lacks stays
    for (let i = 0; i < count; i++) {
      const [u, v] = [there.x[i] - bx, sign * (there.y[i] - by)];
      turned.x[i] = c * u - s * v + ax;
      turned.y[i] = s * u + c * v + ay;
    }
    return turned;
  },

  // What is said of a plot whose points have `moved` to those of another of the panels.
  told({ panel, moved }, panels) {
    const other = panels.find(({ model }) => model === moved.to).title;
    return Latent.say("{model}: its points are where {other} has them, turned so that they fit best.", { model: panel.title, other });
  },

  // Moves the points of a plot; resolves at the end.
  go(plot, from, to) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches, begun = performance.now();
    const mixed = { x: new Float32Array(from.x.length), y: new Float32Array(from.x.length) };
    return new Promise((resolve) => {
      const step = (now) => {
        const part = still ? 1 : Math.min(1, Math.max(0, now - begun) / Latent.maps.between.WAY_MS), share = part * part * (3 - 2 * part);
        for (let i = 0; i < mixed.x.length; i++) {
          mixed.x[i] = from.x[i] + share * (to.x[i] - from.x[i]);
          mixed.y[i] = from.y[i] + share * (to.y[i] - from.y[i]);
        }
        plot.use(part === 1 ? to : mixed);
        if (part < 1) requestAnimationFrame(step);
        else resolve();
      };
      requestAnimationFrame(step);
    });
  },
};
