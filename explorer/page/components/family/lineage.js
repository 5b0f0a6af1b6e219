// A tree of pictures: value [{id, label, src, parents: ids, generation, said, chosen}], a row for
// each generation in it. Triggers choose {id}.
Latent.lineage = function ({ element, props, trigger, watch, what, empty }) {
  const { h } = Latent;
  const WIDE = 84, HIGH = 108, SIDE = 56, TOP = 6;
  const root = element.querySelector(".lineage");

  function draw() {
    const all = props.value ?? [], generations = [...new Set(all.map(({ generation }) => generation))].sort((a, b) => a - b);
    const rows = generations.map((one) => all.filter(({ generation }) => generation === one));
    const at = new Map(rows.flatMap((row, y) => row.map((each, x) => [each.id, [WIDE * (x + 0.5), HIGH * y]])));
    const wide = WIDE * Math.max(1, ...rows.map((row) => row.length)), high = HIGH * rows.length;
    const lines = all.flatMap(({ id, parents }) => parents.filter((parent) => at.has(parent)).map((parent) => line(at.get(parent), at.get(id))));
    root.replaceChildren(h("h2", {}, what), all.length
      ? h("div", { class: "tree" }, h("div", { class: "field", style: `width:${wide}px;height:${high}px` }, drawing(wide, high, lines), all.map((each) => node(each, at.get(each.id)))))
      : h("p", { class: "empty" }, empty));
  }

  const line = ([x, y], [toX, toY]) => `M${x} ${y + TOP + SIDE + 20}C${x} ${toY} ${toX} ${toY - 12} ${toX} ${toY + TOP}`;

  function drawing(wide, high, lines) {
    const hold = h("div", { "aria-hidden": "true" });
    hold.innerHTML = `<svg width="${wide}" height="${high}"><path d="${lines.join("")}"/></svg>`;
    return hold;
  }

  const node = ({ id, label, src, said, chosen }, [x, y]) => h("button", { type: "button", class: "relative", "aria-pressed": String(chosen),
    title: Latent.say("{label}: click to breed from it", { label }), style: `left:${x}px;top:${y + TOP}px`, onclick: () => trigger("choose", { id }) },
    Latent.image(src, label), h("span", {}, said));

  Latent.live({ element, watch }, draw);
};
