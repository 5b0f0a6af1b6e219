// What figures mean, under a line that opens: for who cannot point at them. Gives the node, and what shows
// [[name, meaning]], each name once.
Latent.meanings = function () {
  const { h } = Latent, list = h("dl", {});
  const node = h("details", { class: "meanings", hidden: true }, h("summary", {}, Latent.say("What the figures mean")), list);
  let told = "";
  return [node, (figures) => {
    const named = new Map();  // of figures that mean the same, the names together
    for (const [name, meaning] of new Map(figures)) named.set(meaning, [...named.get(meaning) ?? [], name]);
    const entries = [...named], now = JSON.stringify(entries);
    node.hidden = !entries.length;
    if (now !== told) list.replaceChildren(...entries.flatMap(([meaning, names]) => [...names.map((name) => h("dt", {}, name)), h("dd", {}, meaning)]));
    told = now;
  }];
};
