// Pictures in place of the points of a map: one for each cell of the view, of those that lie in it, so
// that they do not hide each other. What a view shows is asked for when it rests.
Latent.maps.thumbs = function (plot, { model, server, shown, changed }) {
  const SIDE = 38, REST_MS = 150, MOST = 300;  // px; pictures asked for at a time
  const known = new Map();  // {sprite, x, y, size} by row
  let timer, asking = false, rows = [];

  // The first row in each cell; cells move with the map, and are halved as it is zoomed by two.
  function inView() {
    const { x, y } = plot.points(), { k, across, up } = plot.scale(), halved = 2 ** Math.round(Math.log2(k)) / k, found = new Map();
    for (let row = 0; row < x.length; row++) {
      if (!shown(row) || !plot.shows(x[row], y[row])) continue;
      const cell = `${Math.floor((across * halved * x[row]) / SIDE)} ${Math.floor((up * halved * y[row]) / SIDE)}`;
      if (!found.has(cell)) found.set(cell, row);
    }
    return [...found.values()].slice(0, MOST);
  }

  async function ask() {
    const lacking = rows.filter((row) => !known.has(row));
    if (asking || !lacking.length) return;
    asking = true;
    const told = await server.pictures({ model, rows: lacking }).then(Latent.told).catch(() => null);
    asking = false;
    if (!told) return Latent.lost();
    const sprite = new Image();
    sprite.src = told.src;
    await sprite.decode();
    lacking.forEach((row, at) => known.set(row, { sprite, size: told.size, x: (at % told.wide) * told.size, y: Math.floor(at / told.wide) * told.size }));
    changed();
  }

  const framed = (row, colour) => ({ x: plot.points().x[row], y: plot.points().y[row], draw(context) {
    const { sprite, size, x, y } = known.get(row), half = SIDE / 2 - 2;
    Latent.tile(context, sprite, [x, y, size], [-half, -half, 2 * half]);
    Object.assign(context, { strokeStyle: colour, lineWidth: 2 });
    context.strokeRect(-half, -half, 2 * half, 2 * half);
  } });

  return {
    // The marks of what is known, framed in the points' colours; asks for the others.
    marks(colourOf) {
      rows = inView();
      clearTimeout(timer);
      timer = setTimeout(ask, REST_MS);
      return rows.filter((row) => known.has(row)).map((row) => framed(row, colourOf(row)));
    },
  };
};
