// Directions that were found: under a name that can be changed, what each does to a picture, by each
// model, how consistent it is, and how well it matches the first model's. value {said, subject: {src,
// said}, rows: [{name, kept, models: [{title, colour, images: [src], labels, consistency, random,
// match} or {title, colour, why}]}]}. Triggers keep {at, name}.
Latent.found = function ({ element, props, trigger, watch }) {
  const { h } = Latent;
  const root = element.querySelector(".found");
  const typed = new Map();  // names, by the direction that they were typed for
  const MEANING = Latent.say("Consistency: the mean cosine between what the direction does to a dozen other pictures, 1 where it means the same on all; in brackets that of random directions.");
  const ALIKE = Latent.say("Each model has directions of its own. Beside each of the first model's stands the one that changes a dozen pictures most alike, turned to the same sign: alike by the cosine of the changes, in brackets the greatest of twenty random directions. Compare a model alone to see its own.");

  const shown = (model) => h("div", { class: "along" }, Latent.title(model), model.why ? h("p", { class: "reason" }, model.why) : [
    h("div", { class: "faces" }, model.images.map((src, at) => h("figure", {}, Latent.image(src, `${model.title}, ${model.labels[at]}`), h("figcaption", {}, model.labels[at])))),
    h("p", { class: "note", title: MEANING }, Latent.say("Consistency {consistency} ({random})", { consistency: Latent.fixed(model.consistency, 2), random: Latent.fixed(model.random, 2) })),
    model.match ? h("p", { class: "note", title: ALIKE }, model.match) : null]);

  function row({ name, kept, models }, at) {
    const does = kept ? Latent.say("is a slider") : Latent.say("Keep it as a slider");
    const direction = JSON.stringify([name, kept, models.map(({ consistency }) => consistency)]);
    const box = h("input", { type: "text", value: typed.get(direction) ?? name, maxlength: 60, oninput: () => typed.set(direction, box.value), "aria-label": Latent.say("Name of {direction}", { direction: name }) });
    return h("section", { class: "direction", "aria-label": name }, h("header", {}, box,
      h("button", { type: "button", class: "chip", "aria-label": `${does}: ${name}`, disabled: kept, onclick: () => trigger("keep", { at, name: box.value }) }, does)),
    h("div", { class: "alongs" }, models.map(shown)));
  }

  function draw() {
    if (!props.value) return root.replaceChildren(h("p", { class: "empty", role: "status" }, Latent.say("Directions are looked for")));
    const { said = "", subject, rows = [] } = props.value;
    root.replaceChildren(said ? h("p", { class: "reason", role: "status" }, said) : "", ...rows.length ? [
      h("header", { class: "subject" }, Latent.image(subject.src, ""), h("p", {}, subject.said),
        h("button", { type: "button", class: "chip", onclick: () => Latent.python({ grid: "discover" }) }, Latent.say("Copy as Python"))),
      h("p", { class: "note" }, MEANING), rows[0].models.length > 1 ? h("p", { class: "note" }, ALIKE) : "", ...rows.map(row)] : []);
  }

  Latent.live({ element, watch }, draw);
};
