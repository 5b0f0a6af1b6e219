// What is compared: a chip a model, with a box to tick and a button that says what it is.
// value {models: [{name, title, colour, about}]}; one without a colour is not compared. Triggers
// input {name, on}: one to be compared, or no longer. In whatever order these arrive, all of them count.
Latent.models = function ({ element, props, trigger, watch }) {
  const { h } = Latent;
  const root = element.querySelector(".models");
  let shown = "";
  const close = h("button", { type: "button", class: "close", "aria-label": Latent.say("Close"), autofocus: true, onclick: () => about.hidePopover() }, "×");
  const text = h("div", { lang: "en" });
  const about = h("section", { popover: "", class: "about-model", role: "dialog", "aria-label": Latent.say("About the model") }, close, text);

  function tick({ target: { value: name, checked: on } }) {
    Latent.busy();
    trigger("input", { name, on });
  }

  function explain(model) {
    text.innerHTML = model.about;  // the server's own, escaped there
    text.prepend(h("h2", {}, model.title));
    about.showPopover();
    about.scrollTop = 0;
  }

  const chip = (model) => h("span", { class: model.colour ? "model on" : "model", style: `--colour:${model.colour ?? "transparent"}` },
    h("label", {},
      h("input", { type: "checkbox", value: model.name, checked: Boolean(model.colour),
        onchange: tick }),
      h("span", { class: "dot", "aria-hidden": "true" }), model.title),
    h("button", { type: "button", class: "info", "aria-label": Latent.say("What is {model}?", { model: model.title }), title: Latent.say("What is {model}?", { model: model.title }),
      onclick: () => explain(model) }, "i"));

  function draw() {
    const models = props.value?.models ?? [];
    document.body.classList.remove("latent-busy");
    if (shown === (shown = JSON.stringify(models))) {  // the last one was to go
      models.forEach((model, at) => { root.querySelectorAll("input")[at].checked = Boolean(model.colour); });
      return;
    }
    root.replaceChildren(h("span", { class: "what" }, Latent.say("Compare")), ...models.map(chip));
  }

  Latent.unchosen = draw;  // after a choice that has failed
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", Latent.say("Models to compare"));
  root.after(about);
  Latent.live({ element, watch }, draw);
};
