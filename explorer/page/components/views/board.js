// A table of few, large pictures: rows are things, columns are models.
// value {columns: [{title, colour}],
//        rows: [{title, note, index, progress, stopped, cards: [{src, said, seconds, stats: [[name, value, meaning, more]]}]}]}
// live, which edits are drawn of in the browser: see `Latent.editing`.
// ladder, the steps that led to the row that is worked on: see `Latent.ladder`. With `original`, its
// picture is the first card of every row, and the others can be seen against it.
// A card without src has words, `said`, in the picture's place; one with both is greyed. A row with
// a progress, 0 to 1, can be stopped, one that is stopped goes on. Triggers send {grid, index, to}, stop and resume.
Latent.board = function ({ element, props, trigger, watch, grid, empty }) {
  const { h } = Latent;
  const root = element.querySelector(".board");
  let shape = null, rows = [];
  const [ways, over] = Latent.against(root);
  const [ladder, climb] = Latent.ladder((step) => Latent.ask(grid, { step }));
  const [meanings, explain] = Latent.meanings();

  const both = (one, next) => (next ? Latent.say("{one}; {next}", { one, next }) : one);
  const figures = (stats) => (stats ?? []).map(([name, value, meaning, more]) =>
    h("div", { title: both(meaning, more) }, h("dt", {}, name), h("dd", {}, value)));

  // All figures by name, those of the ladder, too.
  const meant = ({ rows = [], ladder }) => [
    ...(ladder?.steps.length > 1 ? ladder.figures : []).map(({ title, meaning }) => [title, meaning]),
    ...rows.flatMap(({ cards }) => cards.flatMap(({ stats }) => stats ?? [])).map(([name, , meaning]) => [name, meaning])];

  // A picture and what sets another one of its kind into its place.
  // `original` is the address of what lies under the slider, if anything does.
  function card(picture, alt, index, original) {
    if (!picture.src) return [h("figure", { class: "card" }, Latent.reason(picture)), () => {}, () => {}];
    const image = Latent.draggable(Latent.image(picture.src, alt), { grid, index }), stats = h("dl", { class: "stats" });
    const [seen, lay] = original ? over(image, original) : [image, () => {}];
    const node = h("figure", { class: picture.said ? "card greyed" : "card" }, seen,
      picture.said ? h("figcaption", { class: "note" }, Latent.prose(picture.said)) : null, stats);
    return [node, (now, first) => {
      if (image.src !== now.src) image.src = now.src;
      lay(first.src);
      stats.replaceChildren(...figures(now.stats));
    }, (src) => { image.src = src; }];
  }

  function row(given, columns) {
    const note = h("span", { class: "note" }), bar = h("progress", { max: 1, "aria-label": Latent.say("{row}: progress", { row: given.title }) });
    const act = (does, words) => h("button", { type: "button", class: "chip", onclick: () => trigger(does, {}) }, words);
    const running = h("span", { class: "running" }, bar, act("stop", Latent.say("Stop"))), again = h("span", { class: "running" }, act("resume", Latent.say("Go on")));
    const first = props.value.original && given.cards[0].src;
    const cards = given.cards.map((picture, at) => card(picture, `${given.title}, ${columns[at].title}`, given.index, at && first));
    const node = h("section", { class: "row", "aria-label": given.title },
      h("header", {}, h("h2", {}, given.title), note, running, again,
        Latent.sendButtons(() => ({ grid, index: given.index }), (data) => trigger("send", data))),
      h("div", { class: "cells" }, cards.map(([each], at) => h("div", { class: "cell" }, Latent.title(columns[at], "h3"), each))));
    return [node, (now) => {
      note.textContent = now.note ?? "";
      running.hidden = now.progress === null || now.progress === undefined;
      again.hidden = !now.stopped;
      bar.value = now.progress ?? 0;
      now.cards.forEach((picture, at) => cards[at][1](picture, now.cards[0]));
    }, cards.map(([, , paint]) => paint)];
  }

  // What is there is kept where only pictures, figures and notes are others: that is fast, and
  // nobody's pointer or focus loses what it is on.
  function draw() {
    const value = props.value;
    explain(meant(value ?? {}));
    if (!value?.rows?.length) {
      shape = null;
      return root.replaceChildren(h("p", { class: "empty" }, empty));
    }
    const now = JSON.stringify([value.columns, value.rows.map(({ title, index, cards }) =>
      [title, index, cards.map(({ src, said, seconds }) => [!src, said, seconds])])]);
    if (now !== shape) {
      shape = now;
      rows = value.rows.map((each) => row(each, value.columns));
      root.style.setProperty("--columns", Math.min(value.columns.length, 5));
      root.classList.toggle("many", value.columns.length > 3);
      root.replaceChildren(...(value.original ? [ways] : []), ...rows.map(([node]) => node));
      rows[value.rows.findIndex(({ index }) => index === value.ladder?.row)]?.[0].querySelector("header").after(ladder);
    }
    climb(value.ladder, !Latent.upToDate(grid, value));
    value.rows.forEach((each, at) => rows[at][1](each));
  }

  root.after(meanings);
  // Edits are drawn in the browser, into the first row.
  if (Latent.lines[grid]) {
    Latent.lines[grid].local = Latent.editing(() => props.value?.live, (images) => {
      const having = props.value.rows[0].cards.flatMap(({ src }, at) => (src ? [at] : []));
      having.forEach((at, i) => { rows[0][2][at](Latent.film.address(images[i])); });
    });
  }
  Latent.live({ element, watch }, draw);
};
