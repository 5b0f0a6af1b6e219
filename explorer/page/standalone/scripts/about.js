// What the models are: what they were trained on, whose they are, how good they are.
{
  const { h } = Latent, { page } = Latent;

  page.view("about", Latent.say("About"), (root) => {
    const fact = (name, value) => (value ? [h("dt", {}, name), h("dd", {}, value)] : []);
    const card = (model) => h("article", { class: "card-of-model" },
      Latent.title(model), h("p", { lang: "en" }, model.explanation),
      h("dl", {},
        ...fact(Latent.say("Paper"), model.source),
        ...fact(Latent.say("Trained on"), model.trained),
        ...fact(Latent.say("Licence"), model.description.licence),
        ...fact(Latent.say("Size"), Latent.say("{px} px images, codes of {length} numbers", { px: model.description.image_size, length: model.description.code_length })),
        ...model.figures.flatMap(([name, value]) => fact(Latent.say(name), Latent.numeral(value)))));
    root.append(
      h("p", { class: "lead" }, Latent.say("Autoencoders turn a picture into a short code, and a code into a picture. This page runs the models themselves, on this device: no picture leaves it, and it needs no network.")),
      h("div", { class: "cards" }, page.about.models.map(card)),
      h("p", { class: "note" }, Latent.say("Small pictures, cropped as the training images were. For research and teaching; not for recognising or judging people. Imbalances of the training images appear in what the models draw.")),
      h("details", {}, h("summary", {}, Latent.say("Licences of what runs them (ONNX Runtime, gifenc)")), h("pre", { lang: "en" }, page.about.notices)));
    return { show: () => {} };
  });
}
