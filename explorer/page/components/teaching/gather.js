// Many pictures of one kind: drop, choose, paste or click them at hand; a click on one takes it out.
// value {pictures: [{id, label, src}], groups: [[name, count]], group, problem}. Triggers
// collect {side, files: [{path, name}], part: of many "first", "next" or "last"} | {side, id} | {side, grid, index} | {side, gone} | {side, group}.
Latent.gather = function ({ element, props, trigger, watch, upload, side, what }) {
  const { h } = Latent, LATER = 1e9, AT_ONCE = 8;  // files an event
  const root = element.querySelector(".gather");
  let uploading = false, failed = "";
  const collect = (data) => { failed = ""; trigger("collect", { side, ...data }); };
  const chooser = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, tabindex: -1, "aria-label": Latent.say("{what}: choose files", { what }),
    onchange: () => { take([...chooser.files]); chooser.value = ""; } });
  const add = h("button", { type: "button", class: "chip", onclick: () => chooser.click() }, Latent.say("Add pictures"));
  const none = h("button", { type: "button", class: "chip", onclick: () => collect({ gone: null }) }, Latent.say("Clear"));
  const group = h("select", { "aria-label": Latent.say("{what}: a group of the map", { what }), onchange: () => collect({ group: group.value }) });
  const said = h("p", { class: "said", role: "status" }), list = h("ul", { class: "thumbs", "aria-label": what });
  const invite = h("p", { class: "empty" }, Latent.say("Drop pictures here, or click some on the shelf."));
  root.append(h("h2", {}, what), list, invite, h("div", { class: "tools" }, add, none, group), said, chooser);

  // What is clicked on the shelf lands in the side that was used last.
  const place = { root, take, pick: collect, since: 0, several: true };
  Latent.slots.push(place);
  const use = () => {
    for (const each of Latent.slots) if (each.root.matches(".gather")) each.since = each === place ? 0 : LATER;
  };
  root.addEventListener("pointerdown", use);
  root.addEventListener("focusin", use);
  Latent.dropTarget(root, collect, take);

  async function take(files) {
    if (!files.length) return;
    uploading = true;
    say();
    let sent = [], count = 0, wrong = "";
    const send = (part) => { collect({ files: sent, part }); [sent, count] = [[], count + 1]; };
    try {
      for (const file of files) {
        if (sent.length === AT_ONCE) send(count ? "next" : "first");
        sent.push(await Latent.uploaded(upload, file));
      }
    } catch (error) {
      wrong = error.message.replace(/^Error: /, "") || Latent.say("The upload failed: try again.");
    }
    if (sent.length || count) send(count ? "last" : undefined);
    [uploading, failed] = [false, wrong];
    say();
  }

  function say() {
    const problem = failed || (props.value?.problem ?? "");
    said.textContent = uploading ? Latent.say("Uploading…") : problem;
    said.classList.toggle("problem", !uploading && Boolean(problem));
  }

  const thumbnail = ({ id, label, src }) => h("li", {}, h("button", { type: "button", class: "thumb", title: Latent.say("Take {label} out", { label }),
    "aria-label": Latent.say("Take {label} out", { label }), onclick: () => collect({ gone: id }) }, Latent.image(src, "")));

  function draw() {
    const { pictures = [], groups = [], group: chosen = "" } = props.value ?? {};
    list.replaceChildren(...pictures.map(thumbnail));
    invite.hidden = Boolean(pictures.length || chosen);
    none.hidden = !pictures.length;
    group.hidden = !groups.length;
    group.replaceChildren(h("option", { value: "" }, Latent.say("No group of the map")),
      ...groups.map(([name, count]) => h("option", { value: name, selected: name === chosen }, Latent.say("{group}, {count} pictures", { group: name, count }))));
    say();
  }

  Latent.live({ element, watch }, draw);
};
