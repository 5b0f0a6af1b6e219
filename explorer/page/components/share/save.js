// What results give away: Latent.save(picture) saves a file that says how it was made,
// Latent.saveView(blob, name) so one that the browser has drawn; Latent.recipe() gives what that says
// of how the page is now, nothing where the server does not tell; and Latent.python(picture) copies a
// program. `picture` is {grid, index}, {grid, sheet: true} for paths, or {tiles} for a morph; what is set
// by hand is waited for.
Latent.saving = function ({ server }) {
  async function ask(what, picture) {
    await Latent.settled();
    const key = Latent.kept("sessionStorage").getItem("latent-key");
    const found = Latent.told(await server[what]({ key, ...picture }).catch(Latent.lost) ?? {});
    if (found.problem) Latent.toast(found.problem);
    if (found.lost) Latent.toast(found.lost);
    return found;
  }

  Latent.save = async (picture) => {
    const { name, src } = await ask("saved", picture);
    if (src) Latent.file(await (await fetch(src)).blob(), name);
  };

  Latent.recipe = async () => (await ask("view", {})).text;
  Latent.saveView = async (blob, name) => Latent.fileWith(blob, name, await Latent.recipe());

  // A file that the server makes at a button says how the page was when its making began, however
  // long that takes. `file` is as gradio speaks of it.
  const begun = new Map();  // gives promises of texts, by button
  Latent.makes = (button) => { begun.set(button, Latent.recipe()); };
  Latent.saveMade = async (button, file) => Latent.fileWith(await (await fetch(file.url)).blob(), file.orig_name, await begun.get(button));

  Latent.python = async (picture) => {
    const { text } = await ask("python", picture);
    if (text) await Latent.copy(text, Latent.say("The program is copied: run it where the explorer is installed."));
  };

  // A link to the state, onto the clipboard alone: in the address bar, a reload would come back to it.
  Latent.share = async (query) => {
    const url = new URL(window.location.href);
    const language = url.searchParams.get("lang");
    url.search = language ? `${query}&lang=${encodeURIComponent(language)}` : query;
    await Latent.copy(url.href, Latent.say("The link is copied."));
  };

  // A text onto the clipboard; `said` when it is there.
  Latent.copy = async (text, said) => {
    try {
      await navigator.clipboard.writeText(text);
      Latent.toast(said);
    } catch (error) {  // no clipboard without https or localhost
      Latent.offer(Latent.say("The browser does not let this page copy: the text is selected, copy it by hand."), text);
    }
  };
};

// Buttons that take one picture away: as a file, and as a program.
Latent.takeButtons = (picture) => [
  ["↓", Latent.say("Save this picture, with what made it"), () => Latent.save(picture())],
  ["</>", Latent.say("Copy as Python"), () => Latent.python(picture())],
].map(([sign, title, onclick]) => Latent.h("button", { type: "button", class: "chip take", title, "aria-label": title, onclick }, sign));
