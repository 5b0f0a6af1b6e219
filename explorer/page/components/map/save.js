// A map as a file: what is seen of it, with the words under the maps, as PNG or SVG.
Latent.maps.save = {
  FONT: "12px system-ui, sans-serif",

  ground: () => Latent.isDark() ? "#0b1220" : "#ffffff",

  // The words under the maps, in lines below one, in px: {words: [{dot, colour, said, x, y}], high: map and lines}.
  below(legend, [width, height]) {
    const LEFT = 8, LINE = 18, GAP = 14, context = document.createElement("canvas").getContext("2d");
    context.font = Latent.maps.save.FONT;
    let [x, y] = [LEFT, height + LINE];
    const words = [...legend.childNodes].filter((node) => node.textContent.trim()).map((node) => {
      const colour = node.querySelector?.(".dot")?.style.backgroundColor ?? "", dot = colour && "● ", said = node.textContent.trim();
      const wide = context.measureText(dot + said).width;
      if (x > LEFT && x + wide > width) [x, y] = [LEFT, y + LINE];
      x += wide + GAP;
      return { dot, colour, said, x: x - wide - GAP, y };
    });
    return { words, high: words.length ? y + LINE / 2 : height };
  },

  png(plot, legend) {
    const size = plot.size(), { words, high } = Latent.maps.save.below(legend, size), seen = plot.picture(plot.look()), dense = seen.width / size[0];
    const made = document.createElement("canvas"), context = made.getContext("2d");
    [made.width, made.height] = [seen.width, Math.max(seen.height, Math.round(high * dense))];
    context.fillStyle = Latent.maps.save.ground();
    context.fillRect(0, 0, made.width, made.height);
    context.drawImage(seen, 0, 0);
    context.scale(dense, dense);
    context.font = Latent.maps.save.FONT;
    for (const { dot, colour, said, x, y } of words) {
      context.fillStyle = Latent.maps.strong();
      context.fillText(said, x + context.measureText(dot).width, y);
      context.fillStyle = colour;
      context.fillText(dot, x, y);
    }
    made.toBlob((picture) => Latent.saveView(picture, "latent_map.png"));
  },

  // Points as paths, one a colour, to MOST of them; words are text. What else there is, is a picture: the
  // shade behind the points, and over them the marks, with the points where those are more.
  svg(plot, legend) {
    const MOST = 20000, { x, y } = plot.points(), [width, height] = plot.size(), paths = new Map(), text = (said) => said.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt()};`);
    const shown = plot.look(), { inks, which } = shown, many = x.length > MOST, marks = shown.marks.filter(({ said }) => !said);
    for (let row = 0; row < x.length && shown.dots && !many; row++) {
      const ink = inks[which[row]], [px, py] = plot.at(x[row], y[row]);
      if (ink && px >= 0 && py >= 0 && px <= width && py <= height) paths.set(ink, `${paths.get(ink) ?? ""}M${px.toFixed(1)} ${py.toFixed(1)}h0`);
    }
    const image = (part) => `<image width="${width}" height="${height}" href="${plot.picture({ ...shown, ...part }).toDataURL()}"/>`;
    const dots = [...paths].map(([ink, path]) => `<path d="${path}" stroke="${ink}"/>`).join("\n");
    const words = shown.marks.filter(({ said }) => said).map((each) => {
      const [px, py] = plot.at(each.x, each.y);
      return `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}">${text(each.said)}</text>`;
    }).join("\n");
    const below = Latent.maps.save.below(legend, [width, height]);
    const lines = below.words.map((each) => `<text x="${each.x.toFixed(1)}" y="${each.y}">${each.dot && `<tspan fill="${each.colour}">${each.dot}</tspan>`}${text(each.said)}</text>`).join("\n");
    const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${below.high}" viewBox="0 0 ${width} ${below.high}">
<rect width="100%" height="100%" fill="${Latent.maps.save.ground()}"/>
<svg width="${width}" height="${height}">
${shown.under ? image({ dots: false, marks: [] }) : ""}
<g fill="none" stroke-width="4" stroke-linecap="round" stroke-opacity="0.6">
${dots}
</g>
${marks.length || many ? image({ under: null, dots: shown.dots && many, marks }) : ""}
<g font-family="system-ui, sans-serif" font-size="12" font-weight="600" text-anchor="middle" dominant-baseline="middle" fill="${Latent.maps.strong()}" stroke="${Latent.maps.save.ground()}" stroke-opacity="0.8" stroke-width="4" stroke-linejoin="round" paint-order="stroke">
${words}
</g>
</svg>
<g font-family="system-ui, sans-serif" font-size="12" fill="${Latent.maps.strong()}">
${lines}
</g>
</svg>
`;
    Latent.file(new Blob([drawn], { type: "image/svg+xml" }), "latent_map.svg");
  },
};
