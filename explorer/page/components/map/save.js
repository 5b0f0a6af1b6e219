// A map as a file: what is seen of it, as PNG or SVG.
Latent.maps.save = {
  png: (plot) => plot.canvas.toBlob((picture) => Latent.saveView(picture, "latent_map.png")),

  // Points as paths, one a colour, to MOST of them; beyond those the canvas as a picture. Words are text.
  svg(plot, { inks, which }, regions) {
    const MOST = 20000, { x, y } = plot.points(), [width, height] = plot.size(), paths = new Map(), text = (said) => said.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt()};`);
    if (x.length <= MOST) {
      for (let row = 0; row < x.length; row++) {
        const ink = inks[which[row]], [px, py] = plot.at(x[row], y[row]);
        if (ink && px >= 0 && py >= 0 && px <= width && py <= height) paths.set(ink, `${paths.get(ink) ?? ""}M${px.toFixed(1)} ${py.toFixed(1)}h0`);
      }
    }
    const dots = x.length > MOST ? `<image width="${width}" height="${height}" href="${plot.canvas.toDataURL()}"/>`
      : [...paths].map(([ink, path]) => `<path d="${path}" stroke="${ink}"/>`).join("\n");
    const words = regions.map((each) => {
      const [px, py] = plot.at(each.x, each.y);
      return `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}">${text(each.names.map(Latent.maps.called).join(", "))}</text>`;
    }).join("\n");
    const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" fill="${Latent.isDark() ? "#0b1220" : "#ffffff"}"/>
<g fill="none" stroke-width="4" stroke-linecap="round" stroke-opacity="0.6">
${dots}
</g>
<g font-family="system-ui, sans-serif" font-size="12" font-weight="600" text-anchor="middle" fill="${Latent.maps.strong()}">
${words}
</g>
</svg>
`;
    Latent.file(new Blob([drawn], { type: "image/svg+xml" }), "latent_map.svg");
  },
};
