// The page's frame: which models are shown, its views as tabs, and what is said while models load.
{
  const { h } = Latent, { page } = Latent;
  const { about, views } = page;
  const bar = h("progress", { max: 1, "aria-label": Latent.say("Progress") }), words = h("span", {});
  const waiting = h("p", { class: "waiting", role: "status", hidden: true }, bar, words);
  const frame = document.querySelector("main"), list = h("div", { role: "tablist", "aria-label": Latent.say("Views") });
  let wanted = about.models.slice(0, about.opened).map(({ name }) => name), opened = "morph";

  function tell({ said, share }) {
    if (said !== undefined) words.textContent = said;
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
  }

  const choose = Latent.newest(async () => {
    const before = page.chosen.map(({ name }) => name);
    waiting.hidden = wanted.every((name) => Latent.local.now([name]));
    try {
      await Latent.local.with(wanted, tell);
    } catch (error) {
      console.warn(error);
      wanted = before;
      Latent.toast(error.message || Latent.say("This browser cannot run the models itself."));
    }
    waiting.hidden = true;
    page.chosen = about.models.filter(({ name }) => wanted.includes(name));
    chips();
    if (page.chosen.length) await views.get(opened).show();
  });

  function chips() {
    const root = document.querySelector(".models"), focused = root.contains(document.activeElement) ? document.activeElement.value : null;
    root.replaceChildren(...about.models.map(({ name, title, colour }) => {
      const on = wanted.includes(name);
      return h("span", { class: on ? "model on" : "model", style: `--colour:${colour}` }, h("label", {},
        h("input", { type: "checkbox", value: name, checked: on, onchange: ({ target }) => tick(name, target.checked) }),
        h("span", { class: "dot", "aria-hidden": "true" }), title));
    }));
    if (focused) root.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus();
  }

  function tick(name, on) {
    const now = on ? [...wanted, name] : wanted.filter((each) => each !== name);
    if (now.length) wanted = now;
    else Latent.toast(Latent.say("At least one model has to stay selected."));
    chips();
    choose();
  }

  page.open = (id) => {
    opened = id;
    for (const [each, { panel, tab }] of views) {
      panel.hidden = each !== id;
      tab.setAttribute("aria-selected", String(each === id));
      tab.tabIndex = each === id ? 0 : -1;
    }
    if (page.chosen.length) views.get(id).show();
  };

  for (const [id, view] of views) {
    view.tab = h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `view-${id}`, onclick: () => page.open(id) }, view.title);
    view.panel = h("section", { role: "tabpanel", id: `view-${id}`, "aria-labelledby": `tab-${id}`, hidden: true });
    list.append(view.tab);
    frame.append(view.panel);
  }
  document.querySelector("#tabs").append(list);
  frame.before(waiting);

  // A file dropped beside the slots goes to the one in view that was filled longest ago.
  Latent.dropTarget(document.body, () => {}, (files) => {
    if (!Latent.landing()) page.open("picture");
    Latent.landing().take(files);
  });

  addEventListener("DOMContentLoaded", async () => {  // when the bytes are there
    Latent.PLACES.splice(0, Infinity, ["morph", "Morph"], ["picture", "Picture"]);
    for (const view of views.values()) Object.assign(view, view.build(view.panel));
    const licences = [...new Set(about.models.map(({ description }) => description.licence))];
    document.querySelector("footer").append(...licences.map((each) => h("p", {}, each)));
    page.open(opened);
    chips();
    await choose();
  });
}
