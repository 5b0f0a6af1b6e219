// Switches for the labels that codes end in, and a choice of the class; nothing where there is none.
// value {groups: [{name, title, models: [{title, colour}], choices: [[value, text]], chosen}]}; the
// group without a name is the class. Asks `to` for labels {labels: {name: on}, every: all classes at once}.
Latent.labels = function ({ element, props, watch, to }) {
  const { h } = Latent;
  const root = element.querySelector(".labels");
  const KEPT = "", EVERY = "*";

  function send() {
    const labels = {};
    let every = false;
    for (const { name, chosen } of props.value.groups) {
      if (chosen === KEPT) continue;
      if (name) labels[name] = chosen === "on";
      else if (chosen === EVERY) every = true;
      else labels[chosen] = true;
    }
    Latent.peeked[to]?.();
    Latent.ask(to, { labels: { labels, every } });
  }

  function group(each, at) {
    const id = `${element.id || "labels"}-${at}-${Math.random().toString(36).slice(2)}`;
    const owners = each.models.map(({ title }) => title);
    const options = each.choices.map(([value, text]) => h("label", { class: "option" },
      h("input", { type: "radio", name: id, value, checked: value === each.chosen,
        "aria-label": `${each.title}: ${text}`, onchange: () => { each.chosen = value; send(); } }),
      h("span", {}, text)));
    return h("fieldset", { class: "switch", title: Latent.say("Part of the codes of {models}: the rest of the code is kept", { models: owners }) },
      h("legend", {}, each.title, ...each.models.map(({ colour }) =>
        h("span", { class: "dot", style: `background:${colour}`, "aria-hidden": "true" }))),
      h("div", { class: "options" }, options));
  }

  function draw() {
    if (props.value && root.childElementCount && !Latent.upToDate(to, props.value)) return;
    const groups = props.value?.groups ?? [];
    element.closest(".latent-labels").hidden = !groups.length;
    const owners = [...new Map(groups.flatMap(({ models }) => models).map((model) => [model.title, model])).keys()];
    root.replaceChildren(...(groups.length ? [...groups.map(group),
      h("p", { class: "note" }, Latent.say("Labels are part of the codes of {models}: setting one keeps the rest of the code.", { models: owners }))] : []));
  }

  Latent.live({ element, watch }, draw);
};
