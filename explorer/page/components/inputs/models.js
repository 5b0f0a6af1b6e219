// What is compared: a chip a model, with a box to tick and a button that says what it is.
// value {models: [{name, title, colour, about}]}; one without a colour is not compared. Triggers
// input {names}: those to be compared from now on.
Latent.models = function ({ element, props, trigger, watch }) {
  const { h } = Latent;
  const root = element.querySelector(".models");
  let shown = "", ticked = null;  // the latter are names, until the server shows them
  const close = h("button", { type: "button", class: "close", "aria-label": Latent.say("Close"), autofocus: true, onclick: () => about.hidePopover() }, "×");
  const text = h("div", { lang: "en" });
  const about = h("section", { popover: "", class: "about-model", role: "dialog", "aria-label": Latent.say("About the model") }, close, text);

  const compared = () => new Set((props.value?.models ?? []).filter((model) => model.colour).map((model) => model.name));

  function tick({ target: box }) {
    const names = new Set(ticked ?? compared());
    if (box.checked) names.add(box.value);
    else names.delete(box.value);
    if (!names.size) {
      box.checked = true;
      return Latent.toast(Latent.say("At least one model has to stay selected."));
    }
    ticked = names;
    Latent.busy();
    trigger("input", { names: [...names] });
  }

  function explain(model) {
    text.innerHTML = model.about;  // the server's own, escaped there
    text.prepend(h("h2", {}, model.title));
    about.showPopover();
    about.scrollTop = 0;
  }

  const chip = (model) => h("span", { class: model.colour ? "model on" : "model", style: `--colour:${model.colour ?? "transparent"}` },
    h("label", {},
      h("input", { type: "checkbox", value: model.name, checked: (ticked ?? compared()).has(model.name),
        onchange: tick }),
      h("span", { class: "dot", "aria-hidden": "true" }), model.title),
    h("button", { type: "button", class: "info", "aria-label": Latent.say("What is {model}?", { model: model.title }), title: Latent.say("What is {model}?", { model: model.title }),
      onclick: () => explain(model) }, "i"));

  function draw() {
    const models = props.value?.models ?? [];
    document.body.classList.remove("latent-busy");
    const now = compared(), names = models.map((model) => model.name);
    const told = ticked && names.every((name) => ticked.has(name) === now.has(name));
    if (told || [...ticked ?? []].some((name) => !names.includes(name))) ticked = null;
    if (shown === (shown = JSON.stringify(models))) return;
    root.replaceChildren(h("span", { class: "what" }, Latent.say("Compare")), ...models.map(chip));
  }

  root.setAttribute("role", "group");
  root.setAttribute("aria-label", Latent.say("Models to compare"));
  root.after(about);
  Latent.live({ element, watch }, draw);
};
