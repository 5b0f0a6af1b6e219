// What is drawn over the points of a map: each a {x, y, draw: (context, to)} for Latent.scatter, where
// to(x, y) is another point as the mark sees it, in px.
Latent.maps.marks = {
  // One of the visitor's own pictures.
  star: (x, y, edge) => ({ x, y, draw(context) {
    context.beginPath();
    for (let tip = 0; tip < 10; tip++) {
      const far = tip % 2 ? 3.6 : 8.5, turn = (tip * Math.PI) / 5;
      context.lineTo(far * Math.sin(turn), -far * Math.cos(turn));
    }
    context.closePath();
    Object.assign(context, { fillStyle: Latent.maps.strong(), strokeStyle: edge, lineWidth: 1 });
    context.fill();
    context.stroke();
  } }),

  // Around what is chosen.
  ring: (x, y) => ({ x, y, draw(context) {
    context.beginPath();
    context.arc(0, 0, 9, 0, 2 * Math.PI);
    Object.assign(context, { strokeStyle: Latent.maps.strong(), lineWidth: 3 });
    context.stroke();
  } }),

  // Lines from what is chosen to its nearest neighbours, [[x, y]].
  lines: (x, y, ends) => ({ x, y, draw(context, to) {
    Object.assign(context, { strokeStyle: Latent.maps.strong(), fillStyle: Latent.maps.strong(), lineWidth: 1.2, globalAlpha: 0.8 });
    for (const [a, b] of ends) {
      const [px, py] = to(a, b);
      context.beginPath();
      context.moveTo(0, 0);
      context.lineTo(px, py);
      context.stroke();
      context.beginPath();
      context.arc(px, py, 4, 0, 2 * Math.PI);
      context.fill();
    }
  } }),

  // What stands out in a dense region; `said`, so that a file can have it as text.
  words({ x, y, names }) {
    const said = names.map(Latent.maps.called).join(", ");
    return { x, y, said, draw(context) {
      Object.assign(context, { font: "600 12px system-ui, sans-serif", textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 4,
        strokeStyle: Latent.isDark() ? "#0b1220d0" : "#ffffffd0", fillStyle: Latent.maps.strong() });
      context.strokeText(said, 0, 0);
      context.fillText(said, 0, 0);
    } };
  },

  // A lasso, through points [[x, y]].
  outline: (points) => ({ x: points[0][0], y: points[0][1], draw(context, to) {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(...to(x, y));
    context.closePath();
    Object.assign(context, { strokeStyle: Latent.maps.strong(), fillStyle: Latent.isDark() ? "#ffffff22" : "#00000018", lineWidth: 1.5 });
    context.setLineDash([5, 4]);
    context.fill();
    context.stroke();
  } }),

  // The prior's density behind the points of a plane, as a canvas; null without a plane.
  shade({ plane }) {
    if (!plane) return null;
    const { density } = plane, cells = density.length, picture = new ImageData(cells, cells), ink = Latent.isDark() ? [148, 163, 184] : [71, 85, 105];
    density.forEach((row, up) => row.forEach((level, right) => picture.data.set([...ink, 0.55 * level], 4 * ((cells - 1 - up) * cells + right))));
    const drawn = new OffscreenCanvas(cells, cells);
    drawn.getContext("2d").putImageData(picture, 0, 0);
    return drawn;
  },
};
