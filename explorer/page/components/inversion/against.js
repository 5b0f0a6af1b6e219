// How pictures of a board are seen against the original: alone, with the original under one slider, or
// as their difference. Gives the switch, and what lays the original over a picture; the slider moves in
// all pictures at a time.
Latent.against = function (root) {
  const { h } = Latent;
  const WAYS = [["alone", Latent.say("Pictures")], ["under", Latent.say("Original under a slider")], ["apart", Latent.say("Difference, × 4")]];
  let way = "alone", held = false;
  const name = `against-${Math.random().toString(36).slice(2)}`;
  const bar = h("div", { class: "ways", role: "radiogroup", "aria-label": Latent.say("How pictures are compared with the original") },
    WAYS.map(([each, text]) => h("label", { class: "chip" },
      h("input", { type: "radio", name, value: each, ...(each === way ? { checked: true } : {}), onchange: () => { way = each; show(); } }), text)));
  const show = () => { root.dataset.against = way; };
  const move = (share) => {
    root.style.setProperty("--share", `${100 * share}%`);
    root.querySelectorAll(".over input").forEach((input) => { input.value = 100 * share; });
  };
  move(0.5);
  show();

  // Over `image` of a card, the original `src`; the node, and what sets another one.
  function over(image, src) {
    const original = h("img", { src, alt: "", class: "face original", draggable: "false" });
    const slider = h("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": Latent.say("How much of the original is seen, from the left"),
      oninput: () => move(slider.value / 100) });
    slider.addEventListener("dragstart", (event) => event.preventDefault());
    return [h("div", { class: "over" }, image, original, slider), (now) => { if (original.src !== now) original.src = now; }];
  }
  return [bar, over];
};
