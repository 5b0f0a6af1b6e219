// How the points of a map look: colours by labels, and which are shown.
//
// value: that of Latent.map, whose `labels` are bits by attribute, in base64, of the first `labelled` rows; look: {colour, rows: bits of
// those that are shown, "" for all}; lit: the rows of a group as bits, "" without one.
Object.assign(Latent.maps, {
  PALETTE: ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"],
  HIDDEN: 255,  // in place of the index of a colour

  bytes(packed) {
    const text = atob(packed), found = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) found[at] = text.charCodeAt(at);
    return found;
  },

  has: (bits, index) => Boolean(bits[index >> 3] & (128 >> (index & 7))),

  // Rows as bits in base64, of `count` rows.
  packed(rows, count) {
    const bits = new Uint8Array(Math.ceil(count / 8));
    for (const row of rows) bits[row >> 3] |= 128 >> (row & 7);
    let text = "";
    for (const each of bits) text += String.fromCharCode(each);
    return btoa(text);
  },

  called: (label) => Latent.say(label.replaceAll("_", " ")),

  strong: () => Latent.isDark() ? "#ffffff" : "#111111",

  // {inks, which} of `count` points, found anew when the look or the group is another one.
  painter(count, panel, value, state) {
    let made, found;
    return () => {
      const { look, lit } = state(), key = JSON.stringify([look.colour, look.rows, lit, Latent.isDark()]);
      if (made !== key) [made, found] = [key, Latent.maps.coloured(count, panel, value, look, lit)];
      return found;
    };
  },

  coloured(count, panel, value, look, lit) {
    const { PALETTE, HIDDEN, bytes, has, strong } = Latent.maps, which = new Uint8Array(count);
    const packed = look.colour === "*" ? Object.values(value.labels) : value.labels[look.colour] ? [value.labels[look.colour]] : [];
    packed.forEach((each, label) => {
      const bits = bytes(each), known = Math.min(count, 8 * bits.length);
      for (let i = 0; i < known; i++) if (has(bits, i)) which[i] = 1 + (label % PALETTE.length);
    });
    const quiet = Latent.isDark() ? "#64748b" : "#a8b3c4";
    const inks = packed.length ? [quiet, ...(look.colour === "*" ? PALETTE : [panel.colour])] : [panel.colour];
    const unknown = packed.length > 0 && value.labelled < count;
    if (unknown) which.fill(inks.push(Latent.isDark() ? "#334155" : "#dbe1ea") - 1, value.labelled);
    if (lit) {
      const bits = bytes(lit), of = inks.push(strong()) - 1;
      for (let i = 0; i < count; i++) if (has(bits, i)) which[i] = of;
    }
    if (look.rows) {
      const bits = bytes(look.rows);
      for (let i = 0; i < count; i++) if (!has(bits, i)) which[i] = HIDDEN;
    }
    return { inks, which, unknown, shown: (index) => which[index] !== HIDDEN };
  },
});
