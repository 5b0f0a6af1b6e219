// Undo, redo, and what was done: triggers go {by} | {to} | {query} | {saved}.
Latent.history = function ({ element, trigger, server, titles }) {
  const { h } = Latent;

  // What is set by hand reaches the server before the page goes to another state.
  Latent.go = async (data) => {
    await Latent.settled();
    trigger("go", data);
  };

  const button = (icon, title, onclick, more = {}) => {
    const made = h("button", { type: "button", class: "chip icon", title, "aria-label": title, onclick, ...more });
    made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icon}"/></svg>`;
    return made;
  };
  const list = h("ol", {});
  const dialog = h("dialog", { class: "offer history-of-page latent", "aria-label": Latent.say("History"), onclose: () => list.replaceChildren() },
    h("p", {}, Latent.say("What was done; choose a step to go back to it.")), list,
    h("button", { type: "button", class: "chip", onclick: () => dialog.close() }, Latent.say("Close")));
  element.querySelector(".history").append(h("div", { class: "tools", role: "group", "aria-label": Latent.say("History") },
    button("M8 5 3 10l5 5M3.5 10H14a6 6 0 0 1 0 12h-3", Latent.touch ? Latent.say("Undo") : Latent.say("Undo (Ctrl+Z)"), () => Latent.go({ by: -1 })),
    button("m16 5 5 5-5 5m4.500-5H10a6 6 0 0 0 0 12h3", Latent.touch ? Latent.say("Redo") : Latent.say("Redo (Ctrl+Shift+Z)"), () => Latent.go({ by: 1 })),
    button("M12 7v5l3.500 2M4 12a8 8 0 1 0 2.500-5.800M4 4v4h4", Latent.say("History"), open),
    button("M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500h.01", Latent.say("Tour"), () => Latent.tours())), dialog);

  async function open() {
    const key = Latent.kept("sessionStorage").getItem("latent-key");
    const found = await server.steps({ key }).then(Latent.told).catch(Latent.lost);
    if (!found) return;
    list.replaceChildren(...found.steps.map(entry(found.at)).reverse());
    dialog.showModal();
  }

  const entry = (at) => ({ tab, said }, index) => h("li", {}, h("button",
    { type: "button", class: "chip", "aria-current": index === at ? "step" : null,
      onclick: () => { dialog.close(); Latent.go({ to: index }); } },
    said.length ? `${Latent.say(titles[tab] ?? tab)}: ${said.join(Latent.say(", "))}` : Latent.say("Beginning")));

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=file])");
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || document.querySelector("dialog[open]")) return;
    const by = { z: event.shiftKey ? 1 : -1, y: 1 }[event.key.toLowerCase()];
    if (!by) return;
    event.preventDefault();
    Latent.go({ by });
  });
};
