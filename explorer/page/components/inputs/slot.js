// A place for one picture: drop, choose, paste or photograph it, or drop one that is at hand.
// value {src, label, problem, saved: an id where the page is known that it was saved from} or null. Triggers pick {slot, path, name} | {slot, id} |
// {slot, grid, index} | {slot, random: true} | {slot, clear: true}.
Latent.slot = function ({ element, props, trigger, watch, upload, name, what, random }) {
  const { h } = Latent;
  const root = element.querySelector(".slot");
  let turn = 0;  // counts what was asked for: an upload that ends after something newer is left
  const pick = (data) => {
    turn++;
    slot.since = data.clear ? 0 : ++Latent.fills;
    trigger("pick", { slot: name, ...data });
  };
  const chooser = h("input", { type: "file", accept: "image/*,video/mp4,video/webm", hidden: true, tabindex: -1, "aria-label": Latent.say("{what}: choose a file", { what }),
    onchange: () => { take([...chooser.files]); chooser.value = ""; } });
  const said = h("p", { class: "said", role: "status" });
  const face = h("button", { type: "button", class: "hold", onclick: () => chooser.click() });
  const tool = (icon, title, onclick) => {
    const button = h("button", { type: "button", class: "chip icon", title, "aria-label": Latent.say("{what}: {act}", { what, act: title }), onclick });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
    return button;
  };
  const clear = tool("clear", Latent.say("empty this slot"), () => pick({ clear: true }));
  const tools = h("div", { class: "tools" },
    tool("upload", Latent.say("choose a file"), () => chooser.click()),
    tool("paste", Latent.say("paste a picture from the clipboard"), paste),
    tool("camera", Latent.say("take a picture with the camera"), () => camera(take, note)),
    random ? tool("random", Latent.say("draw a random sample"), () => pick({ random: true })) : null,
    clear);
  const again = h("button", { type: "button", class: "chip again", hidden: true, onclick: () => Latent.go({ saved: props.value.saved }) },
    Latent.say("Restore the page it was saved from"));
  root.append(face, chooser, tools, said, again);

  const slot = { root, take, pick, since: 0 };
  Latent.slots.push(slot);

  function note(text, problem = false) {
    said.textContent = text;
    said.classList.toggle("problem", problem);
  }

  async function take([file, ...more]) {
    if (!file) return;
    if (more.length) Latent.toast(more.length > 1
      ? Latent.say("A slot holds one picture: {file} is taken, {count} more are not.", { file: file.name, count: more.length })
      : Latent.say("A slot holds one picture: {file} is taken, 1 more is not.", { file: file.name }));
    note(Latent.say("Uploading…"));
    const mine = ++turn;
    try {
      const uploaded = await Latent.uploaded(upload, file);
      if (mine === turn) pick(uploaded);
    } catch (error) {
      if (mine === turn) note(error.message.replace(/^Error: /, "") || Latent.say("The upload failed: try again."), true);
    }
  }

  async function paste() {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((each) => each.startsWith("image/"));
        if (type) return take([new File([await item.getType(type)], "pasted.png", { type })]);
      }
      note(Latent.say("The clipboard holds no picture."), true);
    } catch (error) {
      note(Latent.say("The browser does not let this page read the clipboard: choose a file, or press Ctrl+V."), true);
    }
  }

  function draw() {
    const value = props.value;
    face.replaceChildren(value?.src ? Latent.image(value.src, "") :
      h("span", { class: "invite" }, h("strong", {}, what), h("span", {}, Latent.say("Drop a picture, or click to choose"))));
    face.setAttribute("aria-label", value?.src ? Latent.say("{what}: {label}. Choose another file", { what, label: value.label }) : Latent.say("{what}: choose a file", { what }));
    face.title = value?.label ?? "";
    clear.hidden = !value?.src;
    again.hidden = !value?.saved;
    root.classList.toggle("filled", Boolean(value?.src));
    slot.since = value?.src ? slot.since || ++Latent.fills : 0;
    note(value?.problem || value?.label || "", Boolean(value?.problem));
  }

  Latent.dropTarget(root, pick, take);
  Latent.live({ element, watch }, draw);
};

// Ctrl+V goes to what has the focus, a slot or another place for pictures, else to where they land. Text
// that lies beside a picture, as of a table's cell, goes into the field that has the focus.
document.addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea") && event.clipboardData?.types.includes("text/plain")) return;
  const files = [...(event.clipboardData?.files ?? [])], places = Latent.places();
  const place = places.find(({ root }) => root.contains(document.activeElement)) ?? places[0];
  if (!files.length || !place) return;
  event.preventDefault();
  place.take(files);
});

const ICONS = {
  upload: "M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3",
  paste: "M9 4h6v3H9zM9 5.5H6a1 1 0 0 0-1 1V19a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V6.5a1 1 0 0 0-1-1h-3",
  camera: "M4 8h3.5l1.5-2.5h6L16.5 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zm8 8.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  random: "M4 4h16v16H4zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
  clear: "M6 6l12 12M18 6 6 18",
};

// A dialog with the camera's picture; gives a PNG file to `take`.
async function camera(take, note) {
  const { h } = Latent;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
  } catch (error) {
    return note(Latent.say("There is no camera that this page may use: allow it in the browser, or upload a file."), true);
  }
  const shutter = h("button", { type: "button", class: "chip strong", disabled: true, onclick: snap }, Latent.say("Take the picture"));
  const video = h("video", { autoplay: true, playsinline: true, onloadeddata: ready });
  video.srcObject = stream;
  function ready() {
    shutter.disabled = false;
    if (document.activeElement === dialog) shutter.focus();  // nobody is about to cancel
  }
  function snap() {
    const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => blob && take([new File([blob], "camera.png", { type: "image/png" })]), "image/png");
    dialog.close();
  }
  const dialog = h("dialog", { class: "camera", tabindex: -1, "aria-label": Latent.say("Camera"), onclose: () => {
    stream.getTracks().forEach((track) => track.stop());
    dialog.remove();
  } }, video, h("div", { class: "tools" }, shutter,
    h("button", { type: "button", class: "chip", onclick: () => dialog.close() }, Latent.say("Cancel"))));
  document.body.append(dialog);
  dialog.showModal();
}
