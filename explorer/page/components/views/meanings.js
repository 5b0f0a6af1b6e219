// What figures mean, under a line that opens: for who cannot point at them. Gives the node, and what shows
// [[name, meaning]], each name once.
Latent.meanings = function () {
  const { h } = Latent, list = h("dl", {});
  const node = h("details", { class: "meanings", hidden: true }, h("summary", {}, Latent.say("What the figures mean")), list);
  let told = "";
  return [node, (figures) => {
    const named = [...new Map(figures)], now = JSON.stringify(named);
    node.hidden = !named.length;
    if (now !== told) list.replaceChildren(...named.flatMap(([name, meaning]) => [h("dt", {}, name), h("dd", {}, meaning)]));
    told = now;
  }];
};
