// What lies under the pointer on a map, decoded by every model in a card beside it.
Latent.maps.hover = function ({ props, server }) {
  const { h } = Latent, card = h("div", { class: "hover", "aria-hidden": "true", hidden: true });
  const pictures = new Map();  // what hovering has fetched, by point
  let wanted = null, busy = false, asked = null;

  function reveal({ label, images, notes = [] }, { clientX, clientY }) {
    card.replaceChildren(h("div", { class: "faces" }, images.map((src, at) => h("div", {}, Latent.image(src, ""), notes[at] ?? ""))), h("span", {}, label));
    card.style.width = `${Math.min(images.length, 4) * 96 + 18}px`;
    card.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = card;
    const [left, top] = [clientX + 14 + width > innerWidth ? clientX - 14 - width : clientX + 14, clientY + 14 + height > innerHeight ? clientY - 14 - height : clientY + 14];
    Object.assign(card.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
  }

  function hide() {
    card.hidden = true;
    asked = wanted = null;
  }

  // What a spot decodes to, in the browser once it has the models. The server knows planes alone.
  async function decoded({ model, plane }, points, x, y) {
    if (!plane) return Latent.spots.among(props.value.models, Latent.spots.around(points, x, y));
    return await Latent.spots.point(model, [x, y]) ?? Latent.told(await server.decode_point({ model, z: [x, y] }));
  }

  function called(index) {
    if (index < 0) return props.value.own[-1 - index].label;
    const has = Object.entries(props.value.labels).filter(([, packed]) => Latent.maps.has(Latent.maps.bytes(packed), index));
    const picture = Latent.say("{shows} {index}", { shows: props.value.shows, index: String(index) });
    if (!has.length) return picture;
    return Latent.say("{picture}: {names}", { picture, names: has.map(([name]) => Latent.maps.called(name)) });
  }

  async function fetched(index) {
    if (index < 0) return { label: called(index), images: [props.value.own[-1 - index].src] };
    const { models } = props.value, images = await Latent.spots.pictures(models, index);
    return images ? { label: called(index), images } : Latent.told(await server.preview_point({ index, models }));
  }

  return {
    card,
    hide,
    called,
    clear: () => pictures.clear(),

    // One of the pictures, or of the visitor's own.
    async point(index, pointer) {
      asked = index;
      if (!pictures.has(index)) {
        await new Promise((resolve) => setTimeout(resolve, 30));  // a passing pointer asks nothing
        if (asked !== index) return;
        pictures.set(index, await fetched(index));
      }
      if (asked === index) reveal(pictures.get(index), pointer);
    },

    // A spot of panel `at` without a picture; of the spots passed meanwhile the last counts.
    async spot(panel, at, points, spot) {
      const mine = `spot of ${at}`;
      [wanted, asked] = [spot, mine];
      if (busy) return;
      busy = true;
      while (wanted) {
        const { x, y, pointer } = wanted;
        wanted = null;
        const seen = await decoded(panel, points, x, y).catch(() => null);  // else no spot would follow
        if (asked === mine) seen ? reveal(seen, wanted?.pointer ?? pointer) : hide();
      }
      busy = false;
    },
  };
};
