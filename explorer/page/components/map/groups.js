// The groups that were made on a map: choose one, name it anew, teach with it, save it with its codes, or
// remove it. groups: {names: [[name, count]], chosen}. act(what, name, to): "choose", "rename" or "remove".
Latent.maps.groups = function ({ root, server, key, act, teach }) {
  const { h } = Latent;

  async function save(name) {
    const told = Latent.told(await server.export_group({ key: key(), name }).catch(() => ({ problem: Latent.LOST })));
    if (told.problem) return Latent.toast(told.problem);
    Latent.file(new Blob([told.csv], { type: "text/csv" }), `${name}.csv`);
  }

  // For the chosen group. Its field keeps the focus while a button is pressed: a new name counts first.
  function tools(name, others) {
    const field = h("input", { value: name, maxlength: 60, "aria-label": Latent.say("Name of the group"), onchange: rename, onkeydown: (event) => event.stopPropagation() });
    const stay = (event) => document.activeElement === field && event.preventDefault();
    const tool = (said, does) => h("button", { type: "button", class: "chip", onpointerdown: stay, onclick: () => rename() && does(name) }, said);

    // Whether the group has the name that is written there.
    function rename() {
      const to = field.value.trim();
      if (!to || to === name) return true;
      act("rename", name, to);  // the server says why not
      if (others.includes(to)) return false;
      name = to;
      return true;
    }

    return [field, tool(Latent.say("Teach with this group"), teach), tool(Latent.say("Save as CSV"), (now) => {
      if (now === shown.chosen) save(now);
      else saving = now;  // once the server has renamed it
    }), tool(Latent.say("Remove the group"), (now) => act("remove", now))];
  }

  let shown = {}, saving = null;
  return (groups) => {
    shown = groups;
    const { names, chosen } = groups, others = names.map(([name]) => name).filter((name) => name !== chosen);
    root.replaceChildren(...names.map(([name, count]) =>
      h("button", { type: "button", class: "chip", "aria-pressed": String(name === chosen), onclick: () => act("choose", name === chosen ? "" : name) },
        Latent.say("{group}: {count}", { group: name, count: String(count) }))), ...(chosen ? tools(chosen, others) : []));
    if (saving && saving === chosen) save(saving);
    saving = null;
  };
};
