// Has the server make a page of the compared models, says how long that takes, and saves it.
Latent.download = function ({ element, server }) {
  const { h } = Latent;
  const ASKED_MS = 1000;
  const pause = () => new Promise((resolve) => setTimeout(resolve, ASKED_MS));
  const compared = () => [...document.querySelectorAll(".models input:checked")].map(({ value }) => value);
  const said = h("p", { role: "status" }), wait = h("span", { class: "wait", "aria-hidden": "true" });
  const dialog = h("dialog", { class: "offer latent", "aria-label": Latent.say("Download as one page") }, said, wait,
    h("button", { type: "button", class: "chip", onclick: () => dialog.close() }, Latent.say("Cancel")));
  element.querySelector(".download").append(dialog);

  Latent.onePage = async () => {
    while (!compared().length) await pause();  // at least one is, once the header is drawn
    const models = compared();
    for (let begun = false; ; begun = true) {
      const found = Latent.told(await server.made({ models }).catch(() => ({ problem: Latent.LOST })));
      if (found.problem) Latent.toast(found.problem);
      if (found.at) save(found);
      if (found.problem || found.at) return dialog.close();
      if (!begun) open(found);
      await pause();
      if (!dialog.open) return;
    }
  };

  function open({ seconds }) {
    said.textContent = Latent.say("The page is made, which takes about {seconds} s: its weights are shrunk, and checked against the models.", { seconds });
    wait.style.setProperty("--seconds", `${seconds}s`);
    dialog.showModal();
  }

  function save({ at, name, bytes }) {
    h("a", { href: new URL(`${window.gradio_config.root}/live/${at}`, window.location.href).href, download: name }).click();
    Latent.toast(Latent.say("{file} is saved, {size} MB.", { file: name, size: Latent.fixed(bytes / 1e6, 1) }));
  }
};
