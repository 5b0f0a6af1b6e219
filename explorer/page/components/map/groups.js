// The groups that were made on a map: choose one, name it anew, teach with it, save it with its codes, or
// remove it. groups: {names: [[name, count]], chosen}. act(what, name, to): "choose", "rename" or "remove".
Latent.maps.groups = function ({ root, server, key, act, teach }) {
  const { h } = Latent;

  async function save(name) {
    const told = Latent.told(await server.export_group({ key: key(), name }).catch(() => ({ problem: Latent.say("The server does not answer: try again, or reload the page.") })));
    if (told.problem) return Latent.toast(told.problem);
    Latent.file(new Blob([told.csv], { type: "text/csv" }), `${name}.csv`);
  }

  function tools(name) {
    const field = h("input", { value: name, maxlength: 60, "aria-label": Latent.say("Name of the group"),
      onchange: () => field.value.trim() && act("rename", name, field.value.trim()), onkeydown: (event) => event.stopPropagation() });
    const tool = (said, does) => h("button", { type: "button", class: "chip", onclick: does }, said);
    return [field, tool(Latent.say("Teach with this group"), () => teach(name)), tool(Latent.say("Save as CSV"), () => save(name)), tool(Latent.say("Remove the group"), () => act("remove", name))];
  }

  return ({ names, chosen }) => root.replaceChildren(...names.map(([name, count]) =>
    h("button", { type: "button", class: "chip", "aria-pressed": String(name === chosen), onclick: () => act("choose", name === chosen ? "" : name) },
      Latent.say("{group}: {count}", { group: name, count: String(count) }))), ...(chosen ? tools(chosen) : []));
};
