// A table of few, large pictures: rows are things, columns are models.
// value {columns: [{title, colour}],
//        rows: [{title, note, index, cards: [{src, said, seconds, stats: [[name, value, meaning]]}]}]}
// A card without src has words, `said`, in the picture's place; one with both is greyed.
Latent.board = function ({ element, props, trigger, watch, grid, empty }) {
  const { h } = Latent;
  const root = element.querySelector(".board");

  const figures = (stats) => h("dl", { class: "stats" }, (stats ?? []).map(([name, value, meaning]) =>
    h("div", { title: meaning }, h("dt", {}, name), h("dd", {}, value))));

  const card = (picture, alt, index) => {
    if (!picture.src) return h("figure", { class: "card" }, Latent.reason(picture));
    const image = Latent.image(picture.src, alt);
    Latent.draggable(image, { grid, index });
    return h("figure", { class: picture.said ? "card greyed" : "card" }, image,
      picture.said ? h("figcaption", { class: "note" }, Latent.prose(picture.said)) : null, figures(picture.stats));
  };

  function draw() {
    const value = props.value;
    root.replaceChildren();
    if (!value?.rows?.length) {
      root.append(h("p", { class: "empty" }, empty));
      return;
    }
    root.style.setProperty("--columns", Math.min(value.columns.length, 4));
    root.classList.toggle("many", value.columns.length > 3);
    for (const row of value.rows) {
      const cards = row.cards.map((picture, at) => h("div", { class: "cell" }, Latent.title(value.columns[at], "h3"),
        card(picture, `${row.title}, ${value.columns[at].title}`, row.index)));
      root.append(h("section", { class: "row", "aria-label": row.title },
        h("header", {}, h("h2", {}, row.title), h("span", { class: "note" }, row.note ?? ""),
          Latent.sendButtons(() => ({ grid, index: row.index }), (data) => trigger("send", data))),
        h("div", { class: "cells" }, cards)));
    }
  }

  Latent.live({ props, watch }, draw);
};
